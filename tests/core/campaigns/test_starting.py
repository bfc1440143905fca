"""Starting: first a look at what goes out to how many, then the button that sends."""

import re

from wf40.core.campaigns import codes, service


def ticks(page):
    return re.findall(r'name="selected" value="(\d+)"', page)


def test_starting_shows_number_name_and_first_mail_and_sends_nothing(office, firms, draft, campaign_of):
    beta, alpha = firms("Beta GmbH", "Alpha GmbH")
    campaign_id = draft()
    client = office.client_as("advisor")
    asked = client.post(f"/aktionen/{campaign_id}/auswahl", data={"action": "starten", "gruppe": "receives"})
    assert (asked.status_code, asked.location) == (303, f"/aktionen/{campaign_id}/starten")
    page = client.get(asked.location).text
    assert "2 Personen erhalten je eine E-Mail im Namen von Beratung 1." in page
    assert f"Post für {alpha.id}" in page
    assert f"Post für {beta.id}" not in page
    assert f"Gruß &lt;post@firma{alpha.id}.example&gt;, Beratung 1" in page
    assert "An 2 Personen senden" in page
    assert campaign_of(campaign_id).state == codes.DRAFT
    number = re.search(r'name="number" value="(\d+)"', page)[1]
    assert client.post(asked.location, data={"number": number}).status_code == 303
    assert campaign_of(campaign_id).state == codes.RUNNING
    assert client.get(asked.location).location == f"/aktionen/{campaign_id}"


def test_ticks_that_nothing_was_done_with_keep_it_from_starting(office, firms, draft, campaign_of):
    firms("Alpha GmbH", "Beta GmbH", "Gamma GmbH")
    campaign_id = draft()
    client = office.client_as("advisor")
    target = f"/aktionen/{campaign_id}/auswahl"
    some = ticks(client.get(f"/aktionen/{campaign_id}").text)[:2]
    refused = client.post(target, data={"selected": some, "action": "starten", "gruppe": "receives"})
    assert refused.status_code == 422
    assert "2 Unternehmen sind angehakt, aber noch nicht weggelassen." in refused.text
    assert re.findall(r'value="(\d+)"[^>]* checked', refused.text) == some
    assert campaign_of(campaign_id).state == codes.DRAFT
    client.post(target, data={"selected": some, "action": "weglassen", "gruppe": "receives"})
    assert "An eine Person senden" in client.get(f"/aktionen/{campaign_id}/starten").text
    refused = client.post(target, data={"selected": some[:1], "action": "starten", "gruppe": "left_out"})
    assert "Ein Unternehmen ist angehakt, aber noch nicht wieder aufgenommen." in refused.text


def test_another_number_than_the_page_said_is_shown_before_anything_goes_out(office, firms, draft, campaign_of):
    firms("Alpha GmbH", "Beta GmbH")
    campaign_id = draft()
    client, target = office.client_as("advisor"), f"/aktionen/{campaign_id}/starten"
    one = ticks(client.get(f"/aktionen/{campaign_id}").text)[0]
    with office.writing_as("lead") as u:
        service.leave_out(u, campaign_id, [int(one)])
    for told in ("2", "", "x", "-1", "9" * 40):
        again = client.post(target, data={"number": told})
        assert again.status_code == 409, told
        assert "Inzwischen ginge eine E-Mail an eine Person." in again.text
        assert 'name="number" value="1"' in again.text
    assert campaign_of(campaign_id).state == codes.DRAFT
    assert client.post(target, data={"number": "1"}).status_code == 303


def test_without_a_preview_the_page_says_so_and_still_sends(office, firms, draft, post):
    firms("Alpha GmbH")
    post.shows_nothing = True
    campaign_id = draft()
    client = office.client_as("advisor")
    page = client.get(f"/aktionen/{campaign_id}/starten")
    assert (page.status_code, "Eine Vorschau der E-Mail lässt sich gerade nicht zeigen." in page.text) == (200, True)
    assert client.post(f"/aktionen/{campaign_id}/starten", data={"number": "1"}).status_code == 303


def test_a_reader_and_people_elsewhere_do_not_see_the_mail(office, firms, draft):
    firms("Alpha GmbH")
    target = f"/aktionen/{draft()}/starten"
    assert office.client_as("reader").get(target).status_code == 403
    assert office.client_as("advisor", office.add_unit("Nachbarstadt")).get(target).status_code == 404


def test_a_campaign_that_is_out_is_called_sent(office, firms, draft, start):
    firms("Alpha GmbH")
    campaign_id = draft()
    start(campaign_id)
    office.work()
    page = office.client_as("advisor").get(f"/aktionen/{campaign_id}").text
    assert "verschickt</span>" in page
    assert "abgeschlossen" not in page
