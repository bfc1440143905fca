"""Reads tasks. What a confidential one is about leaves this module only for the people who may read it."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, true

from wf40.base.access import requires
from wf40.base.checks import whole_number
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden
from wf40.base.german import fold
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names, officers, readable_units
from wf40.core.firms.queries import visible_firms
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.rights import may_write, readable_row, works
from wf40.core.tasks.rules import People, may_read_content
from wf40.core.tasks.shapes import TaskFilter, TaskLine, TaskView
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import FirmRef, OfficerRef, TaskRef
from wf40.sdk.services import Firms, Office, Officers
from wf40.sdk.statements import kept, of_units

PER_PAGE = 25
SLICE = 500
"""Keys asked for at once."""


def today(u: UnitOfWork) -> date:
    """Return the calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


@requires("tasks.read")
def takers(u: UnitOfWork, unit_id: int | None) -> list[OfficerRef]:
    """Return the people who can be responsible for a task of a unit, by name; ``None`` is the actor's unit."""
    unit = unit_id if unit_id is not None else u.actor.unit_id
    people = [o for o in officers(u) if works(o)]
    reading = {n for n in {o.unit_id for o in people} if unit in readable_units(u, n)}
    return [o for o in people if o.unit_id in reading]


@requires("tasks.read")
def task(u: UnitOfWork, task_id: int) -> TaskView:
    """Return a task, with its texts for those who may read them; raises :class:`NotFound`."""
    row = readable_row(u, task_id)
    (line,) = lines_of(u, u.session.execute(select_lines(u).where(Task.id == row.id)).all())
    shown = line.readable
    firm = u.service(Firms).get(u, row.firm_id) if row.firm_id is not None else None
    return TaskView(
        line, row.note if shown else "", row.outcome if shown else "", row.origin, row.record if shown else "",
        row.author_id, row.updated_at, row.version, firm,
    )  # fmt: skip


@requires("tasks.edit")
def task_to_edit(u: UnitOfWork, task_id: int) -> TaskView:
    """Return a task for changing; raises :class:`NotFound` or :class:`Forbidden`."""
    found = task(u, task_id)
    if not found.line.may_edit:
        raise Forbidden("tasks.edit")
    return found


@requires("tasks.edit")
def for_new(u: UnitOfWork, firm_id: int | None) -> tuple[FirmRef | None, list[OfficerRef]]:
    """Return the firm of a new task, if it is to have one, and who can be responsible.

    Raises :class:`NotFound`, or :class:`Forbidden` for another unit's firm.
    """
    firm = u.service(Firms).get(u, firm_id) if firm_id is not None else None
    if firm is not None and not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden("tasks.edit")
    return firm, takers(u, firm.unit_id if firm else None)


@requires("tasks.read")
def changes(u: UnitOfWork, task_id: int) -> list[ShownChange]:
    """Return the field history in words; nothing for people who may not read the task."""
    found = task(u, task_id)
    return in_words(changes_of(u, f"task:{task_id}"), codes.FIELDS, codes.CHOICES) if found.line.readable else []


@requires("tasks.read")
def tasks(u: UnitOfWork, wanted: TaskFilter, page: int = 1, size: int = PER_PAGE) -> Page[TaskLine]:
    """Return one page of the tasks that match."""
    return page_of(u, select_lines(u, wanted), page, size, partial(lines_of, u))


@requires("tasks.read")
def of_record(u: UnitOfWork, record: str) -> list[TaskLine]:
    """Return the tasks about a record that the actor may read, closed ones too, in the order of their days."""
    found = select_lines(u).where(Task.record == record).order_by(Task.due_on, Task.id)
    return [line for line in lines_of(u, u.session.execute(found).all()) if line.readable]


@requires("tasks.read")
def count_of_firm(u: UnitOfWork, firm_id: int) -> int:
    """Return how many open tasks a firm has."""
    return u.once(("tasks", firm_id), lambda: u.session.scalar(_count_of_firm(u), {"firm": firm_id}) or 0)


