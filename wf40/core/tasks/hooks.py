"""What tasks add to the whole."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import Select

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import cards, chronicle, codes, merging, queries, search, steps
from wf40.core.tasks.shapes import TaskLine
from wf40.core.tasks.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import Action, Card, FirmFilter, NavItem, Panel, Permission, PersonalColumn, Tab, TimelineEntry
from wf40.sdk.work import Moved, PutBack

__all__ = ["steps"]
LONGEST_LINE = 120


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of tasks."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over tasks; what is confidential is further limited to the people concerned."""
    return [
        Permission("tasks.read", _l("Wiedervorlagen ansehen"), roles.READERS),
        Permission("tasks.edit", _l("Wiedervorlagen anlegen und bearbeiten"), roles.WRITERS),
        Permission(
            "tasks.oversee", _l("Überfälliges im Team sehen und Wiedervorlagen übergeben"), frozenset({roles.LEAD})
        ),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:
    """With the number of the own ones that are due."""
    waiting = queries.waiting(u) if u.actor.may("tasks.read") else 0
    return [
        NavItem("tasks", _l("Wiedervorlagen"), "tasks.index", 60, "tasks.read", icon="calendar-today", count=waiting)
    ]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """The own tasks first; for the head what is overdue in the team."""
    found = [cards.own_card(u)] if u.actor.may("tasks.edit") else []
    return [*found, *([cards.team_card(u)] if u.actor.may("tasks.oversee") else [])]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """What is open for the firm."""
    return [cards.firm_panel(u, firm)] if u.actor.may("tasks.read") else []


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """A button in the head of the record."""
    if firm.archived or not u.actor.may_write_unit(firm.unit_id):
        return []
    url = url_for("tasks.add_for_firm", firm_id=firm.id)
    return [Action("task", _l("Wiedervorlage anlegen"), url, "tasks.edit", icon="calendar-today", order=20)]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:
    """All tasks of the firm."""
    if not u.actor.may("tasks.read"):
        return []
    count = queries.count_of_firm(u, firm.id)
    return [Tab("tasks", _l("Wiedervorlagen"), url_for("tasks.of_firm", firm_id=firm.id), order=45, count=count)]


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms for which something is open or overdue."""
    return [FirmFilter("tasks", _l("Wiedervorlage"), _filter_choices, _firms_with, order=70)]


def _filter_choices(u: UnitOfWork) -> list[tuple[str, Text]]:
    return [("ueberfaellig", _l("überfällig")), ("offen", _l("offen"))] if u.actor.may("tasks.read") else []


def _firms_with(u: UnitOfWork, value: str) -> Select[Any]:
    return queries.firms_select(u, overdue=value == "ueberfaellig")


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """What was done, and what people made; a confidential one says only that it is there."""
    if not u.actor.may("tasks.read"):
        return []
    added = [_entry(line, done=False) for line in chronicle.added_by_people(u, firm.id, limit)]
    closed = [_entry(line, done=True) for line in chronicle.done(u, firm.id, limit)]
    return sorted([*added, *closed], key=lambda entry: entry.at, reverse=True)[:limit]


def _entry(line: TaskLine, *, done: bool) -> TimelineEntry:
    name = codes.CONFIDENTIAL if line.confidential else textwrap.shorten(line.title, LONGEST_LINE, placeholder=" …")
    return TimelineEntry(
        at=line.closed_at if done and line.closed_at else line.created_at,
        kind="task",
        kind_label=_l("Wiedervorlagen"),
        title=_l("Erledigt: %(title)s", title=name) if done else _l("Wiedervorlage angelegt: %(title)s", title=name),
        url=url_for("tasks.show", task_id=line.id),
        actor=line.closer if done else line.author,
        icon="check" if done else "calendar-today",
        confidential=line.confidential,
    )


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Tasks move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Tasks; a confidential one for those alone who may read it."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Titles and notes speak about people, and people of the office have to do with every task."""
    kind, purpose = _l("Personen, die in Wiedervorlagen vorkommen"), _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Drei Jahre nach dem letzten Kontakt")
    texts = ("title", "sort_key", "note", "outcome", "word")
    people = ("responsible_id", "author_id", "closed_by", "word_by")
    return [PersonalColumn("task", column, kind, purpose, basis, erase) for column in (*texts, *people)]
