"""Makes tasks, changes them, closes them, hands them on."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.checks import line, lines
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.german import sort_key
from wf40.base.history import last_changed_by
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.queries import due, open_keys, today
from wf40.core.tasks.records import KEY_LENGTH, Change, id_of_key, own, place, store, subject
from wf40.core.tasks.rights import can_take, may_write, people_of, readable_row
from wf40.core.tasks.rules import (
    LONGEST_NOTE,
    LONGEST_WORD,
    TaskInput,
    check_day,
    checked,
    from_program,
    may_read_content,
)
from wf40.sdk.events import TaskClosed
from wf40.sdk.refs import TaskRef
from wf40.sdk.work import NewTask

OF_PEOPLE = "form"
"""Keys of tasks that people make start with it."""


class TasksService:
    """Implements :class:`wf40.sdk.services.Tasks`."""

    def add(self, u: UnitOfWork, given: NewTask) -> int:
        """Store a task and return its id; one whose key was used before is not stored again, its id is returned.

        Who is responsible but not there any more is left out. Raises :class:`InvalidInput` for an archived firm.
        """
        return add_from_program(u, given)

    def drop(self, u: UnitOfWork, key: str, why: str) -> None:
        """Close the open task of a key, since it is no longer needed; nothing happens without one."""
        drop_by_key(u, key, why)

    def due(self, u: UnitOfWork, officer_id: int, day: date) -> list[TaskRef]:
        """Return an officer's open tasks that are due on or before a day, the oldest first."""
        return due(u, officer_id, day)

    def open_keys(self, u: UnitOfWork, keys: Collection[str]) -> set[str]:
        """Return those of the keys whose task is open."""
        return open_keys(u, keys)


@requires("tasks.edit")
def add_task(u: UnitOfWork, firm_id: int | None, given: TaskInput, entry_key: str = "") -> int:
    """Store what a person entered and return its id. The same form with the same content stores it once.

    Raises :class:`InvalidInput`, or :class:`Forbidden` for a firm of another unit.
    """
    given = checked(given, today(u))
    new = NewTask(given.title, given.due_on, firm_id, given.responsible_id, given.note, confidential=given.confidential)
    if entry_key:
        digest = hashlib.sha256(repr((u.actor.user_id, entry_key, new)).encode("utf-8", "surrogatepass")).hexdigest()
        new = replace(new, key=f"{OF_PEOPLE}:{digest}")
    firm, unit_id = place(u, new)
    if given.responsible_id is not None and not can_take(u, given.responsible_id, unit_id):
        raise _not_possible()
    return store(u, new, firm, unit_id)


@requires("tasks.edit")
def add_from_program(u: UnitOfWork, given: NewTask) -> int:
    """Store what a slice or plugin gave and return its id; a key that was used before makes nothing new."""
    if given.key and (known := id_of_key(u, given.key)) is not None:
        return known
    given = from_program(given)
    firm, unit_id = place(u, given)
    if not can_take(u, given.responsible_id, unit_id):
        given = replace(given, responsible_id=None)
    return store(u, given, firm, unit_id)


@requires("tasks.edit")
def change_task(u: UnitOfWork, task_id: int, version: int, given: TaskInput) -> None:
    """Save a task; raises :class:`StaleVersion` when somebody else saved meanwhile."""
    row, people = own(u, task_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, subject(row)))
    _demand_open(row)
    given = checked(given, today(u), due_before=row.due_on)
    if given.responsible_id not in (None, row.responsible_id) and not can_take(u, given.responsible_id, row.unit_id):
        raise _not_possible()
    people = replace(people, responsible_id=given.responsible_id)
    if not may_read_content(u.actor, people, confidential=given.confidential):
        sentence = _l("Als vertrauliche Aufgabe könnten Sie diese Wiedervorlage danach selbst nicht mehr lesen.")
        raise InvalidInput(sentence, {"confidential": sentence})
    with Change(u, row, "task_changed"):
        row.title, row.sort_key, row.note = given.title, sort_key(given.title)[:KEY_LENGTH], given.note
        row.due_on, row.confidential = given.due_on, given.confidential
        if row.responsible_id != given.responsible_id:
            row.responsible_id, row.word, row.word_by = given.responsible_id, "", None


@requires("tasks.edit")
def mark_done(u: UnitOfWork, task_id: int, outcome: str = "") -> None:
    """Close a task as done; a second time only adds what came of it."""
    row, _people = own(u, task_id)
    outcome = _outcome(outcome)
    if row.state == codes.DROPPED:
        raise InvalidInput(_l("Diese Wiedervorlage ist gestrichen. Öffnen Sie sie zuerst wieder."))
    _close(u, row, codes.DONE, outcome)


