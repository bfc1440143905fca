"""What is confidential stays with whoever could read it, whichever officer looks after the kept firm."""

from datetime import date

import pytest

from wf40.core.concerns import queries as concerns
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations import queries as talks
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.firms.service import FirmInput, assign_officer, create_firm
from wf40.core.tasks import queries as tasks
from wf40.core.tasks.service import TaskInput, add_task

TODAY = date(2026, 11, 21)


@pytest.fixture
def confidential(office):
    """Return both firms, each with an officer of its own, and what the assistant entered in confidence at the second."""
    lead, advisor = (office.actor(role).user_id for role in ("lead", "advisor"))
    with office.writing_as("advisor") as u:
        keep = create_firm(u, FirmInput("Muster GmbH", officer_id=lead))
        gone = create_firm(u, FirmInput("Muster", officer_id=advisor))
    with office.writing_as("assistant") as u:
        me = u.actor.user_id
        found = (
            add_consultation(
                u, gone, ConsultationInput("call", "phone", TODAY, occasion="Nachfolge", confidentiality="officer")
            ),
            add_concern(u, gone, ConcernInput("space", "Schließung", "", owner_id=me, confidential=True)),
            add_task(u, gone, TaskInput("Schließung", TODAY, me, "", confidential=True)),
        )
    return keep, gone, found


def readable(office, role, found):
    with office.reading_as(role) as u:
        talk, concern, task = found
        return [
            talks.consultation(u, talk).content is not None,
            concerns.concern(u, concern).content is not None,
            tasks.task(u, task).line.readable,
        ]


def listed(office, role, firm_id):
    """Return whether the list of tasks finds the confidential one by its words."""
    with office.reading_as(role) as u:
        return tasks.tasks(u, tasks.TaskFilter(firm_id=firm_id, q="Schließung")).total


def test_the_officer_of_the_kept_firm_learns_nothing_new(office, confidential, merge, separate):
    keep, gone, found = confidential
    before = {role: readable(office, role, found) for role in ("lead", "advisor", "assistant")}
    assert before == {"lead": [False] * 3, "advisor": [True] * 3, "assistant": [True] * 3}
    done = merge(keep, gone)
    assert {role: readable(office, role, found) for role in before} == before
    assert [listed(office, role, keep) for role in ("lead", "advisor")] == [0, 1]
    separate(done)
    assert {role: readable(office, role, found) for role in before} == before
    with office.writing_as("advisor") as u:
        assign_officer(u, gone, office.actor("lead").user_id)
    assert readable(office, "lead", found) == [True] * 3


def test_where_nobody_was_responsible_the_author_alone_goes_on_reading(office, confidential, merge):
    keep, gone, found = confidential
    with office.writing_as("advisor") as u:
        assign_officer(u, gone, None)
    merge(keep, gone)
    assert readable(office, "lead", found) == [False] * 3
    assert readable(office, "assistant", found) == [True] * 3
