"""Tags: put on firms by typing, found again, renamed, merged and deleted everywhere."""

import html
from datetime import timedelta

import pytest

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.firms.selection import firms_listed
from wf40.core.tags import listing, queries, service
from wf40.sdk.firm_data import ImportOrigin


def names_on(office, firm, role="reader", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return [tag.name for tag in queries.of_firm(u, firm.id)]


def put(office, firm, text, role="advisor", unit_id=1):
    with office.writing_as(role, unit_id) as u:
        return service.tag_firm(u, firm.id, text)


def listed(office, query, role="reader"):
    with office.app.test_request_context(), office.reading_as(role) as u:
        return firms_listed(u, query).ids


def number_of(office, name):
    with office.reading_as("lead") as u:
        return next(line.tag.id for line in queries.tags(u) if line.tag.name == name)


def test_a_tag_is_put_on_a_firm_by_typing_and_taken_off_again(office):
    firm, client = office.add_firm("Muster GmbH"), office.client_as("advisor")
    page = f"/unternehmen/{firm.id}"
    office.clock.moment += timedelta(minutes=5)
    answer = client.post(f"{page}/schlagwoerter", data={"names": "Nachfolge, Export; nachfolge"})
    assert answer.status_code == 303
    shown = client.get(page).text
    assert "Nachfolge" in shown
    assert "Export" in shown
    assert names_on(office, firm) == ["Export", "Nachfolge"]
    tag_id = number_of(office, "Export")
    assert client.post(f"{page}/schlagwoerter/{tag_id}/entfernen").status_code == 303
    assert names_on(office, firm) == ["Nachfolge"]
    history = html.unescape(client.get(f"{page}/aenderungen").text)
    assert "Schlagwörter" in history
    assert "Export, Nachfolge" in history
    assert "Schlagwörter" in html.unescape(client.get(f"{page}/verlauf").text)


def test_one_tag_whatever_its_spelling_and_each_unit_has_its_own(office):
    firm, other = office.add_firm("Muster GmbH"), office.add_unit("Nachbarstadt")
    foreign = office.add_firm("Fremde GmbH", other)
    assert put(office, firm, "Größe & Wandel") == ["Größe & Wandel"]
    assert put(office, firm, "groesse und wandel") == []
    assert put(office, foreign, "Größe & Wandel", unit_id=other) == ["Größe & Wandel"]
    with office.reading_as("lead") as u:
        assert [(line.tag.name, line.used) for line in queries.tags(u)] == [("Größe & Wandel", 1)]
    with pytest.raises(NotFound):
        put(office, foreign, "Export")
    with pytest.raises(NotFound):
        put(office, firm, "Export", unit_id=other)


def test_an_assistant_uses_what_is_there_and_makes_nothing_new(office):
    firm = office.add_firm("Muster GmbH")
    with pytest.raises(InvalidInput, match="Export"):
        put(office, firm, "Export", "assistant")
    assert names_on(office, firm) == []
    put(office, firm, "Export")
    other = office.add_firm("Beispiel AG")
    put(office, other, "export", "assistant")
    assert names_on(office, other) == ["Export"]
    client = office.client_as("assistant")
    answer = client.post(f"/unternehmen/{firm.id}/schlagwoerter", data={"names": "Neues"}, follow_redirects=True)
    assert "gibt es noch nicht" in answer.text
    with pytest.raises(Forbidden):
        put(office, firm, "Export", "reader")


@pytest.mark.parametrize("text", ["", " , ;", "x" * 61])
def test_what_is_no_tag_is_refused_with_a_sentence(office, text):
    firm = office.add_firm("Muster GmbH")
    with pytest.raises(InvalidInput):
        put(office, firm, text)
    assert names_on(office, firm) == []


def test_the_list_filters_by_any_or_all_tags_and_by_none(office):
    both, one, none = (office.add_firm(f"{name} GmbH") for name in ("Albert", "Berta", "Cäsar"))
    put(office, both, "Rot, Blau")
    put(office, one, "Rot")
    red, blue = number_of(office, "Rot"), number_of(office, "Blau")
    assert listed(office, f"f-tags={red}") == [both.id, one.id]
    assert listed(office, f"f-tags={blue}.{red}") == [both.id, one.id]
    assert listed(office, f"f-tags=alle.{blue}.{red}") == [both.id]
    assert listed(office, "f-tags=ohne") == [none.id]
    assert listed(office, "f-tags=999") == []


def test_the_column_shows_and_orders_by_the_names(office):
    firm = office.add_firm("Muster GmbH")
    put(office, firm, "Zebra, Ähre, Apfel")
    with office.reading_as("reader") as u:
        rows = u.session.execute(queries.column(u)).all()
        assert [(row[0], listing.column().present(row[1])) for row in rows] == [(firm.id, "Ähre, Apfel, Zebra")]


def test_renaming_holds_everywhere_and_an_existing_name_is_refused(office):
    firm = office.add_firm("Muster GmbH")
    put(office, firm, "Nachfolge, Export")
    tag_id, client = number_of(office, "Nachfolge"), office.client_as("lead")
    given = {"name": "Unternehmensnachfolge", "description": "Übergabe in fünf Jahren", "version": "1"}
    assert client.post(f"/schlagwoerter/{tag_id}", data=given).status_code == 303
    assert names_on(office, firm) == ["Export", "Unternehmensnachfolge"]
    assert client.post(f"/schlagwoerter/{tag_id}", data={**given, "name": "EXPORT", "version": "2"}).status_code == 422
    stale = client.post(f"/schlagwoerter/{tag_id}", data={**given, "name": "Neu", "version": "1"})
    assert stale.status_code == 409
    assert "Unternehmensnachfolge" in stale.text
    with pytest.raises(StaleVersion), office.writing_as("lead") as u:
        service.change_tag(u, tag_id, 1, "Neu", "")


def test_merging_moves_the_firms_and_tells_how_many(office):
    one, two = office.add_firm("Albert GmbH"), office.add_firm("Berta GmbH")
    put(office, one, "Export, Ausfuhr")
    put(office, two, "Ausfuhr")
    gone, into = number_of(office, "Ausfuhr"), number_of(office, "Export")
    client = office.client_as("lead")
    answer = client.post(f"/schlagwoerter/{gone}/zusammenfuehren", data={"into": str(into)}, follow_redirects=True)
    assert "2 Unternehmen" in answer.text
    assert names_on(office, one) == names_on(office, two) == ["Export"]
    with pytest.raises(NotFound), office.writing_as("lead") as u:
        service.merge_tags(u, gone, into)
    with pytest.raises(InvalidInput), office.writing_as("lead") as u:
        service.merge_tags(u, into, into)


def test_deleting_says_before_how_many_firms_lose_it_and_leaves_their_history(office):
    firm, client = office.add_firm("Muster GmbH"), office.client_as("lead")
    put(office, firm, "Export")
    tag_id = number_of(office, "Export")
    assert "1 Unternehmen verliert das Schlagwort" in html.unescape(client.get(f"/schlagwoerter/{tag_id}").text)
    assert office.client_as("advisor").post(f"/schlagwoerter/{tag_id}/loeschen").status_code == 403
    assert client.post(f"/schlagwoerter/{tag_id}/loeschen").status_code == 303
    assert names_on(office, firm) == []
    assert "Export" in office.client_as("reader").get(f"/unternehmen/{firm.id}/aenderungen").text
    assert client.get(f"/schlagwoerter/{tag_id}").status_code == 404


def test_the_list_of_tags_is_searched_and_each_leads_to_its_firms(office):
    firm, client = office.add_firm("Muster GmbH"), office.client_as("reader")
    put(office, firm, "Export, Größe")
    page = client.get("/schlagwoerter?q=grösse").text
    assert "Größe" in page
    assert "Export" not in page
    assert f"f-tags={number_of(office, 'Größe')}" in page
    assert "kein Schlagwort" in client.get("/schlagwoerter?q=nichts").text
    assert client.get("/schlagwoerter/neu").status_code == 403


def test_a_file_adds_tags_and_its_undo_takes_only_those_off(office):
    firm = office.add_firm("Muster GmbH")
    put(office, firm, "Export")
    field = listing.import_field()
    with office.writing_as("advisor") as u:
        before = field.present(u, [firm.id])
        after = field.combine(before.get(firm.id), field.read("Messe; export"), "newer")
        assert field.store(u, {firm.id: after}, ImportOrigin("Liste")) == [firm.id]
        assert field.store(u, {firm.id: after}, ImportOrigin("Liste")) == []
    assert names_on(office, firm) == ["Export", "Messe"]
    with office.writing_as("advisor") as u:
        field.store(u, {firm.id: before.get(firm.id)}, ImportOrigin(""))
    assert names_on(office, firm) == ["Export"]
