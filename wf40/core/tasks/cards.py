"""What the boxes of tasks on Mein Tag and on a firm's page show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from wf40.base.errors import Text
from wf40.base.german import fold
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes, queries, team
from wf40.core.tasks.shapes import TaskFilter, TaskLine
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import WorkingDays
from wf40.sdk.values import Card, Panel

OWN = "eigene"
"""How a form says that it stands in the box of the own tasks."""
MOST_DUE = 20
MOST_NEXT = 5
MOST_OF_ONE = 5
MOST_OF_FIRM = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The overdue tasks of one person. ``id`` is ``None`` where nobody is responsible."""

    id: int | None
    name: str
    present: bool
    lines: list[TaskLine]

    @property
    def first(self) -> list[TaskLine]:
        """Those that are shown."""
        return self.lines[:MOST_OF_ONE]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, len(self.lines) - MOST_OF_ONE)


def days_late(u: UnitOfWork, lines: Collection[TaskLine]) -> dict[date, int]:
    """Return by how many working days what was due on each past day is late; 0 over a weekend."""
    now = queries.today(u)
    return {day: u.service(WorkingDays).between(u, day, now) for day in {line.due_on for line in lines} if day < now}


def offered_days(u: UnitOfWork) -> list[tuple[Text, date]]:
    """Return the days to put something off to with one click; both are working days."""
    now, calendar = queries.today(u), u.service(WorkingDays)
    soon = calendar.after(u, now, 1)
    monday = calendar.after(u, now + timedelta(days=7 - now.weekday()), 0)
    name = _l("Morgen") if soon == now + timedelta(days=1) else _l("Nächster Arbeitstag")
    if monday > soon:
        return [(name, soon), (_l("Nächste Woche"), monday)]
    return [(name, soon), (_l("In einer Woche"), calendar.after(u, now + timedelta(days=7), 0))]


def own_card(u: UnitOfWork, *, notice: Text = "", undo: str = "", fault: Text = "") -> Card:
    """Return the box of the actor's own tasks, after an action with a sentence about it."""
    mine, now = TaskFilter(codes.MINE), queries.today(u)
    lines = queries.tasks(u, mine, size=MOST_DUE + MOST_NEXT).rows
    waiting = queries.waiting(u)
    shown = [line for line in lines if line.due_on <= now][:MOST_DUE]
    coming = [line for line in lines if line.due_on > now][:MOST_NEXT]
    values: dict[str, Any] = {
        "groups": [
            (_l("Überfällig"), [line for line in shown if line.due_on < now]),
            (_l("Heute"), [line for line in shown if line.due_on == now]),
            (_l("Als Nächstes"), coming),
        ],
        "more": waiting - len(shown),
        "waiting": waiting,
        "late": days_late(u, shown),
        "today": now,
        "days": offered_days(u),
        "takers": {unit: queries.takers(u, unit) for unit in {line.unit_id for line in lines}},
        "notice": notice,
        "undo": undo,
        "fault": fault,
        "card": OWN,
    }
    return Card("own_tasks", _l("Meine Wiedervorlagen"), "tasks/_own.html", values, order=5)


def team_card(u: UnitOfWork) -> Card:
    """Return the box of what is overdue in the team, by person; first what nobody present is responsible for."""
    lines = sorted(team.overdue_in_team(u), key=_by_person)
    groups = [_group(list(members)) for _key, members in groupby(lines, key=_by_person)]
    values: dict[str, Any] = {"groups": groups, "late": days_late(u, lines), "today": queries.today(u)}
    return Card("team_tasks", _l("Im Team überfällig oder ohne Zuständige"), "tasks/_team.html", values, order=8)


def firm_panel(u: UnitOfWork, firm: FirmRef) -> Panel:
    """Return the box of a firm's open tasks."""
    lines = queries.open_of_firm(u, firm.id, MOST_OF_FIRM)
    values: dict[str, Any] = {
        "lines": lines,
        "more": queries.count_of_firm(u, firm.id) - len(lines),
        "firm": firm,
        "late": days_late(u, lines),
        "today": queries.today(u),
        "may_add": u.actor.may("tasks.edit") and u.actor.may_write_unit(firm.unit_id) and not firm.archived,
    }
    return Panel("open_tasks", _l("Offene Wiedervorlagen"), "tasks/_panel.html", values, order=15)


def _by_person(line: TaskLine) -> tuple[bool, bool, str, int]:
    return line.present, line.responsible_id is not None, fold(line.responsible), line.responsible_id or 0


def _group(lines: list[TaskLine]) -> Group:
    first = lines[0]
    return Group(first.responsible_id, first.responsible, first.present, lines)
