"""A firm, and ways to make tasks for it."""

from datetime import date

import pytest

from wf40.core.accounts import service as accounts
from wf40.core.accounts.queries import user
from wf40.core.tasks import queries, service
from wf40.core.tasks.rules import TaskInput
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask

TODAY = date(2026, 11, 21)
"""A Saturday."""


@pytest.fixture
def firm(office):
    return office.add_firm("Muster Maschinenbau GmbH")


@pytest.fixture
def add(office):
    """Add a task as a person; ``who`` is responsible, by default the author, ``None`` for nobody."""

    def make(title="Rückruf", due_on=TODAY, *, firm_id=None, who="", role="advisor", unit_id=1, **more):
        responsible = None if who is None else office.actor(who or role, unit_id).user_id
        with office.writing_as(role, unit_id) as u:
            return service.add_task(u, firm_id, TaskInput(title, due_on, responsible, **more))

    return make


@pytest.fixture
def give(office):
    """Add a task as a plugin does, whose days may be over."""

    def make(title="Rückruf", due_on=TODAY, *, who="advisor", role="advisor", **more):
        responsible = None if who is None else office.actor(who).user_id
        with office.writing_as(role) as u:
            return u.service(Tasks).add(u, NewTask(title, due_on, responsible_id=responsible, **more))

    return make


@pytest.fixture
def leave(office):
    """Let the person of a role leave the office."""

    def make(role):
        person = office.actor(role)
        with office.writing_as("admin") as u:
            row = user(u, person.user_id)
            given = accounts.AccountInput(row.email, row.display_name, row.role, row.unit_id, active=False)
            accounts.change_user(u, row.id, row.version, given)
        return person

    return make


@pytest.fixture
def stored(office):
    def read(task_id, role="advisor"):
        with office.reading_as(role) as u:
            return queries.task(u, task_id)

    return read
