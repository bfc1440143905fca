"""Tasks in the search: a confidential one is found by those alone who may read what it is about."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.queries import lines_of, select_lines
from wf40.core.tasks.shapes import TaskLine
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText
from wf40.web.formats import day

KIND = "task"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return tasks as they can be found, closed ones too."""
    rows = u.session.execute(select(Task.id, Task.unit_id, Task.title, Task.note).where(Task.id.in_(ids)))
    return [SearchDoc(row.id, row.unit_id, row.title, _texts(row.note)) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next tasks."""
    return list(u.session.scalars(select(Task.id).where(Task.id > after).order_by(Task.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the tasks whose content the actor may read."""
    rows = u.session.execute(select_lines(u).where(Task.id.in_(ids))).all()
    notes = {row.id: row.note for row in rows}
    return [_hit(line, notes[line.id]) for line in lines_of(u, rows) if line.readable]


def _hit(line: TaskLine, note: str) -> SearchHit:
    when = _l("fällig am %(day)s", day=day(line.due_on)) if line.state == codes.OPEN else codes.STATES[line.state]
    return SearchHit(
        line.id, line.title, url_for("tasks.show", task_id=line.id),
        detail=_l("%(when)s, %(firm)s", when=when, firm=line.firm_name) if line.firm_name else when,
        mark=_l("vertraulich") if line.confidential else "", texts=_texts(note),
    )  # fmt: skip


def _texts(note: str) -> tuple[SearchText, ...]:
    return (SearchText("note", note),) if note else ()


PROVIDER = SearchProvider(
    KIND, _l("Wiedervorlagen"), "tasks.read", documents, numbers, hits, labels={"note": codes.FIELDS["note"]},
    icon="calendar-today", order=50, page="tasks.show", argument="task_id",
    creation=Creation(_l("Wiedervorlage anlegen"), "tasks.add", "tasks.edit"),
)  # fmt: skip
