"""What is found, in which order, and by which words, on both databases."""

from datetime import date

import pytest

from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.service import FirmInput, change_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.search import finding, index
from wf40.core.search.queries import search
from wf40.sdk.search import SearchDoc

TODAY = date(2026, 11, 21)


def hits(office, query):
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        return [hit for g in search(u, query, 25) for hit in g.hits]


@pytest.fixture
def firm(office):
    """A firm that has everything."""
    found = office.add_firm(
        "Müller & Söhne Maschinenbau GmbH", trade_name="Drehteile Süd", former_names=("Weber Feinmechanik KG",),
        register_kind="HRB", register_number="12345", register_court="Freiburg", vat_id="DE129273398",
        website="https://www.mueller-soehne.de/kontakt", email="info@mueller-soehne.de", phone="+49 (0) 7531 / 900-12",
        town="Konstanz",
    )  # fmt: skip
    with office.writing_as("advisor") as u:
        add_site(
            u, found.id, SiteInput(street="Weißdornweg", house_number="7", postcode="78462", town="Konstanz", main=True)
        )
    return found


@pytest.mark.parametrize(
    "query",
    [
        "Müller", "mueller", "Muller", "MÜLLER SÖHNE", "soehne", "bau", "schinen", "Maschinenbau", "drehteile", "feinmech",
        "weber", "HRB 12345", "HRB12345", "hrb12345", "12345", "DE129273398", "DE 129273398", "129273398", "78462",
        "78462 Konstanz", "weissdorn", "Weißdornweg 7", "konst", "07531 900", "07531/90012", "+49 7531 900",
        "0049 7531 90012", "900-12", "531900", "info@mueller-soehne.de", "info@", "@mueller-soehne.de", "mueller-soehne.de",
        "www.mueller-soehne.de", "müller-söhne.de", "müller konstanz", "bau konst", "m k", "müller gmbh", "gmbh müller",
        "müller 07531 900", "  Müller   ",
    ],
)  # fmt: skip
def test_a_firm_is_found_by_every_name_number_and_address(office, titles, firm, query):
    office.add_firm("Anders & Co OHG", town="Singen")
    assert titles(query) == ["Müller & Söhne Maschinenbau GmbH"]


@pytest.mark.parametrize(
    "query", ["müllerin", "12346", "müller singen", "0049 7531 90013", "anders@mueller-soehne.de", "xy"]
)
def test_what_does_not_match_is_not_found(office, titles, firm, query):
    office.add_firm("Anders & Co OHG", town="Singen")
    assert titles(query) == []


@pytest.mark.parametrize(
    ("name", "query"),
    [("3M Deutschland GmbH", "3M"), ("dm-drogerie markt GmbH", "dm"), ("C. U. B. A. Handels GmbH", "cuba"),
     ("C. U. B. A. Handels GmbH", "C.U.B.A."), ("X AG", "x"), ("Łódź Großhandel", "lodz gross")],
)  # fmt: skip
def test_short_and_odd_names_are_found(office, titles, name, query):
    office.add_firm("Medimax Süd GmbH")
    office.add_firm(name)
    assert titles(query) == [name]


def test_exact_comes_before_beginnings_words_and_insides_each_in_german_order(office, titles):
    for name in (
        "Holzbau Zander",
        "Bau-Öko GmbH",
        "Bauer KG",
        "Bau",
        "Tiefbau Amsel",
        "Alt Bauhof",
        "Ab Bau",
        "Bauabc",
    ):
        office.add_firm(name)
    # "Bauer" is kept in loose spelling, as "Baur".
    expected = ["Bau", "Bau-Öko GmbH", "Bauabc", "Bauer KG", "Ab Bau", "Alt Bauhof", "Holzbau Zander", "Tiefbau Amsel"]
    assert titles("bau") == expected