@requires("tasks.edit")
def drop(u: UnitOfWork, task_id: int, why: str = "") -> None:
    """Close a task that is no longer needed."""
    row, _people = own(u, task_id)
    why = _outcome(why)
    if row.state == codes.DONE:
        raise InvalidInput(_l("Diese Wiedervorlage ist schon erledigt."))
    _close(u, row, codes.DROPPED, why)


@requires("tasks.edit")
def drop_by_key(u: UnitOfWork, key: str, why: str) -> None:
    """Close the open task of a key; nothing happens without one."""
    if not key or (known := id_of_key(u, key)) is None:
        return
    row = u.session.get(Task, known, with_for_update=True, populate_existing=True)
    if row is None or row.state != codes.OPEN:
        return
    if not may_write(u, row.unit_id, row.responsible_id):
        raise Forbidden("tasks.edit")
    _close(u, row, codes.DROPPED, lines(why[:LONGEST_NOTE], LONGEST_NOTE))


@requires("tasks.edit")
def reopen(u: UnitOfWork, task_id: int) -> None:
    """Open a closed task again."""
    row, _people = own(u, task_id)
    if row.state == codes.OPEN:
        return
    with Change(u, row, "task_reopened"):
        row.state, row.closed_at, row.closed_by, row.outcome = codes.OPEN, None, None, ""


@requires("tasks.edit")
def postpone(u: UnitOfWork, task_id: int, to: date) -> None:
    """Put a task off to another day, which must not lie in the past; how often it became later is counted."""
    row, _people = own(u, task_id)
    _demand_open(row)
    if row.due_on == to:
        return
    try:
        check_day(to, today(u))
    except InvalidInput as error:
        raise InvalidInput(error.message, {"to": error.message}) from None
    with Change(u, row, "task_postponed"):
        row.postponed += to > row.due_on
        row.due_on = to


@requires("tasks.edit")
def hand_on(u: UnitOfWork, task_id: int, officer_id: int, word: str = "") -> None:
    """Make somebody else responsible, with a word for them."""
    row, _people = own(u, task_id)
    _demand_open(row)
    _hand_on(u, row, officer_id, word)


@requires("tasks.oversee")
def hand_over(u: UnitOfWork, from_id: int | None, to_id: int, word: str = "") -> tuple[int, int]:
    """Hand all open tasks of somebody (``None``: those of nobody) in the actor's unit to somebody else.

    Returns how many were handed over and how many stayed: nobody takes over confidential ones that they could not
    read before.
    """
    if from_id == to_id:
        raise InvalidInput(_l("Wählen Sie zwei verschiedene Personen."), {"to": _l("Wählen Sie eine andere Person.")})
    held = Task.responsible_id.is_(None) if from_id is None else Task.responsible_id == from_id
    rows = select(Task).where(held, Task.state == codes.OPEN, Task.unit_id == u.actor.unit_id)
    moved = stayed = 0
    locked = rows.order_by(Task.id).with_for_update().execution_options(populate_existing=True)
    for row in u.session.scalars(locked):
        readable = may_read_content(u.actor, people_of(u, row), confidential=row.confidential)
        if readable or to_id != u.actor.user_id:
            _hand_on(u, row, to_id, word)
            moved += 1
        else:
            stayed += 1
    return moved, stayed


@requires("tasks.read")
def note_reading(u: UnitOfWork, task_id: int) -> None:
    """Audit that somebody opened a confidential task."""
    row = readable_row(u, task_id)
    if row.confidential:
        u.audit("confidential_read", subject(row))


def _close(u: UnitOfWork, row: Task, state: str, outcome: str) -> None:
    first = row.state == codes.OPEN
    with Change(u, row, {codes.DONE: "task_done", codes.DROPPED: "task_dropped"}[state]):
        row.outcome = outcome or row.outcome
        if first:
            row.state, row.closed_at, row.closed_by = state, u.now, u.actor.user_id
    if first:
        u.emit(TaskClosed(row.id, row.firm_id, row.origin, row.key or "", state == codes.DONE))


def _hand_on(u: UnitOfWork, row: Task, officer_id: int, word: str) -> None:
    if not can_take(u, officer_id, row.unit_id):
        raise _not_possible("to")
    if row.responsible_id == officer_id:
        return
    with Change(u, row, "task_handed_on"):
        row.responsible_id, row.word, row.word_by = officer_id, line(word, LONGEST_WORD), u.actor.user_id


def _demand_open(row: Task) -> None:
    if row.state != codes.OPEN:
        raise InvalidInput(_l("Diese Wiedervorlage ist abgeschlossen. Öffnen Sie sie zuerst wieder."))


def _not_possible(field: str = "responsible_id") -> InvalidInput:
    sentence = _l("Diese Person kann hier nicht zuständig sein. Wählen Sie jemanden aus der Liste.")
    return InvalidInput(sentence, {field: sentence})


def _outcome(text: str) -> str:
    try:
        return lines(text, LONGEST_NOTE)
    except InvalidInput as error:
        raise InvalidInput(error.message, {"outcome": error.message}) from None
