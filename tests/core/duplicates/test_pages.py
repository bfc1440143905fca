"""The work queue in the browser, and the warning in the form of a new firm or person; all without JavaScript."""

import re

import pytest

from wf40.core.firms import service as firms

FORM = {"name": "Kranz Metallbau GmbH", "kind": "company", "status": "active", "phone": "07531 900100"}


def test_an_empty_queue_explains_itself(office):
    page = office.client_as("advisor").get("/dubletten").text
    assert "Keine Dubletten zu entscheiden" in page
    assert "Bestand prüfen" in page


def test_the_queue_is_one_click_from_the_list_and_leads_on_to_what_was_merged(office):
    client = office.client_as("reader")
    assert 'href="/dubletten"' in client.get("/unternehmen").text
    assert 'href="/zusammenfuehrungen"' in client.get("/dubletten").text


def test_both_firms_stand_beside_each_other_with_reasons_and_differences(office, twins, pair_id):
    a, b = twins()
    office.work()
    with office.writing_as("advisor") as u:
        firms.change_firm(u, b, 1, firms.FirmInput("Kranz Metallbau GmbH", town="Gottmadingen", phone="07531 900100"))
    office.work()
    page = office.client_as("advisor").get("/dubletten").text
    assert "Zweimal Kranz Metallbau GmbH" in page
    assert "Gleicher Name" in page
    assert "Gleiche Telefonnummer" in page
    assert re.search(
        r'class="wf-pair__differs"><th scope="row">Anschrift</th><td>Singen</td><td>Gottmadingen</td>', page
    )
    assert f'href="/unternehmen/{a}"' in page
    assert f'action="/dubletten/{pair_id((a, b))}/verschieden"' in page
    assert f'href="/zusammenfuehren/{a}/{b}"' in page


def test_not_the_same_leads_to_the_next_pair_and_can_be_undone(office, twins, pair_id, queue):
    first, second = tuple(twins()), tuple(twins("Vollmer Optik GmbH", phone="07531 4711"))
    office.work()
    client, own, other = office.client_as("advisor"), pair_id(first), pair_id(second)
    answer = client.post(f"/dubletten/{own}/verschieden", data={"naechstes": str(other), "band": "same", "seite": "1"})
    assert answer.status_code == 303
    assert answer.location == f"/dubletten?band=same&seite=1#paar-{other}"
    page = client.get("/dubletten").text
    assert f'action="/dubletten/{own}/zurueck"' in page
    assert queue() == [second]
    assert f'id="paar-{own}"' in client.get("/dubletten?zustand=entschieden").text
    client.post(f"/dubletten/{own}/zurueck")
    assert sorted(queue()) == [first, second]


def test_filters_narrow_the_queue_and_no_hits_offer_to_clear_them(office, twins):
    officer = office.actor("lead").user_id
    twins(wz="28.41")
    twins("Vollmer Optik GmbH", phone="07531 4711", officer_id=officer)
    office.work()
    client = office.client_as("advisor")
    assert "1 bis 2 von 2" in client.get("/dubletten").text
    by_sector = client.get("/dubletten?branche=28").text
    assert "Zweimal Kranz" in by_sector
    assert "Zweimal Vollmer" not in by_sector
    by_officer = client.get(f"/dubletten?zustaendig={officer}").text
    assert "Zweimal Vollmer" in by_officer
    assert "Zweimal Kranz" not in by_officer
    assert "Zweimal Kranz" in client.get("/dubletten?zustaendig=niemand").text
    assert "Kein Paar passt zu diesen Filtern" in client.get("/dubletten?branche=01").text