@requires("tasks.read")
def open_of_firm(u: UnitOfWork, firm_id: int, limit: int) -> list[TaskLine]:
    """Return the open tasks of a firm that are due first."""
    if not count_of_firm(u, firm_id):
        return []
    return lines_of(u, u.session.execute(_open_of_firm(u), {"firm": firm_id, "most": limit}).all())


@kept
def _count_of_firm(u: UnitOfWork) -> Select[Any]:
    mine = (Task.firm_id == bindparam("firm"), Task.state == codes.OPEN, _readable(u))
    return select(func.count(Task.id)).where(*mine)


@kept
def _open_of_firm(u: UnitOfWork) -> Select[Any]:
    mine = (Task.firm_id == bindparam("firm"), Task.state == codes.OPEN)
    return select_lines(u).where(*mine).order_by(Task.due_on, Task.id).limit(bindparam("most"))


@requires("tasks.read")
def due(u: UnitOfWork, officer_id: int, day: date) -> list[TaskRef]:
    """Return an officer's open tasks that are due on or before a day, the oldest first.

    Whoever asks, these are those of units that the officer may read now; none for one who has left.
    """
    person = u.service(Officers).get(u, officer_id)
    if person is None or not person.active:
        return []
    theirs = Task.unit_id.in_(readable_units(u, person.unit_id))
    mine = (Task.responsible_id == officer_id, Task.state == codes.OPEN, Task.due_on <= day, theirs)
    rows = u.session.execute(select_lines(u).where(*mine).order_by(Task.due_on, Task.id)).all()
    origins = {row.id: row.origin for row in rows}
    return [
        TaskRef(
            line.id, line.title if line.readable else str(codes.CONFIDENTIAL), line.due_on, line.unit_id,
            line.firm_id, line.firm_name, line.responsible_id, origins[line.id], f"/wiedervorlagen/{line.id}",
            line.url,
        )
        for line in lines_of(u, rows)
    ]  # fmt: skip


@requires("tasks.read")
def open_keys(u: UnitOfWork, keys: Collection[str]) -> set[str]:
    """Return those of the keys whose task is open and may be read."""
    listed, still = sorted(set(keys)), select(Task.key).where(Task.state == codes.OPEN, _readable(u))
    found: set[str | None] = set()
    for start in range(0, len(listed), SLICE):
        found |= set(u.session.scalars(still.where(Task.key.in_(listed[start : start + SLICE]))))
    return {key for key in found if key is not None}


@requires("tasks.read")
def waiting(u: UnitOfWork) -> int:
    """Return how many of the actor's own open tasks are due today or overdue."""
    return u.session.scalar(_waiting(u), {"today": today(u)}) or 0


@kept
def _waiting(u: UnitOfWork) -> Select[Any]:
    mine = (Task.responsible_id == u.actor.user_id, Task.state == codes.OPEN, Task.due_on <= bindparam("today"))
    return select(func.count(Task.id)).where(*mine, _readable(u))


@requires("tasks.read")
def absent(u: UnitOfWork) -> list[int]:
    """Return the people who are responsible for open tasks and have left or do not work on tasks any more."""
    rows = select(Task.responsible_id).where(Task.state == codes.OPEN, Task.responsible_id.is_not(None), _readable(u))
    held = [i for i in u.session.scalars(rows.distinct()) if i is not None]
    return [i for i in held if not works(u.service(Officers).get(u, i))]


@requires("tasks.read")
def firms_select(u: UnitOfWork, *, overdue: bool) -> Select[Any]:
    """Return a select of the firms for which something is open, or overdue."""
    open_ones = select(Task.firm_id).where(Task.state == codes.OPEN, Task.firm_id.is_not(None), _readable(u))
    return open_ones.where(Task.due_on < today(u)) if overdue else open_ones


