"""Saved views: private unless shared, each with an address, and nobody sees what is not meant for them."""

import re

import pytest

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.accounts.models import User
from wf40.core.listviews import queries, service
from wf40.core.listviews.service import ViewInput


def add(office, role, name="Metallbau", unit_id=1, query="branche=25&sortierung=town&seite=3", **given):
    with office.writing_as(role, unit_id) as u:
        return service.add_view(u, "firms", query, ViewInput(name, **given))


def offered(office, role, unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return [view.name for view in queries.offer(u, "firms").views]


def test_a_view_keeps_filters_order_and_columns_but_no_page(office):
    view_id = add(office, "advisor")
    with office.reading_as("advisor") as u:
        assert queries.view(u, view_id).query == "branche=25&sortierung=town"
    answer = office.client_as("advisor").get(f"/ansichten/{view_id}")
    assert answer.location == f"/unternehmen?branche=25&sortierung=town&ansicht={view_id}"


def test_private_views_are_seen_by_their_owner_alone(office):
    view_id = add(office, "advisor")
    assert offered(office, "advisor") == ["Metallbau"]
    for role in ("lead", "assistant", "reader"):
        assert offered(office, role) == []
        assert office.client_as(role).get(f"/ansichten/{view_id}").status_code == 404
        for way in ("bearbeiten", "speichern", "oeffnen", "loeschen"):
            assert office.client_as(role).post(f"/ansichten/{view_id}/{way}").status_code == 404
        assert "Metallbau" not in office.client_as(role).get("/unternehmen").text


def test_shared_views_stand_above_the_list_of_the_whole_unit_and_of_no_other(office):
    other = office.add_unit("Nachbarstadt")
    view_id = add(office, "advisor", shared=True)
    assert offered(office, "reader") == ["Metallbau"]
    assert offered(office, "advisor", other) == []
    assert office.client_as("advisor", other).get(f"/ansichten/{view_id}").status_code == 404


def test_shared_views_of_somebody_who_left_stay_and_are_looked_after(office):
    view_id = add(office, "advisor", shared=True)
    with office.product.database.write(office.actor("admin")) as u:
        u.session.get_one(User, office.actor("advisor").user_id).active = False
    assert offered(office, "assistant") == ["Metallbau"]
    with office.writing_as("assistant") as u:
        service.change_view(u, view_id, 1, ViewInput("Metall", shared=True))
    assert offered(office, "reader") == ["Metall"]


def test_who_only_reads_keeps_views_and_shares_none(office):
    add(office, "reader", "Meine")
    with pytest.raises(Forbidden), office.writing_as("reader") as u:
        service.add_view(u, "firms", "", ViewInput("Für alle", shared=True))
    shared = add(office, "lead", "Gemeinsame", shared=True)
    with pytest.raises(Forbidden), office.writing_as("reader") as u:
        service.delete_view(u, shared)
    assert offered(office, "reader") == ["Meine", "Gemeinsame"]


def test_names_are_asked_for_and_a_late_save_is_refused(office):
    with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
        service.add_view(u, "firms", "", ViewInput("   "))
    view_id = add(office, "advisor")
    with office.writing_as("advisor") as u:
        service.change_view(u, view_id, 1, ViewInput("A"))
    with pytest.raises(StaleVersion), office.writing_as("advisor") as u:
        service.change_view(u, view_id, 1, ViewInput("B"))
    assert offered(office, "advisor") == ["A"]


def test_a_list_opens_with_the_view_that_somebody_wants(office):
    office.add_firm("Zahn GmbH", town="Ulm")
    view_id, client = add(office, "advisor", shared=True), office.client_as("advisor")
    assert client.get("/unternehmen").status_code == 200
    client.post(f"/ansichten/{view_id}/oeffnen")
    assert client.get("/unternehmen").location == f"/ansichten/{view_id}"
    assert office.client_as("lead").get("/unternehmen").status_code == 200
    assert client.get("/unternehmen?ansicht=0").status_code == 200  # where "Alle" and "Alle Filter entfernen" lead
    client.post(f"/ansichten/{view_id}/oeffnen")
    assert client.get("/unternehmen").status_code == 200


def test_a_changed_list_offers_to_save_the_change(office):
    office.add_firm("Zahn GmbH", town="Ulm")
    view_id, client = add(office, "advisor", query="ort=Ulm"), office.client_as("advisor")
    as_kept = client.get(f"/unternehmen?ort=Ulm&ansicht={view_id}").text
    changed = client.get(f"/unternehmen?ort=Ulm&abc=-&ansicht={view_id}").text
    assert "„Metallbau“ ist geändert" not in as_kept
    assert "„Metallbau“ ist geändert" in changed
    client.post(f"/ansichten/{view_id}/speichern", data={"query": f"ort=Ulm&abc=-&ansicht={view_id}"})
    assert client.get(f"/ansichten/{view_id}").location == f"/unternehmen?abc=-&ort=Ulm&ansicht={view_id}"


def test_pages_of_views_save_rename_and_delete(office):
    client = office.client_as("advisor")
    page = client.get("/ansichten/neu?liste=firms&ort=Ulm").text
    assert 'value="ort=Ulm"' in page
    given = {"list": "firms", "query": "ort=Ulm", "name": "Ulmer", "shared": "y"}
    address = client.post("/ansichten/neu", data=given).location
    assert client.post("/ansichten/neu", data={**given, "name": ""}).status_code == 422
    assert client.post(f"{address}/bearbeiten", data={"name": "Aus Ulm", "version": "1"}).status_code == 303
    assert client.post(f"{address}/bearbeiten", data={"name": "Zu spät", "version": "1"}).status_code == 409
    assert offered(office, "advisor") == ["Aus Ulm"]
    assert offered(office, "lead") == []
    assert client.post(f"{address}/loeschen").location == "/unternehmen?ansicht=0"
    assert client.get(address).status_code == 404


def test_columns_are_chosen_moved_and_kept(office):
    office.add_firm("Zahn GmbH", town="Ulm")
    client = office.client_as("advisor")
    given = {"liste": "firms", "query": "ort=Ulm", "spalte": ["town", "phone"]}
    assert client.post("/ansichten/spalten", data=given).location == "/unternehmen?ort=Ulm&spalten=town,phone"
    moved = client.post("/ansichten/spalten", data={**given, "hoch": "phone", "merken": "1"}).location
    assert moved == "/unternehmen?ort=Ulm&spalten=phone,town&spaltenwahl=1"
    assert client.post("/ansichten/spalten", data={**given, "merken": "1"}).location == "/unternehmen?ort=Ulm"
    assert heads(client.get("/unternehmen").text) == ["Unternehmen", "Ort", "Telefon"]
    assert heads(client.get("/unternehmen?spalten=phone,email,unbekannt").text) == ["Unternehmen", "Telefon", "E-Mail"]
    assert "Zuständig" in heads(client.get("/unternehmen?spalten=ueblich").text)
    assert heads(office.client_as("lead").get("/unternehmen").text) != ["Unternehmen", "Ort", "Telefon"]


def heads(page):
    table = page.partition('id="unternehmen"')[2].partition("</thead>")[0]
    found = re.findall(r'<th scope="col".*?</th>', table, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", th).strip() for th in found]


def test_somebody_without_the_right_to_a_list_has_no_views_of_it(office):
    with pytest.raises(Forbidden), office.reading_as("admin") as u:
        queries.offer(u, "firms")
    with pytest.raises(NotFound), office.reading_as("lead") as u:
        queries.view(u, 4711)
