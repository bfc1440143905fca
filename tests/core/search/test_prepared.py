"""What finds a firm is the same whether it was prepared from a row of a file or is read from what is stored."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wf40.core.firms.drafts import draft_of
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.search import documents
from wf40.core.firms.storing import create_firms
from wf40.core.search.words import prepared
from wf40.sdk.services import Search


def some(*values):
    return st.sampled_from((None, *values))


FACTS = st.builds(
    ImportedFacts,
    name=st.sampled_from(["Müller & Söhne GmbH", "C. U. B. A. Handels KG", "3M", "Łódź  Großhandel", "x" * 500]),
    trade_name=some("Drehteile Süd"), register_kind=some("HRB", "VR"), register_number=some("12345"),
    register_suffix=some("B"), source_key=some("R2706_HRB2724", "10023"), seat=some("Konstanz"),
    former_names=st.sampled_from([(), ("Weber KG", " Alt &\tNeu "), ("Zander " * 90,)]), street=some("Weißdornweg"),
    house_number=some("7 a"), postcode=some("78462"), town=some("Singen", "Konstanz"), phone=some("+49753190012"),
    email=some("info@öl-bau.de"), website=some("https://www.mueller-soehne.de/x"), vat_id=some("DE129273398"),
    economic_id=some("DE123456789-00001"),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(FACTS, min_size=1, max_size=5))
def test_a_draft_is_found_by_the_words_of_the_stored_firm(office, rows):
    with office.writing_as("advisor") as u:
        drafts = [draft_of(facts, None) for facts in rows]
        ids = create_firms(u, 1, drafts, "Datei")
        stored = {doc.record_id: doc for doc in documents(u, ids)}
        assert [prepared(stored[i]) for i in ids] == [draft.words for draft in drafts]


def test_added_records_are_found_as_any_other(office, titles):
    facts = ImportedFacts(name="Amsel Maschinenbau GmbH", town="Konstanz", postcode="78462", phone="+49753190012")
    with office.writing_as("advisor") as u:
        create_firms(u, 1, [draft_of(facts, None)], "Datei")
    for query in ("amsel", "schinenb", "78462", "753190012", "amsel konst", "inenbau stanz"):
        assert titles(query) == ["Amsel Maschinenbau GmbH"], query


def test_a_number_that_is_given_again_finds_the_new_record_alone(office, titles):
    """SQLite gives the number of a firm that is gone once more; the words of the old one may still be there."""
    old, new = (draft_of(ImportedFacts(name=name), None) for name in ("Altenburger Werkzeuge", "Neustadt Apparate"))
    firm = office.add_firm("Platz")
    with office.writing_as("advisor") as u:
        search = u.service(Search)
        search.drop(u, "firm", [firm.id])
        search.add(u, "firm", 1, [(firm.id, old.words)])
    assert titles("altenb") == titles("burger") == ["Platz"]
    with office.writing_as("advisor") as u:
        search.drop(u, "firm", [firm.id])
        search.add(u, "firm", 1, [(firm.id, new.words)])
    assert titles("altenb") == titles("burger") == []
    assert titles("neust") == titles("parat") == ["Platz"]
