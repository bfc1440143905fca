"""A firm's history from all parts, newest first, whole days at a time, honest about what is missing."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.timeline import queries
from wf40.pluginhost.calls import Failure, Gathered, Hooks, Provided
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office
from wf40.sdk.values import TimelineEntry

FIRM = FirmRef(1, "Muster", 1)
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def unit_with(failures=(), **providers):
    """A reading unit whose hooks give these entries, each provider its newest ones as the contract says."""

    def gather(_spec, _u, _firm, limit):
        newest = {name: sorted(given, key=lambda e: e.at, reverse=True)[:limit] for name, given in providers.items()}
        return Gathered([Provided(n, e) for n, entries in newest.items() for e in entries], list(failures))

    services = {Hooks: SimpleNamespace(gather=gather), Office: SimpleNamespace(timezone="Europe/Berlin")}
    return SimpleNamespace(actor=SimpleNamespace(may=lambda _right: True), service=services.__getitem__)


def entries(kind, count, *, every=timedelta(days=1), start=NOON):
    return [TimelineEntry(start - n * every, kind, kind.title(), f"{kind} {n}") for n in range(count)]


def walk(u, size, kind=""):
    """Follow the pages to the end."""
    seen, until = [], None
    while True:
        part = queries.history(u, FIRM, size, kind, until)
        seen += part.entries
        if part.older is None:
            return seen
        until = part.older


def test_entries_of_all_parts_are_in_one_order():
    u = unit_with(talks=entries("talk", 3), checks=entries("check", 3, start=NOON - timedelta(hours=1)))
    shown = [e.title for e in queries.history(u, FIRM, 20).entries]
    assert shown == ["talk 0", "check 0", "talk 1", "check 1", "talk 2", "check 2"]


@pytest.mark.parametrize("size", [1, 7, 50])
@pytest.mark.parametrize("kind", ["", "talk", "check"])
def test_paging_shows_every_entry_once(size, kind):
    given = entries("talk", 150, every=timedelta(hours=7)) + entries("check", 5, every=timedelta(days=200))
    u = unit_with(talks=given[:150], checks=given[150:])
    wanted = sorted((e for e in given if not kind or e.kind == kind), key=lambda e: e.at, reverse=True)
    assert walk(u, size, kind) == wanted


def test_a_rare_kind_is_found_behind_many_others_of_the_same_part():
    given = entries("change", 900, every=timedelta(hours=1)) + entries("check", 2, start=NOON - timedelta(days=400))
    part = queries.history(unit_with(one=given), FIRM, 20, "check")
    assert [e.title for e in part.entries] == ["check 0", "check 1"]
    assert set(part.kinds) == {"check", "change"}


def test_a_day_is_never_torn_apart():
    u = unit_with(talks=entries("talk", 30, every=timedelta(minutes=5)))
    part = queries.history(u, FIRM, 10)
    assert len(part.entries) == 30
    assert part.older is None


def test_failures_are_passed_on():
    missing = [Failure("plugin", "abcd1234")]
    assert queries.history(unit_with(missing, talks=entries("talk", 1)), FIRM, 20).failures == missing


def test_the_page_says_that_entries_are_missing_and_gives_the_reference(office):
    with office.app.test_request_context():
        template = office.app.jinja_env.get_template("timeline/_parts.html")
        text = str(template.module.missing([Failure("plugin", "abcd1234")]))
    assert "Einträge fehlen" in text
    assert "abcd1234" in text


def test_the_box_on_the_firm_filters_by_kind_and_leads_to_the_whole_history(office):
    with office.writing_as("advisor") as u:
        firm_id = create_firm(u, FirmInput("Muster GmbH"))
    client = office.client_as("reader")
    record = client.get(f"/unternehmen/{firm_id}").text
    assert "Verlauf" in record
    assert f'href="/unternehmen/{firm_id}/verlauf"' in record
    assert "Davon ist noch nichts eingetragen." in client.get(f"/unternehmen/{firm_id}?verlauf=consultation").text
    whole = client.get(f"/unternehmen/{firm_id}/verlauf?bis=unsinn&art=<b>").text
    assert "<b>" not in whole.split("<main")[1]
    assert client.get(f"/unternehmen/{firm_id}/verlauf?bis=0001-01-01").status_code == 200
    assert client.get("/unternehmen/999/verlauf").status_code == 404


def test_a_moment_at_midnight_stands_for_a_whole_day():
    zone = queries.ZoneInfo("Europe/Berlin")
    assert queries.only_a_day(datetime(2026, 11, 20, 23, 0, tzinfo=UTC), zone)
    assert not queries.only_a_day(NOON, zone)
    assert queries._local_day(datetime(2026, 11, 20, 23, 0, tzinfo=UTC), zone) == date(2026, 11, 21)