def test_a_search_shows_its_progress_until_it_is_done(office, twins):
    twins()
    client = office.client_as("advisor")
    assert client.post("/dubletten/suchen").status_code == 303
    page = client.get("/dubletten").text
    poll = re.search(r'hx-get="(/dubletten/suchen/\d+)"', page)[1]
    assert "0 von 2 Unternehmen" in client.get(poll, headers={"HX-Request": "true"}).text
    office.work()
    ended = client.get(poll, headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"] == "/dubletten"
    assert client.get(poll).status_code == 303
    assert "Zuletzt geprüft am 21.11.2026" in client.get("/dubletten").text


def test_readers_look_and_decide_nothing(office, twins, pair_id):
    pair = twins()
    office.work()
    client = office.client_as("reader")
    page = client.get("/dubletten").text
    assert "Zweimal Kranz" in page
    assert "Nicht dasselbe</span></button>" not in page
    assert "Bestand prüfen" not in page
    assert client.post(f"/dubletten/{pair_id(pair)}/verschieden").status_code == 403


def test_those_who_decide_see_on_their_day_how_many_wait(office, twins):
    twins()
    assert "Mögliche Dubletten" not in office.client_as("advisor").get("/").text
    office.work()
    assert "1 Paar ist sehr wahrscheinlich dasselbe Unternehmen" in office.client_as("advisor").get("/").text
    assert "Mögliche Dubletten" not in office.client_as("reader").get("/").text


def test_a_page_reads_the_same_number_of_times_however_many_pairs_it_shows(office, twins, count_statements):
    twins()
    office.work()
    client = office.client_as("advisor")
    client.get("/dubletten")
    few = count_statements(lambda: client.get("/dubletten"))
    for name in ("Vollmer Optik GmbH", "Zuckerbäckerei Lindt e.K.", "Spedition Hegau AG"):
        twins(name, phone="")
    office.work()
    assert count_statements(lambda: client.get("/dubletten")) == few


def test_a_district_sees_pairs_below_and_leaves_them_to_their_unit(office, twins, queue):
    below = office.add_unit("Gemeinde Unterdorf", parent_id=1)
    pair = tuple(twins(unit_id=below))
    office.work()
    assert queue() == [pair]
    page = office.client_as("advisor").get("/dubletten").text
    assert "Zweimal Kranz" in page
    assert "/verschieden" not in page


def test_typing_a_firm_that_exists_names_it_before_it_is_saved(office):
    client = office.client_as("advisor")
    known = office.add_firm("Kranz Metallbau GmbH", phone="07531 900100", town="Singen")
    form = client.get("/unternehmen/neu").text
    assert 'hx-get="/unternehmen/aehnlich"' in form
    assert 'id="aehnlich" role="status"' in form
    box = client.get("/unternehmen/aehnlich", query_string={"name": "Kranz Metalbau", "phone": "07531 900100"}).text
    assert f'href="/unternehmen/{known.id}">Kranz Metallbau GmbH</a>, Singen' in box
    assert "Gleiche Telefonnummer" in box
    assert client.get("/unternehmen/aehnlich", query_string={"name": "Zuckerbäckerei Lindt"}).text.strip() == ""
    assert client.get("/unternehmen/aehnlich", query_string={"name": "K"}).text.strip() == ""


def test_archived_firms_are_named_too(office):
    known = office.add_firm("Kranz Metallbau GmbH")
    with office.writing_as("advisor") as u:
        firms.archive_firm(u, known.id)
    warned = office.client_as("advisor").post("/unternehmen/neu", data=FORM)
    assert warned.status_code == 422
    assert f'href="/unternehmen/{known.id}">Kranz Metallbau GmbH</a>' in warned.text
    assert "Archiv</span>" in warned.text


def test_another_similar_firm_is_warned_about_again(office):
    first = office.add_firm("Kranz Metallbau GmbH")
    client = office.client_as("advisor")
    warned = client.post("/unternehmen/neu", data=FORM).text
    assert "Trotzdem anlegen" in warned
    confirmed = re.search(r'name="confirmed"[^>]*value="([^"]*)"', warned)[1]
    second = office.add_firm("Kranz Metallbau GmbH")
    again = client.post("/unternehmen/neu", data={**FORM, "confirmed": confirmed})
    assert again.status_code == 422
    for known in (first, second):
        assert f'href="/unternehmen/{known.id}"' in again.text
    confirmed = re.search(r'name="confirmed"[^>]*value="([^"]*)"', again.text)[1]
    assert client.post("/unternehmen/neu", data={**FORM, "confirmed": confirmed}).status_code == 303


def test_firms_of_another_unit_are_not_named(office):
    office.add_firm("Kranz Metallbau GmbH", office.add_unit("Nachbarstadt"))
    assert office.client_as("advisor").post("/unternehmen/neu", data=FORM).status_code == 303


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_who_may_not_create_firms_asks_for_none(office, role):
    assert office.client_as(role).get("/unternehmen/aehnlich?name=Kranz").status_code == 403
