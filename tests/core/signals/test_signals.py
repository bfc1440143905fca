"""Signals: recorded, changed, resolved; what they weigh on a day; who may."""

import re
from datetime import date, timedelta

import pytest

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.signals import queries, service
from wf40.core.signals.catalogue import LABELS, kinds
from wf40.core.signals.service import SignalInput
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.services import Firms

TODAY = date(2026, 11, 21)


@pytest.fixture
def firm(office):
    with office.writing_as("advisor") as u:
        return create_firm(u, FirmInput(name="Blechwerk Muster GmbH"))


def given(kind="key_customer_lost", **more):
    return SignalInput(kind, **{"source": "Gespräch", "observed_on": TODAY, **more})


def record(office, firm, *args, **more):
    with office.writing_as("advisor") as u:
        return service.record_signal(u, firm, given(*args, **more))


def strengths(office, firm):
    with office.reading_as("advisor") as u:
        return [round(s.strength, 6) for s in queries.strengths(u, [firm])]


def text(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def test_every_kind_has_a_name_and_a_figure():
    assert set(kinds()) == set(LABELS)
    assert {key for key, kind in kinds().items() if kind.hard} == {
        "closure_announced", "relocation_announced", "insolvency_notice", "mass_layoff_notice",
    }  # fmt: skip
    assert all(0 < kind.strength(e) <= 0.95 for kind in kinds().values() for e in ("less", "usual", "more"))


def test_an_event_halves_in_its_half_life(office, firm):
    record(office, firm)
    assert strengths(office, firm) == [0.5]
    office.clock.advance(timedelta(days=365.25))
    assert strengths(office, firm) == pytest.approx([0.25], abs=0.001)


def test_a_state_holds_until_it_is_resolved(office, firm):
    signal = record(office, firm, "succession_open")
    office.clock.advance(timedelta(days=2000))
    assert strengths(office, firm) == [0.4]
    with office.writing_as("advisor") as u:
        service.resolve_signal(u, signal, "solved", queries.today(u), "Tochter übernimmt.")
    assert strengths(office, firm) == []
    with office.writing_as("advisor") as u:
        service.reopen_signal(u, signal)
    assert strengths(office, firm) == [0.4]


def test_a_lease_rises_towards_its_end(office, firm):
    record(office, firm, "lease_ends", until=date(2027, 11, 21))
    assert strengths(office, firm) == pytest.approx([0.2], abs=0.001)
    office.clock.advance(timedelta(days=365))
    assert strengths(office, firm) == [0.4]


def test_emphasis_moves_the_strength(office, firm):
    record(office, firm, emphasis="less")
    record(office, firm, emphasis="more")
    assert sorted(strengths(office, firm)) == [0.25, 0.75]


def test_one_event_keeps_one_key(office, firm):
    first = record(office, firm)
    record(office, firm, same_event_as=first)
    with office.reading_as("advisor") as u:
        assert {s.key for s in u.service(Hooks).each(Spec.firm_signals, u, [firm])} == {f"signal:{first}"}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"kind": "moon_phase"}, {"kind"}),
        ({"source": ""}, {"source"}),
        ({"observed_on": date(2026, 11, 22)}, {"observed_on"}),
        ({"observed_on": date(1889, 1, 1)}, {"observed_on"}),
        ({"kind": "lease_ends"}, {"until"}),
        ({"label": "x" * 201, "source": "y" * 301}, {"label", "source"}),
        ({"note": "a\0b"}, {"note"}),
        ({"same_event_as": 4711}, {"same_event_as"}),
    ],
)
def test_wrong_input_is_named_field_by_field_and_nothing_is_stored(office, firm, wrong, fields):
    with pytest.raises(InvalidInput) as refused, office.writing_as("advisor") as u:
        service.record_signal(u, firm, given(**wrong))
    assert set(refused.value.fields) == fields
    assert strengths(office, firm) == []


def test_a_form_sent_twice_makes_one_signal(office, firm):
    assert record(office, firm, entry_key="k" * 32) == record(office, firm, entry_key="k" * 32)
    assert strengths(office, firm) == [0.5]


def test_a_late_save_is_refused_with_both_versions(office, firm):
    signal = record(office, firm)
    with office.writing_as("lead") as u:
        assert service.change_signal(u, signal, 1, given(label="Auftrag der Müller AG")) == ["label"]
    with pytest.raises(StaleVersion) as late, office.writing_as("advisor") as u:
        service.change_signal(u, signal, 1, given(label="Anderes"))
    assert late.value.current_version == 2
    assert late.value.changed_by.startswith("Leitung")


def test_changes_and_audit_tell_who_did_what(office, firm):
    signal = record(office, firm)
    with office.writing_as("lead") as u:
        service.change_signal(u, signal, 1, given("supplier_lost", emphasis=""))
        service.archive_signal(u, signal)
    with office.reading_as("advisor") as u:
        shown = {str(c.label): (str(c.old), str(c.new)) for c in queries.changes(u, signal) if c.old != "–"}
        actions = [a.action for a in u.session.query(AuditEvent).filter_by(subject=f"signal:{signal}")]
    assert shown["Art"] == ("Wichtigen Auftraggeber verloren", "Wichtigen Lieferanten verloren")
    assert actions == ["signal_recorded", "signal_changed", "signal_archived"]
    assert strengths(office, firm) == []


