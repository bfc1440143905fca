"""The score over a real database and the real hooks: what moves it, what does not, and what it says."""

from datetime import date, timedelta

import pytest
from risk_support import CONCEPTS, add_firm, changed, history, score

from wf40.base.access import Actor
from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.core.consultations.service import ConsultationInput, add_consultation, archive_consultation
from wf40.core.firms.service import FirmInput, archive_firm, change_firm
from wf40.core.risk import explanation, nightly, queries, service
from wf40.core.risk.models import RiskOverride
from wf40.core.risk.renewal import rescore
from wf40.core.signals import service as signals
from wf40.core.signals.service import SignalInput


def record(office, firm_id, kind="key_customer_lost", **given):
    values = {"source": "Gespräch", "observed_on": date(2026, 11, 21), **given}
    with office.writing_as("advisor") as u:
        return signals.record_signal(u, firm_id, SignalInput(kind, **values))


def test_a_new_firm_without_sector_is_grey_and_asks_for_the_sector(office):
    firm = add_firm(office, "Ohne Branche", wz="")
    row = score(office, firm)
    assert (row.light, row.reason, row.points, row.pressure) == ("grey", "no_sector", None, "")
    with office.reading_as("advisor") as u:
        assert "Branche (WZ)" in str(explanation.explain(u, firm).next_step)


def test_before_the_first_check_the_firm_is_grey_but_its_pressure_is_shown(office):
    firm = add_firm(office, "Noch kein Check")
    row = score(office, firm)
    assert (row.light, row.reason, row.points) == ("grey", "no_check", None)
    assert row.pressure in {"low", "medium", "high"}
    assert 0 <= row.low < row.high <= 100


def test_changing_one_answer_changes_ampel_explanation_and_order(office, answers):
    weak, other = add_firm(office, "Schwach"), add_firm(office, "Andere")
    answers.say(weak, 1)
    answers.say(other, 4)
    changed(office, weak, other)
    before = score(office, weak)
    with office.reading_as("advisor") as u:
        assert [line.firm_id for line in queries.worklist(u, grey=False).rows] == [weak, other]
    answers.say(weak, 6)
    changed(office, weak)
    after = score(office, weak)
    assert before.points > after.points
    with office.reading_as("advisor") as u:
        assert [line.firm_id for line in queries.worklist(u, grey=False).rows] == [other, weak]
        why = explanation.history(u, weak)[0]
    assert "neue Antworten" in " ".join(why.reasons)
    assert before.contributions != after.contributions


def test_contributions_sum_exactly_to_the_points(office, answers):
    firm = add_firm(office, "Summe")
    answers.say(firm, 3)
    record(office, firm)
    row = score(office, firm)
    parts = row.contributions
    assert parts["base"] + sum(parts["exact"].values()) == pytest.approx(row.points, abs=1e-9)
    assert parts["base"] + sum(parts["shown"].values()) == round(row.points)


def test_adding_a_firm_changes_no_other(office, answers):
    first = add_firm(office, "Erste")
    answers.say(first, 5)
    changed(office, first)
    before = score(office, first)
    second = add_firm(office, "Zweite", employees=5000)
    answers.say(second, 0)
    changed(office, second)
    nightly.renew_all(office.product.database)
    after = score(office, first)
    assert (before.points, before.light, before.priority) == (after.points, after.light, after.priority)


def test_too_much_unknown_is_grey_and_never_green(office, answers):
    firm = add_firm(office, "Vieles offen")
    answers.say(firm, 3, unknown=9)
    changed(office, firm)
    row = score(office, firm)
    assert (row.light, row.reason, row.points) == ("grey", "too_wide", None)
    assert row.narrowing == "vulnerability"


def test_answering_an_unknown_narrows_the_interval(office, answers):
    firm, widths = add_firm(office, "Wird klarer"), []
    for unknown in (10, 6, 2, 0):
        answers.say(firm, 2, unknown=unknown)
        changed(office, firm)
        row = score(office, firm)
        widths.append(row.high - row.low)
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 4


