"""What the search for duplicates adds to the whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.duplicates import queries, scanner
from wf40.core.duplicates.codes import PERSONS
from wf40.core.duplicates.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Card, Continuous, Job, Permission, PersonalColumn
from wf40.sdk.work import Moved, PutBack


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The work queue."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over pairs."""
    return [
        Permission("duplicates.read", _l("Mögliche Dubletten ansehen"), roles.READERS),
        Permission("duplicates.edit", _l("Über mögliche Dubletten entscheiden"), roles.WRITERS),
    ]


@hookimpl
def jobs() -> Iterable[Job]:
    """Looks at changed firms and persons, and moves searches on."""
    return [Job("search", _l("Dubletten suchen"), Continuous(), scanner.work)]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """How many pairs wait, for those who may decide; nothing where none do."""
    if not (u.actor.may("duplicates.edit") and u.actor.may(queries.READ)) or u.actor.unit_id is None:
        return []
    firms = queries.open_counts(u)
    persons = queries.open_counts(u, PERSONS) if queries.may_read_kind(u, PERSONS) else {}
    values: dict[str, Any] = {
        "same": firms.get("same", 0),
        "ask": firms.get("ask", 0),
        "persons": sum(persons.values()),
    }
    shown = any(values.values())
    return [Card("duplicates", _l("Mögliche Dubletten"), "duplicates/_card.html", values, 80)] if shown else []


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:  # noqa: ARG001 - the hook's signature
    """Nothing moves: pairs of the firm that is gone leave the queue with it, and decisions about it are kept."""
    return []


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:  # noqa: ARG001 - the hook's signature
    """Nothing was moved; the pair is found again once the firm is back."""
    return []


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who decided about a pair or started a search."""
    kind, purpose = (
        _l("Beschäftigte der Wirtschaftsförderung"),
        _l("Nachvollziehen, wer über Dubletten entschieden hat"),
    )
    basis = _l("Beschäftigungsverhältnis")
    columns = (
        ("duplicate_pair", "decided_by", _l("Mit dem Unternehmen")),
        ("duplicate_person_pair", "decided_by", _l("Mit der Person")),
        ("duplicate_scan", "author_name", _l("Mit einer späteren Prüfung des Bestands, frühestens nach einem Tag")),
    )
    return [PersonalColumn(table, column, kind, purpose, basis, erase) for table, column, erase in columns]