def test_resolving_needs_an_outcome_and_a_day_that_fits(office, firm):
    signal = record(office, firm)
    with pytest.raises(InvalidInput) as refused, office.writing_as("advisor") as u:
        service.resolve_signal(u, signal, "", date(2026, 11, 1))
    assert set(refused.value.fields) == {"resolution", "resolved_on"}


def test_who_may_not_is_refused(office, firm):
    signal = record(office, firm)
    for role in ("reader", "admin", "privacy"):
        with pytest.raises(Forbidden), office.writing_as(role) as u:
            service.record_signal(u, firm, given())
        with pytest.raises(Forbidden), office.writing_as(role) as u:
            service.archive_signal(u, signal)
    with pytest.raises(Forbidden), office.reading_as("admin") as u:
        queries.page_of_signals(u)


def test_another_units_signals_look_like_none(office, firm):
    elsewhere = office.add_unit("Nachbarort")
    signal = record(office, firm)
    with office.writing_as("advisor", elsewhere) as u:
        assert queries.page_of_signals(u).total == 0
        for act in (
            lambda: queries.signal(u, signal),
            lambda: service.archive_signal(u, signal),
            lambda: service.record_signal(u, firm, given()),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_district_reads_and_does_not_write(office):
    district = office.add_unit("Kreis")
    town = office.add_unit("Gemeinde", district)
    with office.writing_as("advisor", town) as u:
        firm = create_firm(u, FirmInput(name="In der Gemeinde"))
        signal = service.record_signal(u, firm, given())
    with office.writing_as("advisor", district) as u:
        assert queries.signal(u, signal).firm_name == "In der Gemeinde"
        with pytest.raises(Forbidden):
            service.archive_signal(u, signal)


def test_signals_stand_in_the_timeline(office, firm):
    signal = record(office, firm, label="Auftrag entfällt")
    with office.writing_as("advisor") as u:
        service.resolve_signal(u, signal, "solved", TODAY)
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        titles = [e.title for e in u.service(Hooks).each(Spec.timeline, u, u.service(Firms).get(u, firm), 20)]
    assert "Auftrag entfällt" in titles
    assert "Auftrag entfällt: geklärt" in titles


def test_an_officer_walks_through_the_pages(office, firm):
    client = office.client_as("advisor")
    new = f"/unternehmen/{firm}/signale/neu"
    assert "Signal erfassen" in text(client.get(new))
    sent = {"kind": "key_customer_lost", "observed_on": "2026-11-20", "source": "Zeitung", "emphasis": "usual"}
    assert "Bitte wählen Sie die Art" in text(client.post(new, data={**sent, "kind": ""}), 422)
    assert "Das ist kein Datum" in text(client.post(new, data={**sent, "observed_on": "gestern"}), 422)
    assert client.post(new, data={**sent, "entry_key": "e1"}).location == f"/unternehmen/{firm}"
    assert "Wichtigen Auftraggeber verloren" in text(client.get(f"/unternehmen/{firm}"))
    assert "Wichtigen Auftraggeber verloren" in text(client.get("/fruehwarnung/signale"))
    edit = "/signale/1/bearbeiten"
    form = text(client.get(edit))
    assert 'value="2026-11-20"' in form
    changed = {**sent, "label": "Auftrag entfällt", "version": "1", "emphasis": "", "same_event_as": ""}
    assert client.post(edit, data=changed).status_code == 303
    assert client.post("/signale/1/klaeren", data={"resolution": "", "resolved_on": "2026-11-21"}).status_code == 422
    assert (
        client.post("/signale/1/klaeren", data={"resolution": "over", "resolved_on": "2026-11-21"}).status_code == 303
    )
    assert "geklärt" in text(client.get("/signale/1"))
    assert client.post("/signale/1/wieder-oeffnen").status_code == 303
    assert client.post("/signale/1/archivieren").status_code == 303
    assert "Noch hat" not in text(client.get("/fruehwarnung/signale?zustand=archived&art=unsinn&seite=x"))
    assert client.post("/signale/1/wiederherstellen").status_code == 303


def test_a_late_save_on_the_page_keeps_what_was_typed(office, firm):
    record(office, firm)
    with office.writing_as("lead") as u:
        service.change_signal(u, 1, 1, given(label="Von der Leitung"))
    sent = {
        "kind": "key_customer_lost", "observed_on": "2026-11-21", "source": "Gespräch", "emphasis": "",
        "label": "Von mir", "version": "1", "same_event_as": "",
    }  # fmt: skip
    client = office.client_as("advisor")
    page = text(client.post("/signale/1/bearbeiten", data=sent), 409)
    assert "Von der Leitung" in page
    assert "Von mir" in page
    assert client.post("/signale/1/bearbeiten", data={**sent, "version": "2"}).status_code == 303


@pytest.mark.parametrize("path", ["/unternehmen/{firm}/signale/neu", "/signale/{signal}/bearbeiten"])
def test_who_may_not_record_signals_sees_no_form_for_them(office, firm, path):
    address = path.format(firm=firm, signal=record(office, firm))
    assert office.client_as("advisor").get(address).status_code == 200
    assert office.client_as("reader").get(address).status_code == 403


def test_one_form_records_one_signal_on_one_firm(office, firm):
    key = "k" * 32
    assert record(office, firm, entry_key=key) == record(office, firm, entry_key=key)
    with office.writing_as("advisor") as u:
        other = create_firm(u, FirmInput(name="Andere GmbH"))
    with pytest.raises(InvalidInput, match="schon verwendet"):
        record(office, other, entry_key=key)