def select_lines(u: UnitOfWork, wanted: TaskFilter | None = None) -> Select[Any]:
    """Return tasks beside their firms; with a filter those that match, in its order."""
    firms = visible_firms(u).subquery("firms")
    beside = (
        firms.c.name.label("firm_name"), firms.c.archived_at.label("firm_archived_at"),
        func.coalesce(Task.reader_id, firms.c.officer_id).label("officer_id"),
    )  # fmt: skip
    rows: Select[Any] = select(*Task.__table__.c, *beside).outerjoin(firms, firms.c.id == Task.firm_id)
    rows = rows.where(_readable(u))
    if wanted is None:
        return rows
    conditions = [*_within(wanted, today(u)), _belongs_to(u, wanted)]
    if wanted.firm_id is not None:
        conditions.append(Task.firm_id == wanted.firm_id)
    me = u.actor.user_id
    mine = or_(Task.author_id == me, Task.responsible_id == me, beside[2] == me) if me else false()
    shown = true() if u.actor.kind == "system" else or_(Task.confidential.is_(False), mine)
    conditions += [
        or_(and_(Task.sort_key.contains(word), shown), firms.c.sort_key.contains(word))
        for word in fold(wanted.q).split()
    ]
    return rows.where(*conditions).order_by(*_order(wanted, firms.c.sort_key))


def _within(wanted: TaskFilter, now: date) -> list[ColumnElement[bool]]:
    sunday = now + timedelta(days=6 - now.weekday())
    times: dict[str, list[ColumnElement[bool]]] = {
        "ueberfaellig": [Task.due_on < now],
        "heute": [Task.due_on == now],
        "woche": [Task.due_on >= now, Task.due_on <= sunday],
    }
    state = {"erledigt": codes.DONE, "gestrichen": codes.DROPPED}.get(wanted.when, codes.OPEN)
    return [Task.state == state, *times.get(wanted.when, [])]


def _belongs_to(u: UnitOfWork, wanted: TaskFilter) -> ColumnElement[bool]:
    if wanted.who == codes.ALL:
        return true()
    if wanted.who == codes.NOBODY:
        return or_(Task.responsible_id.is_(None), Task.responsible_id.in_(absent(u)))
    return Task.responsible_id == (u.actor.user_id if wanted.who == codes.MINE else whole_number(wanted.who) or 0)


def _order(wanted: TaskFilter, firm_key: ColumnElement[Any]) -> list[Any]:
    closed = wanted.when in ("erledigt", "gestrichen")
    usual = [Task.closed_at.desc(), Task.id.desc()] if closed else [Task.due_on, Task.id]
    orders: dict[str, list[Any]] = {
        "faellig": [Task.due_on, Task.id],
        "-faellig": [Task.due_on.desc(), Task.id.desc()],
        "unternehmen": [firm_key.asc().nulls_last(), *usual],
        "-unternehmen": [firm_key.desc().nulls_last(), *usual],
    }
    return orders.get(wanted.order, usual)


@requires("tasks.read")
def lines_of(u: UnitOfWork, rows: Any) -> list[TaskLine]:
    """Return rows of :func:`select_lines` as lists show them."""
    ids = {i for row in rows for i in (row.responsible_id, row.author_id, row.word_by, row.closed_by) if i is not None}
    names = officer_names(u, ids)
    present: dict[int, bool] = {
        i: works(u.service(Officers).get(u, i)) for i in {row.responsible_id for row in rows} - {None}
    }
    return [_line(u, row, names, present) for row in rows]


def _line(u: UnitOfWork, row: Any, names: Mapping[int, str], present: Mapping[int, bool]) -> TaskLine:
    people = People(row.author_id, row.responsible_id, row.officer_id)
    shown = may_read_content(u.actor, people, confidential=row.confidential)
    return TaskLine(
        row.id, row.title if shown else "", shown, row.due_on, row.state, row.firm_id, row.firm_name or "",
        row.firm_archived_at is not None, row.responsible_id, names.get(row.responsible_id, ""),
        present.get(row.responsible_id, False), row.confidential, row.postponed, row.closed_at, row.created_at,
        names.get(row.author_id, ""), names.get(row.closed_by, ""), row.url if shown else "", row.word if shown else "",
        names.get(row.word_by, "") if shown else "",
        row.unit_id, may_edit=shown and u.actor.may("tasks.edit") and may_write(u, row.unit_id, row.responsible_id),
    )  # fmt: skip


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return of_units(u, Task.unit_id)