def test_a_concept_that_does_not_apply_leaves_the_denominator(office, answers):
    firm = add_firm(office, "Trifft nicht zu")
    answers.say(firm, 6)
    changed(office, firm)
    assert score(office, firm).vulnerability == pytest.approx(6 / 12)
    answers.not_applicable.add((firm, CONCEPTS[-1]))
    changed(office, firm)
    row = score(office, firm)
    assert row.vulnerability == pytest.approx(5 / 11)
    assert row.inputs["missing"] == []


def test_old_answers_widen_the_interval_and_keep_the_point(office, answers):
    firm = add_firm(office, "Alter Check")
    answers.say(firm, 6)
    changed(office, firm)
    fresh = score(office, firm)
    office.clock.advance(timedelta(days=3 * 366))
    nightly.renew_all(office.product.database)
    old = score(office, firm)
    assert old.vulnerability == fresh.vulnerability
    assert old.vulnerability_high - old.vulnerability_low == pytest.approx(0.2)


@pytest.mark.parametrize(
    "kind", ["closure_announced", "insolvency_notice", "relocation_announced", "mass_layoff_notice"]
)
def test_a_hard_trigger_is_red_whatever_the_score_until_it_is_resolved(office, answers, kind):
    firm = add_firm(office, "Gut aufgestellt", wz="2008:56.10")
    answers.say(firm, 12)
    changed(office, firm)
    assert score(office, firm).light == "green"
    signal = record(office, firm, kind)
    red = score(office, firm)
    assert (red.light, red.reason) == ("red", "hard_trigger")
    assert red.hard_triggers
    with office.writing_as("advisor") as u:
        signals.resolve_signal(u, signal, "unconfirmed", date(2026, 11, 21))
    assert score(office, firm).light == "green"


def test_a_hard_trigger_is_red_without_any_check(office):
    firm = add_firm(office, "Ohne Check, aber insolvent", wz="")
    record(office, firm, "insolvency_notice")
    assert score(office, firm).light == "red"


def test_a_lease_turns_red_six_months_before_its_end(office, answers):
    firm = add_firm(office, "Mieter", wz="2008:56.10")
    answers.say(firm, 12)
    record(office, firm, "lease_ends", until=date(2027, 12, 31))
    assert score(office, firm).light == "green"
    office.clock.advance(timedelta(days=240))
    nightly.renew_all(office.product.database)
    assert score(office, firm).light == "red"


def test_events_decay_night_by_night_and_the_history_says_so(office, answers):
    firm = add_firm(office, "Auftrag verloren")
    answers.say(firm, 4)
    changed(office, firm)
    quiet = score(office, firm).points
    record(office, firm)
    loud = score(office, firm).points
    office.clock.advance(timedelta(days=366))
    answers.say(firm, 4, on=date(2027, 11, 22))
    nightly.renew_all(office.product.database)
    later = score(office, firm)
    assert quiet < later.points < loud
    assert later.signals == pytest.approx(0.25, abs=0.002)
    newest = history(office, firm)[-1]
    assert newest.cause == "nightly"
    assert {"kind": "signals_moved"} in newest.reasons


def test_a_night_without_change_leaves_no_history(office, answers):
    firm = add_firm(office, "Ruhig")
    answers.say(firm, 4)
    changed(office, firm)
    before = len(history(office, firm))
    nightly.renew_all(office.product.database)
    nightly.renew_all(office.product.database)
    assert len(history(office, firm)) == before == 1


def test_two_reports_of_one_event_count_once(office, answers):
    firm = add_firm(office, "Doppelt gemeldet")
    answers.say(firm, 4)
    first = record(office, firm)
    once = score(office, firm).points
    record(office, firm, source="Lokalzeitung", same_event_as=first)
    assert score(office, firm).points == once
    record(office, firm, source="Anderer Auftrag")
    assert score(office, firm).points > once


