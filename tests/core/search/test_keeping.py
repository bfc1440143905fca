"""The index says what the records say: in the same transaction, after any sequence of writes, and for those who may read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from wf40.base.access import Actor
from wf40.core.concerns.service import ConcernInput, add_concern, change_concern
from wf40.core.consultations.service import (
    ConsultationInput,
    add_consultation,
    archive_consultation,
    change_consultation,
)
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact, change_contact
from wf40.core.search import index, rebuilding, service
from wf40.core.search.models import IndexState, LoggedChange, SearchedRecord, SearchedWord, Viewed, WordBlock
from wf40.core.search.providing import providers
from wf40.core.search.queries import search
from wf40.core.search.rebuilding import build_missing
from wf40.core.search.settling import settle, waiting
from wf40.core.search.words import found_inside
from wf40.core.tasks.service import TaskInput, add_task
from wf40.sdk.search import SearchDoc, SearchText
from wf40.sdk.services import Search

TODAY = date(2026, 11, 21)
TABLES = (SearchedRecord, SearchedWord, WordBlock, LoggedChange)


def content(office):
    """Return everything that the index holds once all is settled: records, words of records, words found inside."""
    settle(office.product.database, Actor.system())
    with office.product.database.read(Actor.system()) as u:
        assert u.session.scalar(select(LoggedChange.id)) is None
        records, postings = ({tuple(row) for row in u.session.execute(select(t.__table__))} for t in TABLES[:2])
        blocks = u.session.execute(select(WordBlock.unit_id, WordBlock.kind, WordBlock.words))
        inside = [(unit_id, kind, word) for unit_id, kind, words in blocks for word in words.split()]
        assert len(set(inside)) == len(inside)
        assert set(inside) == {(unit, kind, word) for unit, kind, word, _id in postings if found_inside(word)}
        return [records, postings]


def give_up(_u, contact_id):
    message = f"no reason to keep {contact_id}"
    raise LookupError(message)


def test_what_is_not_committed_is_not_in_the_index(office, titles):
    kept = office.add_firm("Amsel GmbH")
    before = content(office)
    with pytest.raises(LookupError, match="no reason to keep"), office.writing_as("advisor") as u:
        give_up(u, add_contact(u, kept.id, ContactInput("Zaunkönig")))
    assert content(office) == before
    assert titles("zaunkönig") == []


def test_a_record_taken_out_leaves_no_word_behind(office):
    before = content(office)
    docs = [SearchDoc(i, 1, "Seltsamer Name", (SearchText("phone", "07531 999888", "phone"),)) for i in (1, 2)]
    with office.writing_as("advisor") as u:
        index.put(u, "odd", docs)
    with office.writing_as("advisor") as u:
        u.service(Search).drop(u, "odd", [1])
    assert any(word == "seltsamer" for _unit, _kind, word, _id in content(office)[1])
    with office.writing_as("advisor") as u:
        u.service(Search).drop(u, "odd", [2])
    assert content(office) == before


NAMES = st.sampled_from(["Amsel Bau", "Tiefbau Amsel", "Holz & Bau GmbH", "07531 900900", "Ä Ö Ü", "x", "", "Amsel"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.integers(1, 4), st.integers(1, 2), NAMES), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_writes_gives_the_index_of_its_end(office, steps):
    with office.writing_as("advisor") as u:
        index.drop(u, "odd", range(1, 5))
    last = {}
    for step, record_id, unit_id, name in steps:
        with office.writing_as("advisor") as u:
            if step == "put":
                last[record_id] = SearchDoc(record_id, unit_id, name, (SearchText("phone", name, "phone"),))
                index.put(u, "odd", [last[record_id]])
            else:
                last.pop(record_id, None)
                index.drop(u, "odd", [record_id])
    found = content(office)
    with office.writing_as("advisor") as u:
        index.drop(u, "odd", range(1, 5))
        index.put(u, "odd", last.values())
    assert content(office) == found


def test_two_who_save_parts_of_a_record_at_once_lose_no_word(office, monkeypatch):
    firm, database, actor = office.add_firm("Amsel GmbH"), office.product.database, office.actor("advisor")

    def documents(u, ids):
        names = u.session.scalars(select(Contact.family_name).where(Contact.firm_id == firm.id))
        texts = tuple(SearchText("name", name) for name in names)
        return [SearchDoc(i, 1, "Seltsamer Name", texts) for i in ids]

    odd = SimpleNamespace(value=SimpleNamespace(documents=documents))
    monkeypatch.setattr(service, "providers", lambda _u: {"odd": odd})

    def save(u, name):
        add_contact(u, firm.id, ContactInput(name))
        u.service(Search).refresh(u, "odd", [1])

    def save_later():
        with database.write(actor) as u:
            save(u, "Drossel")

    with database.write(actor) as u:
        save(u, "Fink")
    with ThreadPoolExecutor(1) as pool:
        with database.write(actor) as u:
            save(u, "Meise")
            other = pool.submit(save_later)
            while office.product.database.engine.dialect.name == "postgresql" and not waits(database):
                assert not other.done()
        other.result()
    (words,) = [row[-1].split() for row in content(office)[0] if row[0] == "odd"]
    assert {"fink", "meise", "drossel"} <= set(words)


def waits(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def test_what_is_logged_is_settled_by_long_work_and_by_no_request(office, monkeypatch):
    monkeypatch.setattr(service, "OFTEN", 2)

    def left():
        with office.product.database.read(Actor.system()) as u:
            return waiting(u)

    settle(office.product.database, Actor.system())
    with office.app.test_request_context():
        for name in ("Amsel GmbH", "Drossel GmbH", "Fink GmbH"):
            office.add_firm(name)
    assert left() == 3
    for name in ("Meise GmbH", "Star GmbH"):
        office.add_firm(name)
    assert left() == 0


def test_a_rebuild_gives_what_single_writes_gave(office):
    firm = office.add_firm("Müller Maschinenbau GmbH", town="Konstanz", phone="07531 9001234")
    other = office.add_firm("Alt & Neu OHG")
    with office.writing_as("advisor") as u:
        person = add_contact(u, firm.id, ContactInput("Weber", email="w@weber.example"))
        add_contact(u, other.id, ContactInput("Zander"))
        change_contact(u, person, 1, ContactInput("Neumann", email="n@weber.example"))
        add_consultation(
            u, firm.id, ConsultationInput("call", "phone", TODAY, occasion="Erweiterung", topics=("space",))
        )
        add_concern(u, firm.id, ConcernInput("space", "Halle gesucht", "mit Kran"))
        add_task(u, firm.id, TaskInput("Exposé schicken", TODAY, u.actor.user_id, "bald"))
    kept = content(office)
    assert len(kept[0]) == 7
    with office.product.database.write(Actor.system()) as u:
        for table in TABLES:
            u.session.execute(table.__table__.delete())
    build_missing(office.product.database)
    assert content(office) == kept
    with office.product.database.write(Actor.system()) as u:
        assert set(u.session.scalars(select(IndexState.complete))) == {True}
        u.session.execute(IndexState.__table__.delete())
        u.session.execute(SearchedWord.__table__.delete().where(SearchedWord.word == "konstanz"))
        index.put(u, "firm", [SearchDoc(999, 1, "Geist")])
    office.work()
    assert content(office) == kept


def test_a_rebuild_keeps_what_is_saved_while_it_runs(office, monkeypatch):
    for name in ("Amsel GmbH", "Drossel GmbH"):
        office.add_firm(name)
    kept = content(office)

    def without_the_last(u):
        found = providers(u)["firm"]
        listed = replace(found.value, ids=lambda u, after, limit: found.value.ids(u, after, limit)[:-1])
        return {"firm": replace(found, value=listed)}

    monkeypatch.setattr(rebuilding, "providers", without_the_last)
    with office.product.database.write(Actor.system()) as u:
        u.session.execute(IndexState.__table__.delete())
    build_missing(office.product.database)
    assert content(office) == kept


def test_the_command_builds_anew_and_says_how_much(office, monkeypatch):
    from click.testing import CliRunner

    from wf40 import cli

    office.add_firm("Amsel GmbH")
    monkeypatch.setattr(cli, "load_ready", lambda: office.product)
    for arguments, code, words in (
        (["--kind", "firm"], 0, "firm: 1 Einträge"),
        (["--kind", "nix"], 1, "gibt es nicht"),
    ):
        from wf40.core.search.commands import add_search

        group = cli.click.Group()
        add_search(group, lambda: office.product, cli.speaking)
        result = CliRunner().invoke(group, ["search", "rebuild", *arguments])
        assert (result.exit_code, words in result.output) == (code, True), result.output


def test_only_what_one_may_read_is_found(office, titles):
    district = 1
    below, beside = office.add_unit("Unterdorf", parent_id=district), office.add_unit("Nachbarstadt")
    for unit_id, name in ((district, "Amsel Kreis"), (below, "Amsel Unterdorf"), (beside, "Amsel Nachbar")):
        firm = office.add_firm(name, unit_id)
        with office.writing_as("advisor", unit_id) as u:
            add_contact(u, firm.id, ContactInput(f"Amsel {unit_id}"))
    assert titles("amsel", kind="firm") == ["Amsel Kreis", "Amsel Unterdorf"]
    assert titles("msel", kind="firm", role="reader") == ["Amsel Kreis", "Amsel Unterdorf"]
    assert titles("amsel", unit_id=below) == ["Amsel Unterdorf", f"Amsel {below}"]
    assert titles("amsel", unit_id=beside) == ["Amsel Nachbar", f"Amsel {beside}"]
    assert office.client_as("admin").get("/suche?q=amsel").status_code == 403
    page = office.client_as("reader", below).get("/suche?q=amsel").text
    assert "Amsel Unterdorf" in page
    assert "Amsel Kreis" not in page
    assert "Amsel Nachbar" not in page


def test_what_is_confidential_is_found_by_those_alone_who_may_read_it(office, titles):
    firm = office.add_firm("Amsel GmbH")
    with office.writing_as("advisor") as u:
        add_concern(u, firm.id, ConcernInput("space", "Geheimverkauf", "Insolvenz", confidential=True))
        add_task(u, firm.id, TaskInput("Geheimtermin", TODAY, u.actor.user_id, "Insolvenz", confidential=True))
        talk = ConsultationInput("call", "phone", TODAY, occasion="Geheimgespräch", confidentiality="officer")
        number = add_consultation(u, firm.id, talk)
    assert titles("geheim") == ["Geheimverkauf", "Geheimtermin"]
    for role in ("lead", "assistant", "reader"):
        assert titles("geheim", role=role) == titles("insolvenz", role=role) == titles("heimver", role=role) == []
        assert "Geheim" not in office.client_as(role).get("/suche?q=geheimv").text.replace("geheimv", "")
    # A conversation kept for the responsible person stands in no list; once it is not, it is found.
    with office.writing_as("advisor") as u:
        change_consultation(u, number, 1, ConsultationInput("call", "phone", TODAY, occasion="Geheimgespräch"))
    assert titles("geheimges", role="reader") == ["Geheimgespräch"]
    with office.writing_as("advisor") as u:
        archive_consultation(u, number)
        change_concern(u, 1, 1, ConcernInput("space", "Hallensuche"))
    assert titles("geheimges") == ["Geheimgespräch"]
    assert titles("geheimverkauf") == titles("insolvenz", kind="concern") == []


def test_hits_nobody_may_read_do_not_count(office):
    firm = office.add_firm("Amsel GmbH")
    with office.writing_as("advisor") as u:
        for number in range(5):
            add_concern(u, firm.id, ConcernInput("space", f"Geheimnis {number}", confidential=True))
        for number in range(2):
            add_concern(u, firm.id, ConcernInput("space", f"Geheimnisvoll {number}"))
    with office.app.test_request_context(), office.reading_as("lead") as u:
        (group,) = search(u, "geheimnis", 2, "concern")
        assert (len(group.hits), group.more) == (2, False)
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        (group,) = search(u, "geheimnis", 2, "concern")
        assert (len(group.hits), group.more) == (2, True)


def test_all_numbers_of_a_kind_that_match_for_lists(office):
    names = ("Holzbau Müller GmbH", "Müller GmbH", "Bau GmbH", "Tiefbau Weber KG")
    ids = {name: office.add_firm(name, phone=f"07531 90{n}000").id for n, name in enumerate(names)}

    def found(query):
        with office.reading_as("advisor") as u:
            chosen = u.service(Search).matching(u, "firm", query)
            return None if chosen is None else set(u.session.scalars(chosen))

    assert found("bau") == {ids["Holzbau Müller GmbH"], ids["Bau GmbH"], ids["Tiefbau Weber KG"]}
    assert found("müller bau") == {ids["Holzbau Müller GmbH"]}
    assert found("gmbh") == set(ids.values()) - {ids["Tiefbau Weber KG"]}
    assert found("07531 901") == found("531901000") == {ids["Müller GmbH"]}
    assert found("%") is None
    assert found("nichts") == set()


def test_what_was_looked_at_is_offered_again_the_newest_first(office):
    firms = [office.add_firm(f"Firma {n:02}") for n in range(12)]
    client = office.client_as("advisor")
    for firm in firms:
        office.clock.moment = office.clock.moment.replace(minute=firm.id)
        assert client.post("/suche/angesehen", data={"path": f"/unternehmen/{firm.id}"}).status_code == 204
    assert client.post("/suche/angesehen", data={"path": "/unternehmen/99999"}).status_code == 204
    assert client.post("/suche/angesehen", data={"path": "//böse/1"}).status_code == 204
    page = client.get("/suche", headers={"HX-Request": "true"}).text
    assert [n for n in range(12) if f"Firma {n:02}" in page] == list(range(2, 12))
    assert page.index("Firma 11") < page.index("Firma 10")
    assert "Firma" not in office.client_as("lead").get("/suche", headers={"HX-Request": "true"}).text
    with office.reading_as("advisor") as u:
        assert len(u.session.scalars(select(Viewed)).all()) == 10


def test_the_page_and_the_dialog_show_the_same_hits(office):
    office.add_firm("Müller <b>GmbH</b>", phone="07531 900900")
    client = office.client_as("advisor")
    page, part = client.get("/suche?q=muell").text, client.get("/suche?q=muell", headers={"HX-Request": "true"}).text
    for answer in (page, part):
        assert "<mark>Müll</mark>er &lt;b&gt;GmbH&lt;/b&gt;" in answer
        assert 'href="/unternehmen/1"' in answer
    assert 'role="option"' in part
    assert "<html" not in part
    assert "Nichts gefunden" in client.get("/suche?q=xyz").text
    assert "Telefon: <mark>+49 7531 9009</mark>00" in client.get("/suche?q=075319009").text
