"""Concerns: recorded once, with the deadlines of their kind, owned by somebody, led through their states."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from wf40.base.access import Actor
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.accounts.models import User
from wf40.core.concerns import codes, listing, queries, service
from wf40.core.concerns.listing import ConcernFilter
from wf40.core.concerns.service import ConcernInput
from wf40.core.firms.service import archive_firm
from wf40.sdk.events import ConcernClosed
from wf40.sdk.services import Tasks

FAR = date(2036, 1, 1)


def stored(office, concern_id, role="advisor"):
    with office.reading_as(role) as u:
        return queries.concern(u, concern_id)


def tasks_of(office, role="advisor", unit_id=1, officer=None):
    with office.reading_as(role, unit_id) as u:
        return [(t.title, t.due_on) for t in u.service(Tasks).due(u, officer or u.actor.user_id, FAR)]


def listed(office, role="reader", unit_id=1, **wanted):
    with office.reading_as(role, unit_id) as u:
        return [line.id for line in listing.concerns(u, ConcernFilter(**wanted)).rows]


def set_state(office, concern_id, state, outcome="", role="advisor"):
    with office.writing_as(role) as u:
        service.set_state(u, concern_id, queries.concern(u, concern_id).version, state, outcome)


@pytest.mark.parametrize(
    ("kind", "raised_on", "expected"),
    [
        ("request", date(2026, 11, 20), (date(2026, 11, 23), None)),
        ("complaint", date(2026, 11, 20), (date(2026, 11, 25), date(2026, 11, 25))),
        ("site_offer", date(2026, 3, 30), (date(2026, 4, 2), date(2026, 4, 8))),
        ("papers", date(2026, 4, 1), (date(2026, 4, 8), date(2026, 4, 14))),
        ("building_application", date(2025, 11, 20), (date(2025, 11, 25), date(2026, 1, 22))),
        ("request", date(2025, 12, 23), (date(2025, 12, 29), None)),
    ],
)
def test_the_kind_sets_the_days_over_weekends_easter_and_christmas_eve(
    office, firm, add, need, kind, raised_on, expected
):
    found = stored(office, add(firm.id, replace(need, kind=kind, raised_on=raised_on)))
    assert (found.respond_by, found.deadline_on) == expected


def test_an_officers_own_deadline_stands_and_an_empty_one_falls_back_to_the_kinds(office, firm, add, need):
    concern_id = add(firm.id, replace(need, deadline_on=date(2027, 3, 1)))
    assert stored(office, concern_id).deadline_on == date(2027, 3, 1)
    with office.writing_as("advisor") as u:
        service.change_concern(u, concern_id, 1, need)
    assert stored(office, concern_id).deadline_on == date(2026, 11, 27)


def test_whoever_records_it_owns_it_unless_somebody_else_is_named(office, firm, add, need):
    lead = office.actor("lead").user_id
    assert stored(office, add(firm.id)).owner.name == "Beratung 1"
    assert stored(office, add(firm.id, replace(need, owner_id=lead))).owner.name == "Leitung 1"
    assert stored(office, add(firm.id, replace(need, owner_id=0))).owner is None


def test_somebody_who_cannot_work_on_it_is_refused_as_owner(office, firm, add, need):
    north = office.add_unit("Nord", 1)
    for nobody in (office.actor("reader").user_id, office.actor("advisor", north).user_id, 999_999):
        with pytest.raises(InvalidInput) as refused:
            add(firm.id, replace(need, owner_id=nobody))
        assert set(refused.value.fields) == {"owner_id"}
    assert listed(office) == []


def test_the_product_itself_gives_it_to_the_firms_officer(office, need):
    lead = office.actor("lead").user_id
    firm = office.add_firm("Eigene GmbH", officer_id=lead)
    with office.product.database.write(Actor.system("test")) as u:
        concern_id = service.add_concern(u, firm.id, need)
    assert stored(office, concern_id).owner.id == lead


def test_what_comes_out_of_a_conversation_is_answered_there_and_then(office, firm, add, need):
    found = stored(office, add(firm.id, replace(need, record="consultation:5")))
    assert (found.first_response_how, found.record) == ("talk", "consultation:5")
    assert found.first_response_at == office.clock.moment


def test_a_form_that_is_sent_twice_makes_one_concern_and_one_task(office, firm, add):
    assert add(firm.id, entry_key="k" * 32) == add(firm.id, entry_key="k" * 32)
    assert len(listed(office)) == len(tasks_of(office)) == 1


def test_a_form_that_is_sent_five_times_at_the_same_moment_makes_one_concern(office, firm, need):
    actor = office.actor("advisor")

    def send(_turn):
        with office.product.database.write(actor) as u:
            return service.add_concern(u, firm.id, need, "e" * 32)

    with ThreadPoolExecutor(5) as pool:
        made = set(pool.map(send, range(5)))
    assert len(made) == 1
    assert listed(office) == list(made)


def test_the_key_of_a_form_serves_no_other_firm_person_or_content(office, firm, add, need):
    concern_id = add(firm.id, entry_key="k" * 32)
    with pytest.raises(InvalidInput, match="schon verwendet"):
        add(office.add_firm("Andere GmbH").id, entry_key="k" * 32)
    with pytest.raises(InvalidInput, match="schon verwendet"):
        add(firm.id, role="lead", entry_key="k" * 32)
    with pytest.raises(service.AlreadyStored) as refused:
        add(firm.id, replace(need, title="Etwas anderes"), entry_key="k" * 32)
    assert refused.value.concern_id == concern_id


def test_the_deadline_is_a_task_that_follows_day_owner_and_end(office, firm, add, need):
    concern_id = add(firm.id)
    assert tasks_of(office) == [("Anliegen: Halle zu klein", date(2026, 11, 27))]
    with office.writing_as("advisor") as u:
        service.change_concern(u, concern_id, 1, replace(need, deadline_on=date(2027, 1, 8)))
    assert tasks_of(office) == [("Anliegen: Halle zu klein", date(2027, 1, 8))]
    with office.writing_as("advisor") as u:
        service.assign(u, concern_id, 2, office.actor("lead").user_id)
    assert tasks_of(office) == []
    assert tasks_of(office, "lead") == [("Anliegen: Halle zu klein", date(2027, 1, 8))]
    set_state(office, concern_id, codes.WITHDRAWN, "Hat sich erledigt.")
    assert tasks_of(office, "lead") == []
    set_state(office, concern_id, codes.IN_PROGRESS)
    assert tasks_of(office, "lead") == [("Anliegen: Halle zu klein", date(2027, 1, 8))]


def test_closing_says_so_to_whoever_listens_and_reopening_forgets_the_outcome(office, firm, add, circle):
    concern_id = add(firm.id)
    with pytest.raises(InvalidInput) as refused:
        set_state(office, concern_id, codes.SOLVED)
    assert set(refused.value.fields) == {"outcome"}
    set_state(office, concern_id, codes.SOLVED, "Halle gefunden.")
    owner = office.actor("advisor").user_id
    assert circle.heard == [ConcernClosed(concern_id, firm.id, owner, "solved")]
    found = stored(office, concern_id)
    assert (found.state, found.outcome, found.closed_at) == ("solved", "Halle gefunden.", office.clock.moment)
    set_state(office, concern_id, codes.IN_PROGRESS)
    found = stored(office, concern_id)
    assert (found.state, found.outcome, found.closed_at) == ("in_progress", "", None)


@pytest.mark.parametrize("state", ["new", "handed_on", "awaiting", "gone", ""])
def test_no_other_state_can_be_chosen(office, firm, add, state):
    concern_id = add(firm.id)
    with pytest.raises(InvalidInput):
        set_state(office, concern_id, state, "x")
    assert stored(office, concern_id).state == "new"


def test_the_first_answer_is_recorded_once_and_its_days_are_counted(office, firm, add, need):
    concern_id = add(firm.id, replace(need, raised_on=date(2026, 11, 16)))
    for day in (date(2026, 11, 15), date(2026, 11, 22)):
        with pytest.raises(InvalidInput) as refused, office.writing_as("advisor") as u:
            service.note_first_response(u, concern_id, "phone", day)
        assert set(refused.value.fields) == {"on"}
    for how, day in (("phone", date(2026, 11, 18)), ("mail", date(2026, 11, 20))):
        with office.writing_as("advisor") as u:
            service.note_first_response(u, concern_id, how, day)
    found = stored(office, concern_id)
    assert found.first_response_how == "phone"
    assert found.first_response_at == datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    with office.reading_as("reader") as u:
        (line,) = listing.concerns(u, ConcernFilter()).rows
    assert (line.response_days, line.solution_days) == (2, None)


def test_figures_count_working_days_and_leave_out_what_a_confidential_one_is_about(office, firm, add, need):
    for days, (topic, hidden) in enumerate([("space", False), ("energy", False), ("staff", True)], start=1):
        given = replace(need, topic=topic, confidential=hidden, raised_on=date(2026, 11, 16))
        concern_id = add(firm.id, given)
        with office.writing_as("advisor") as u:
            service.note_first_response(u, concern_id, "mail", date(2026, 11, 16) + timedelta(days=days))
    set_state(office, concern_id, codes.SOLVED, "Erledigt.")
    add(firm.id, replace(need, raised_on=date(2025, 1, 7)))
    add(firm.id, replace(need, topic="permit", record="consultation:5", raised_on=date(2026, 11, 16)))
    with office.reading_as("reader") as u:
        found = queries.figures(u, date(2026, 1, 1), date(2026, 12, 31))
    assert (found.raised, found.open, found.confidential, found.handed_on) == (4, 3, 1, 0)
    assert found.by_state == {"new": 3, "solved": 1}
    assert found.by_topic == {"space": 1, "energy": 1, "permit": 1}
    assert (found.response_days, found.answered, found.answered_in_time) == (2.0, 3, 3)
    assert (found.solution_days, found.solved) == (4.0, 1)
    with office.reading_as("reader") as u:
        assert queries.figures(u, date(2020, 1, 1), date(2020, 12, 31)).response_days is None


def test_who_saves_too_late_is_told_and_loses_nothing(office, firm, add, need):
    concern_id = add(firm.id)
    with office.writing_as("lead") as u:
        service.change_concern(u, concern_id, 1, replace(need, title="Halle viel zu klein"))
    for late in (
        lambda u: service.change_concern(u, concern_id, 1, need),
        lambda u: service.set_state(u, concern_id, 1, codes.SOLVED, "Fertig."),
        lambda u: service.assign(u, concern_id, 1, u.actor.user_id),
    ):
        with pytest.raises(StaleVersion) as refused, office.writing_as("advisor") as u:
            late(u)
        assert (refused.value.current_version, refused.value.changed_by) == (2, "Leitung 1")
    assert stored(office, concern_id).content.title == "Halle viel zu klein"


def test_a_unit_has_its_own_and_the_district_reads_all_but_writes_none(office, add, need):
    north, south = office.add_unit("Nord", 1), office.add_unit("Süd", 1)
    own = add(office.add_firm("Nord GmbH", north).id, unit_id=north)
    assert listed(office, unit_id=north) == listed(office, unit_id=1) == [own]
    assert listed(office, unit_id=south) == []
    with pytest.raises(NotFound), office.reading_as("advisor", south) as u:
        queries.concern(u, own)
    for work in (
        lambda u: service.change_concern(u, own, 1, need),
        lambda u: service.set_state(u, own, 1, codes.SOLVED, "x"),
        lambda u: service.assign(u, own, 1, u.actor.user_id),
        lambda u: service.note_first_response(u, own, "phone", date(2026, 11, 21)),
        lambda u: service.add_concern(u, queries.concern(u, own).firm.id, need),
    ):
        with pytest.raises(Forbidden), office.writing_as("advisor", 1) as u:
            work(u)
        with pytest.raises((Forbidden, NotFound)), office.writing_as("reader", north) as u:
            work(u)
    assert stored_state(office, own, north) == "new"


def stored_state(office, concern_id, unit_id):
    with office.reading_as("reader", unit_id) as u:
        return queries.concern(u, concern_id).state


def test_a_confidential_one_is_seen_by_all_and_read_by_three(office, add, need):
    lead = office.actor("lead").user_id
    firm = office.add_firm("Eigene GmbH", officer_id=lead)
    concern_id = add(firm.id, replace(need, confidential=True))
    for role in ("advisor", "lead"):
        assert stored(office, concern_id, role).content.title == "Halle zu klein"
    for role in ("assistant", "reader"):
        found = stored(office, concern_id, role)
        assert (found.content, found.record, found.outcome) == (None, "", "")
        with office.reading_as(role) as u:
            (line,) = listing.concerns(u, ConcernFilter()).rows
            assert (line.title, line.topic, line.readable) == ("", "", False)
            assert queries.changes(u, concern_id) == []
        assert listed(office, role, q="Halle") == listed(office, role, topic="space") == []
        assert listed(office, role, q="Eigene") == [concern_id]
    with pytest.raises(Forbidden), office.writing_as("assistant") as u:
        service.change_concern(u, concern_id, 1, need)
    with pytest.raises(Forbidden), office.writing_as("assistant") as u:
        service.assign(u, concern_id, 1, u.actor.user_id)


def test_the_task_of_a_confidential_one_says_nothing_even_when_it_becomes_so_later(office, firm, add, need):
    concern_id = add(firm.id)
    with office.writing_as("advisor") as u:
        service.change_concern(u, concern_id, 1, replace(need, confidential=True))
    assert tasks_of(office) == [("Vertrauliches Anliegen: Frist", date(2026, 11, 27))]


def test_nobody_locks_themselves_out(office, firm, add, need):
    concern_id = add(firm.id, role="lead")
    given = replace(need, confidential=True, owner_id=office.actor("lead").user_id)
    with pytest.raises(InvalidInput) as refused, office.writing_as("advisor") as u:
        service.change_concern(u, concern_id, 1, given)
    assert set(refused.value.fields) == {"confidential"}
    assert not stored(office, concern_id).confidential


def leave(office, role):
    with office.product.database.write(Actor.system("test")) as u:
        u.session.get(User, office.actor(role).user_id).active = False


def test_when_the_owner_leaves_the_head_finds_it_and_gives_it_to_somebody(office, firm, add, need):
    assistant = office.actor("assistant").user_id
    concern_id = add(firm.id, replace(need, confidential=True), role="advisor")
    with pytest.raises(Forbidden), office.writing_as("lead") as u:
        service.assign(u, concern_id, 1, assistant)
    leave(office, "advisor")
    assert listed(office, "lead", owner="niemand") == [concern_id]
    owner = stored(office, concern_id, "lead").owner
    assert (owner.name, owner.present) == ("Beratung 1", False)
    with pytest.raises(Forbidden), office.writing_as("assistant") as u:
        service.assign(u, concern_id, 1, assistant)
    with office.writing_as("lead") as u:
        service.assign(u, concern_id, 1, assistant)
    assert listed(office, "lead", owner="niemand") == []
    assert stored(office, concern_id, "assistant").content.title == "Halle zu klein"
    assert stored(office, concern_id, "lead").content is None
    assert tasks_of(office, "assistant") == [("Vertrauliches Anliegen: Frist", date(2026, 11, 27))]


def test_an_archived_firm_takes_no_concern_and_its_own_leave_the_list(office, firm, add):
    concern_id = add(firm.id)
    with office.writing_as("advisor") as u:
        archive_firm(u, firm.id)
    assert listed(office) == []
    assert listed(office, firm_id=firm.id) == [concern_id]
    with pytest.raises(InvalidInput, match="archiviert"):
        add(firm.id)


def test_the_list_is_filtered_and_ordered(office, add, need):
    first, second = office.add_firm("Ältere GmbH"), office.add_firm("Zweite GmbH")
    lead = office.actor("lead").user_id
    late = add(second.id, replace(need, raised_on=date(2026, 11, 2), title="Straße gesperrt"))
    own = add(first.id, replace(need, owner_id=lead, topic="energy", kind="request", raised_on=date(2026, 11, 20)))
    nobody = add(first.id, replace(need, owner_id=0, kind="building_application"))
    done = add(first.id)
    set_state(office, done, codes.UNSOLVABLE, "Es gibt keine.")
    expected = {
        (): [late, own, nobody],
        (("order", "-frist"),): [nobody, own, late],
        (("order", "unternehmen"),): [own, nobody, late],
        (("order", "-aufgenommen"),): [nobody, own, late],
        (("state", "abgeschlossen"),): [done],
        (("state", "unsolvable"),): [done],
        (("state", "solved"),): [],
        (("topic", "energy"),): [own],
        (("owner", "ich"),): [own],
        (("owner", str(lead)),): [own],
        (("owner", "niemand"),): [nobody],
        (("late", True),): [late],
        (("q", "strasse"),): [late],
        (("q", "aeltere halle"),): [own, nobody],
        (("q", "%"),): [],
    }
    for wanted, found in expected.items():
        assert listed(office, "lead", **dict(wanted)) == found, wanted
    assert set(listed(office, "lead", state="alle")) == {late, own, nobody, done}


TEXTS = ["<script>alert(1)</script>", "'; DROP TABLE concern; --", "😀 Umlaut ä ß", "\u202eRTL", "{{ 7*7 }}", "a" * 200]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_kept_byte_for_byte_and_never_become_markup(office, firm, add, text):
    concern_id = add(firm.id, ConcernInput("space", text, text * 3))
    assert stored(office, concern_id).content.description == text * 3
    client = office.client_as("advisor")
    for path in ("/anliegen", f"/anliegen/{concern_id}", f"/unternehmen/{firm.id}", f"/unternehmen/{firm.id}/verlauf"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