def test_a_light_set_by_hand_is_logged_shown_and_expires(office, answers):
    firm = add_firm(office, "Von Hand")
    answers.say(firm, 1)
    changed(office, firm)
    assert score(office, firm).light == "red"
    given = service.OverrideInput("yellow", "Neue Geschäftsführung, Plan liegt vor.", date(2026, 12, 21))
    with office.writing_as("lead") as u:
        service.set_light(u, firm, given)
    row = score(office, firm)
    assert (row.light, row.computed_light) == ("yellow", "red")
    with office.reading_as("reader") as u:
        shown = explanation.explain(u, firm)
        assert shown.override.reason == given.reason
        assert explanation.history(u, firm)[0].reasons == ["Die Ampel wurde von Hand festgelegt."]
    office.clock.advance(timedelta(days=30))
    nightly.renew_all(office.product.database)
    assert score(office, firm).light == "yellow"
    office.clock.advance(timedelta(days=1))
    nightly.renew_all(office.product.database)
    assert score(office, firm).light == "red"
    with office.product.database.read(Actor.system()) as u:
        assert [o.ended_why for o in u.session.query(RiskOverride)] == ["expired"]


def test_a_light_set_by_hand_is_shown_when_the_computed_one_is_the_same(office, answers):
    firm = add_firm(office, "Ohnehin rot")
    answers.say(firm, 1)
    changed(office, firm)
    given = service.OverrideInput("red", "Auftrag bricht weg, sagt die Leitung.", date(2026, 12, 21))
    with office.writing_as("lead") as u:
        service.set_light(u, firm, given)
    assert (score(office, firm).light, score(office, firm).computed_light) == ("red", "red")
    with office.reading_as("reader") as u:
        assert explanation.explain(u, firm).override.reason == given.reason


def test_a_light_set_by_hand_can_be_withdrawn_and_replaced(office, answers):
    firm = add_firm(office, "Zweimal")
    for light in ("green", "yellow"):
        with office.writing_as("advisor") as u:
            service.set_light(u, firm, service.OverrideInput(light, "Eigene Einschätzung vor Ort.", date(2027, 1, 1)))
        assert score(office, firm).light == light
    with office.writing_as("advisor") as u:
        service.withdraw_light(u, firm)
    assert score(office, firm).light == "grey"
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        service.withdraw_light(u, firm)
    with office.product.database.read(Actor.system()) as u:
        assert [o.ended_why for o in u.session.query(RiskOverride).order_by(RiskOverride.id)] == [
            "replaced",
            "withdrawn",
        ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("grey", "Eigene Einschätzung.", date(2027, 1, 1)), "light"),
        (("red", "kurz", date(2027, 1, 1)), "reason"),
        (("red", "Eigene Einschätzung.", date(2026, 11, 20)), "expires_on"),
        (("red", "Eigene Einschätzung.", date(2028, 1, 1)), "expires_on"),
    ],
)
def test_a_light_set_by_hand_needs_a_reason_and_an_end_within_a_year(office, given, field):
    firm = add_firm(office, "Prüfung")
    with pytest.raises(InvalidInput) as refused, office.writing_as("lead") as u:
        service.set_light(u, firm, service.OverrideInput(*given))
    assert list(refused.value.fields) == [field]


def test_who_may_not_is_refused(office):
    firm = add_firm(office, "Rechte")
    given = service.OverrideInput("red", "Eigene Einschätzung.", date(2027, 1, 1))
    for role in ("assistant", "reader", "admin", "privacy"):
        with pytest.raises(Forbidden), office.writing_as(role) as u:
            service.set_light(u, firm, given)
    for role in ("admin", "privacy"):
        with pytest.raises(Forbidden), office.reading_as(role) as u:
            explanation.explain(u, firm)


