"""The first page of the day: first steps in an empty office, and a place to work for those kept out of daily work."""

import pytest

STEPS = {"import": 'href="/unternehmen/importe/neu"', "create": 'href="/unternehmen/neu"', "invite": "/konten/neu"}


def test_an_empty_office_offers_the_first_steps_instead_of_empty_good_news(office):
    page = office.client_as("lead").get("/").text
    assert "Noch keine Unternehmen" in page
    assert STEPS["create"] in page
    assert "Unternehmen importieren" in page
    assert "Kein Unternehmen ist grau." not in page
    assert "Noch kein Gespräch erfasst." not in page


def test_the_first_steps_go_once_there_is_a_firm(office):
    office.add_firm("Muster GmbH")
    page = office.client_as("lead").get("/").text
    assert "Noch keine Unternehmen" not in page
    assert "Noch kein Gespräch erfasst." in page


def test_who_may_only_read_is_not_offered_what_would_be_refused(office):
    page = office.client_as("reader").get("/").text
    assert "Noch keine Unternehmen" in page
    assert STEPS["create"] not in page
    assert "Unternehmen importieren" not in page
    assert STEPS["invite"] not in page


@pytest.mark.parametrize(("role", "place"), [("admin", "/verwaltung/"), ("privacy", "/verwaltung/protokoll")])
def test_who_takes_no_part_in_the_daily_work_starts_where_they_can_work(office, role, place):
    client = office.client_as(role)
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, place)
    page = client.get(place)
    assert page.status_code == 200
    assert "Mein Tag" not in page.text