def test_what_is_gone_or_changed_takes_no_place_of_what_was_just_saved(office, titles, monkeypatch):
    monkeypatch.setattr(finding, "MOST_LOGGED", 4)
    numbers = range(901, 911)
    for name in ("Amselhof", "Drosselhof"):
        with office.writing_as("advisor") as u:
            index.put(u, "firm", [SearchDoc(number, 1, name) for number in numbers])
    with office.writing_as("advisor") as u:
        index.drop(u, "firm", numbers[:5])
    office.add_firm("Neuer Amselhof GmbH")
    assert titles("amselhof") == titles("selhof") == ["Neuer Amselhof GmbH"]
    with office.writing_as("advisor") as u:
        index.drop(u, "firm", numbers)


def test_every_word_must_be_there_at_its_beginning_or_inside(office, titles):
    office.add_firm("Holzbau Zander", town="Konstanz")
    office.add_firm("Holzbau Amsel", town="Singen")
    assert titles("bau konstanz") == titles("konst ander") == ["Holzbau Zander"]
    assert titles("holz bau") == ["Holzbau Amsel", "Holzbau Zander"]


def test_the_field_that_matched_is_shown_with_the_matched_part_marked(office, titles, firm):
    (hit,) = hits(office, "07531 900")
    assert str(hit.field) == "Telefon"
    assert [(p.text, p.marked) for p in hit.found] == [("+49 7531 900", True), ("12", False)]
    (hit,) = hits(office, "mueller")
    assert next((p.text, p.marked) for p in hit.title) == ("Müller", True)
    assert hit.found == ()
    (hit,) = hits(office, "feinmechanik")
    assert (str(hit.field), [p.text for p in hit.found if p.marked]) == ("Früherer Name", ["Feinmechanik"])


def test_hits_are_grouped_by_kind(office, titles, firm):
    with office.writing_as("advisor") as u:
        add_contact(u, firm.id, ContactInput("Müller", given_name="Anna", phone="0171 555 66 77"))
    assert titles("müller") == ["Müller & Söhne Maschinenbau GmbH", "Anna Müller"]
    assert titles("müller", kind="contact") == ["Anna Müller"]
    assert titles("555667") == ["Anna Müller"]


def test_a_renamed_firm_is_found_by_its_new_name_alone(office, titles):
    firm = office.add_firm("Altenburger Werkzeuge", phone="07531 1234567")
    with office.writing_as("advisor") as u:
        change_firm(u, firm.id, 1, FirmInput("Neustadt Apparate"))
    assert titles("altenburg") == titles("burger") == titles("1234567") == []
    assert titles("neustadt") == titles("apparat") == ["Neustadt Apparate"]


HOSTILE = [
    "%", "_", "%%%", "'", '"', "\\", "a'b", '"a" OR "b"', "NEAR(a b)", "a*", "*", "col:a", "-a", "+", "(", "a AND", "{", "^a",
    "; DROP TABLE firm", "a" * 10_000, "ab " * 4_000, "\U0001f600", "ß", "\ud7ff", "\U0010ffff", "٣٣٣٣٣", "１２３４５", "à́́", ":v0",
    "%(v0)s", "a:b", "?", "0" * 500, "@", "@@", "a@", ".", "..", "a.", "+49", "()", "00", "\x01", "a\tb\nc",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_strange_queries_do_no_harm(office, titles, query):
    office.add_firm("Amsel GmbH")
    titles(query)
    assert office.client_as("advisor").get("/suche", query_string={"q": query}).status_code == 200
    assert titles("amsel") == ["Amsel GmbH"]


def test_strange_texts_are_stored_and_found(office, titles):
    for text in ('O\'Neil; DROP "x" %s :a ?', "Ｗｉｄｅ Letters", "a" * 500):
        office.add_firm(text)
    assert titles("o'neil") == ['O\'Neil; DROP "x" %s :a ?']
    assert titles("wide") == ["Ｗｉｄｅ Letters"]
    assert titles("a" * 70) == ["a" * 500]
