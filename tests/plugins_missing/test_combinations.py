"""Any of the three plugins may be missing, off or broken, in any combination: the office goes on working."""

from datetime import timedelta
from itertools import combinations

import pytest

ALL = ("digital_readiness", "follow_up", "partner_network")
SUBSETS = [set(some) for size in range(4) for some in combinations(ALL, size)]
QUIET = "Nicht verfügbar"


def names(keys):
    return "+".join(sorted(keys)) or "none"


def walk(office, pages, role="lead"):
    """Return each page that is not whole, with what is wrong with it."""
    client, faults = office.client_as(role), []
    for page in pages:
        answer = client.get(page)
        if answer.status_code != 200 or not answer.text.rstrip().endswith("</html>"):
            faults.append(f"{page}: {answer.status_code}")
    return faults


def tick(office):
    """Let the worker go round, and say how it feels afterwards."""
    for _ in range(2):
        office.work()
        office.clock.advance(timedelta(minutes=1))
    answer = office.visitor().get("/healthz")
    assert answer.status_code == 200
    assert answer.json["worker"]["alive"] is True
    return answer.json


@pytest.mark.parametrize("gone", SUBSETS, ids=names)
def test_plugins_that_were_uninstalled_leave_whole_pages(reopened, pages, of_plugins, gone):
    office = reopened(missing=gone)
    assert walk(office, pages) == []
    client = office.client_as("lead")
    assert {key for key, page in of_plugins.items() if client.get(page).status_code == 404} == gone
    report = tick(office)
    assert set(report["plugins"]) == set(ALL) - gone
    assert report["status"] == "ok"
    shown = office.client_as("admin").get("/verwaltung/erweiterungen").text
    assert shown.count("nicht mehr installiert") == len(gone)


@pytest.mark.parametrize("off", SUBSETS, ids=names)
def test_plugins_that_were_switched_off_leave_whole_pages_and_come_back(reopened, pages, of_plugins, off):
    office = reopened(disabled=off)
    assert walk(office, pages) == []
    client = office.client_as("lead")
    assert {key for key, page in of_plugins.items() if client.get(page).status_code == 404} == off
    assert not any(QUIET in client.get(page).text for page in pages)
    report = tick(office)
    assert {key for key, line in report["plugins"].items() if not line["enabled"]} == off
    assert report["status"] == "ok"
    for key in off:
        assert office.client_as("admin").post(f"/verwaltung/erweiterungen/{key}/einschalten").status_code == 303
    assert [page for page in of_plugins.values() if client.get(page).status_code != 200] == []


@pytest.mark.parametrize("broken", SUBSETS[1:], ids=names)
def test_plugins_that_fail_in_every_hook_leave_whole_pages_and_are_named(reopened, pages, broken):
    office = reopened(broken=broken)
    for _ in range(4 if broken == set(ALL) else 1):  # with all of them, the quarantine is passed through as well
        assert walk(office, pages) == []
    report = tick(office)
    assert {
        key for key, line in report["plugins"].items() if not all(c["ok"] for c in line["checks"].values())
    } == broken
    assert report["status"] == "degraded"
    shown = office.client_as("admin").get("/verwaltung/erweiterungen").text
    assert "the plugin divides by zero" in shown


@pytest.mark.parametrize("used", ["postgresql"], indirect=True)
@pytest.mark.parametrize("state", ["missing", "disabled", "broken"])
def test_on_postgresql_the_same_holds_for_all_three_at_once(reopened, pages, state):
    office = reopened(**{state: set(ALL)})
    assert walk(office, pages) == []
    assert tick(office)["status"] == ("degraded" if state == "broken" else "ok")


def test_what_a_plugin_took_over_keeps_its_name_without_it(reopened):
    """A concern handed on to a partner still says to whom, and the campaign what it was to send."""
    office = reopened(missing=set(ALL))
    client = office.client_as("advisor")
    assert "Handwerkskammer" in client.get("/anliegen/1").text
    assert "Einladung zum Kurzcheck Digital" in client.get("/aktionen/1").text
    assert "Liegenschaftsamt" in client.get("/anliegen/2/weiterleiten").text


def test_conversations_and_tasks_are_still_written_without_any_plugin(reopened):
    client = reopened(missing=set(ALL)).client_as("advisor")
    talk = {
        "kind": "call",
        "channel": "phone",
        "held_on": "2026-11-20",
        "occasion": "Rückruf",
        "confidentiality": "internal",
    }
    assert client.post("/unternehmen/1/gespraeche/neu", data=talk).status_code == 303
    task = {"title": "Nachfassen", "due_on": "2026-12-01"}
    assert client.post("/unternehmen/1/wiedervorlagen/neu", data=task).status_code == 303
    assert "Nachfassen" in client.get("/unternehmen/1/wiedervorlagen").text
