"""States of a concern: every one leads to an end, what ended only comes back into work."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.base.access import Actor
from wf40.base.errors import InvalidInput
from wf40.core.concerns import codes
from wf40.core.concerns.rules import (
    TRANSITIONS,
    ConcernInput,
    check,
    demand_transition,
    may_follow,
    may_read_content,
)

TODAY = date(2026, 11, 21)
states = st.sampled_from(sorted(codes.STATES))
people = st.one_of(st.none(), st.integers(1, 5))


def test_the_table_knows_every_state_and_no_other():
    assert set(TRANSITIONS) == set(codes.STATES) == {*codes.OPEN, *codes.CLOSED}
    assert set().union(*TRANSITIONS.values()) <= set(codes.STATES)


@given(states)
def test_what_is_closed_only_comes_back_into_work(state):
    if state in codes.CLOSED:
        assert TRANSITIONS[state] == {codes.IN_PROGRESS}
    else:
        assert set(codes.CLOSED) <= TRANSITIONS[state]
        assert state not in TRANSITIONS[state]


@given(st.lists(st.one_of(states, st.text(max_size=12)), max_size=30))
def test_no_walk_leads_out_of_the_states(wanted):
    state = codes.NEW
    for following in wanted:
        if may_follow(state, following):
            demand_transition(state, following)
            state = following
        else:
            with pytest.raises(InvalidInput):
                demand_transition(state, following)
        assert state in codes.STATES


@given(states, states)
def test_from_everywhere_every_end_is_reached_in_two_steps(start, end):
    if end in codes.CLOSED and start != end:
        steps = {start} | TRANSITIONS[start]
        assert any(end in TRANSITIONS[state] for state in steps)


@given(people, people, people, people, st.booleans())
def test_a_confidential_concern_is_read_by_owner_author_and_the_firms_officer_alone(me, owner, author, officer, hidden):
    actor = Actor("user", "Ich", user_id=me)
    readable = may_read_content(actor, confidential=hidden, owner_id=owner, author_id=author, officer_id=officer)
    assert readable == (not hidden or (me is not None and me in (owner, author, officer)))


@given(st.integers(-8000, 8000), st.one_of(st.none(), st.integers(-8000, 8000)))
def test_days_are_refused_when_they_cannot_be_meant(raised, deadline):
    raised_on = TODAY + timedelta(days=raised)
    deadline_on = None if deadline is None else TODAY + timedelta(days=deadline)
    concern = ConcernInput("space", "Halle", raised_on=raised_on, deadline_on=deadline_on)
    sound = -3653 <= raised <= 0 and (deadline is None or raised <= deadline <= 3653)
    if sound:
        check(concern, TODAY)
    else:
        with pytest.raises(InvalidInput) as refused:
            check(concern, TODAY)
        assert set(refused.value.fields) <= {"raised_on", "deadline_on"}
        assert refused.value.fields


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "weather"}, "topic"),
        ({"kind": "wish"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"description": "a\0b"}, "description"),
        ({"description": "\ud800"}, "description"),
        ({"description": "x" * 100_001}, "description"),
    ],
)
def test_each_fault_gets_a_sentence_beside_its_field(change, field):
    with pytest.raises(InvalidInput) as refused:
        check(ConcernInput(**{"topic": "space", "title": "Halle", **change}), TODAY)
    assert list(refused.value.fields) == [field]
