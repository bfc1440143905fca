"""Two people save the same record at the same moment: one of them is told, nothing is overwritten in silence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from wf40.base.errors import StaleVersion
from wf40.core.accounts.queries import user
from wf40.core.accounts.service import AccountInput, change_user
from wf40.core.concerns import queries as concerns
from wf40.core.concerns.service import ConcernInput, add_concern, change_concern
from wf40.core.contacts import queries as contacts
from wf40.core.contacts.service import ContactInput, add_contact, change_contact
from wf40.core.office.queries import departments
from wf40.core.office.service import DepartmentInput, add_department, change_department
from wf40.core.tasks import queries as tasks
from wf40.core.tasks.rules import TaskInput
from wf40.core.tasks.service import add_task, change_task, mark_done
from wf40.sdk.topics import TOPICS

from .tasks.conftest import TODAY


def waits(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def at_once(office, role, first, second):
    """Do one thing, begin the other before it is committed, and return what came of the other."""
    database, actor = office.product.database, office.actor(role)

    def run():
        with database.write(actor) as u:
            second(u)

    with ThreadPoolExecutor(1) as pool:
        with database.write(actor) as u:
            first(u)
            u.session.flush()
            other = pool.submit(run)
            while database.engine.dialect.name == "postgresql" and not waits(database) and not other.done():
                pass
        return other


def a_task(u, _firm):
    record = add_task(u, None, TaskInput("Alt", TODAY))

    def change(u, name):
        tasks.task(u, record)  # seen before it is saved, as a page does
        change_task(u, record, 1, TaskInput(name, TODAY))

    return change, lambda u: tasks.task(u, record).line.title


def a_department(u, _firm):
    record = add_department(u, DepartmentInput("Alt", "amt@stadt.example"))
    return (
        lambda u, name: change_department(u, record, 1, DepartmentInput(name, "amt@stadt.example")),
        lambda u: departments(u)[0].name,
    )


def a_contact(u, firm):
    record = add_contact(u, firm.id, ContactInput("Alt"))
    return (
        lambda u, name: change_contact(u, record, 1, ContactInput(name)),
        lambda u: contacts.contact(u, record)[0].family_name,
    )


def a_concern(u, firm):
    topic = next(iter(TOPICS))
    record = add_concern(u, firm.id, ConcernInput(topic, "Alt"))

    def change(u, name):
        concerns.concern(u, record)
        change_concern(u, record, 1, ConcernInput(topic, name))

    return change, lambda u: concerns.concern(u, record).content.title


@pytest.mark.parametrize("make", [a_task, a_department, a_contact, a_concern])
def test_of_two_who_save_the_same_version_one_is_told(office, make):
    firm = office.add_firm("Muster GmbH")
    with office.writing_as("lead") as u:
        change, name = make(u, firm)
    late = at_once(office, "lead", lambda u: change(u, "Erste"), lambda u: change(u, "Zweite"))
    with pytest.raises(StaleVersion) as refused:
        late.result()
    assert refused.value.current_version == 2
    with office.reading_as("lead") as u:
        assert name(u) == "Erste"


def test_a_task_that_two_close_at_once_is_closed_once(office):
    with office.writing_as("lead") as u:
        task_id = add_task(u, None, TaskInput("Rückruf", TODAY))
    at_once(office, "lead", lambda u: mark_done(u, task_id, "Erreicht"), lambda u: mark_done(u, task_id)).result()
    with office.reading_as("lead") as u:
        assert (tasks.task(u, task_id).version, tasks.task(u, task_id).outcome) == (2, "Erreicht")


def test_of_two_who_change_an_account_one_is_told(office):
    person = office.actor("advisor").user_id
    with office.reading_as("admin") as u:
        row = user(u, person)

    def change(name):
        given = AccountInput(row.email, name, row.role, row.unit_id)
        return lambda u: change_user(u, person, row.version, given)

    with pytest.raises(StaleVersion):
        at_once(office, "admin", change("Erste"), change("Zweite")).result()
    with office.reading_as("admin") as u:
        assert user(u, person).display_name == "Erste"