def test_another_units_scores_stay_unseen(office, answers):
    elsewhere = office.add_unit("Nachbarort")
    firm, foreign = add_firm(office, "Hier"), add_firm(office, "Dort", unit_id=elsewhere)
    answers.say(firm, 1)
    answers.say(foreign, 1)
    changed(office, firm, foreign)
    with office.reading_as("lead") as u:
        assert [line.firm_id for line in queries.worklist(u, grey=False).rows] == [firm]
        assert sum(queries.counts(u).values()) == 1
        with pytest.raises(NotFound):
            explanation.explain(u, foreign)
    with pytest.raises(NotFound), office.writing_as("lead") as u:
        service.set_light(u, foreign, service.OverrideInput("red", "Eigene Einschätzung.", date(2027, 1, 1)))


def test_a_broken_plugin_keeps_the_last_score_and_it_is_renewed_later(lenient_office, answers):
    office = lenient_office
    firm = add_firm(office, "Bleibt")
    answers.say(firm, 1)
    changed(office, firm)
    assert score(office, firm).light == "red"
    answers.say(firm, 12)
    answers.broken = True
    changed(office, firm)
    row = score(office, firm)
    assert (row.light, row.not_renewed_since) == ("red", office.clock.now())
    answers.broken = False
    office.clock.advance(timedelta(minutes=11))
    nightly.renew_waiting(office.product.database)
    row = score(office, firm)
    assert row.light != "red"
    assert row.not_renewed_since is None


def test_a_missing_score_is_made_up_for(office):
    firm = add_firm(office, "Vergessen")
    with office.product.database.write(Actor.system()) as u:
        u.session.delete(u.session.get_one(type(score(office, firm)), firm))
    nightly.renew_waiting(office.product.database)
    assert score(office, firm).light == "grey"


def test_archived_firms_leave_the_lists(office, answers):
    firm = add_firm(office, "Im Archiv")
    answers.say(firm, 1)
    changed(office, firm)
    with office.writing_as("advisor") as u:
        archive_firm(u, firm)
    with office.reading_as("advisor") as u:
        assert queries.worklist(u, grey=False).total == 0
        assert sum(queries.counts(u).values()) == 0


def test_a_thousand_firms_need_few_statements(office, answers):
    from sqlalchemy import event

    with office.product.database.write(Actor.system("t", unit_id=1)) as u:
        from wf40.core.firms.service import FirmInput, create_firm

        ids = [create_firm(u, FirmInput(name=f"Firma {n}", wz="2008:25.61")) for n in range(60)]
    for firm in ids:
        answers.say(firm, firm % 12)
    statements = []
    engine = office.product.database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, statement, *_a: statements.append(statement))
    with office.product.database.write(Actor.system()) as u:
        rescore(u, ids, "check_answered")
    assert len(statements) < 15


def test_a_conversation_takes_the_urgency_away_at_once_and_archiving_it_brings_it_back(office):
    firm = add_firm(office, "Muster GmbH", wz="28.41")
    before = score(office, firm).urgency
    talk = ConsultationInput("call", "phone", date(2026, 11, 20), occasion="Anruf")
    with office.writing_as("advisor") as u:
        talk_id = add_consultation(u, firm, talk)
    assert score(office, firm).urgency < before
    with office.writing_as("advisor") as u:
        archive_consultation(u, talk_id)
    assert score(office, firm).urgency == before


def test_apprentices_and_the_care_interval_move_the_work_list_at_once(office):
    firm = add_firm(office, "Muster GmbH", wz="28.41", employees=20)
    before = score(office, firm).significance
    with office.writing_as("advisor") as u:
        change_firm(u, firm, 1, FirmInput("Muster GmbH", wz="28.41", employees=20, apprentices=15))
    assert score(office, firm).significance > before


def test_another_units_waiting_scores_are_not_counted(lenient_office, answers):
    office = lenient_office
    firm = add_firm(office, "Muster GmbH", unit_id=office.add_unit("Nachbarstadt"), wz="28.41")
    answers.broken = True
    changed(office, firm)
    with office.reading_as("advisor") as u:
        assert queries.not_renewed(u) == (0, None)
