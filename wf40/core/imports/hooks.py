"""What imports add to the whole: rights, pages, the worker's job, a filter of the firm list, personal data."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from flask import Blueprint
from sqlalchemy import Select

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports import check_views as _check  # noqa: F401 - registers the fourth step
from wf40.core.imports import column_views as _columns  # noqa: F401 - registers the third
from wf40.core.imports import further_sites, merging, queries, retention, runner, service, undo_running
from wf40.core.imports import profile_views as _profiles  # noqa: F401 - registers the page of profiles
from wf40.core.imports import run_views as _run  # noqa: F401 - registers the fifth step and the result
from wf40.core.imports import table_views as _table  # noqa: F401 - registers the second step
from wf40.core.imports import undo_views as _undo  # noqa: F401 - registers the way back
from wf40.core.imports.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.firm_data import ImportField
from wf40.sdk.values import Continuous, Daily, FirmFilter, Job, Permission, PersonalColumn
from wf40.sdk.work import Moved, PutBack


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The assistant and the history."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over imports."""
    return [
        Permission("imports.read", _l("Importe ansehen"), roles.READERS),
        Permission("imports.run", _l("Unternehmen aus Dateien einlesen"), roles.WRITERS),
        Permission("imports.files", _l("Eingelesene Dateien herunterladen und entfernen"), roles.WRITERS),
    ]


@hookimpl
def jobs() -> Iterable[Job]:
    """Moves imports on, and clears up behind them."""
    return [
        Job("run", _l("Dateien einlesen"), Continuous(), runner.work),
        Job("clear", _l("Zeilen alter Importe entfernen"), Daily(time(3, 20)), retention.clear),
        Job("sweep", _l("Nach abgebrochenen Rücknahmen aufräumen"), Daily(time(3, 40)), undo_running.sweep_given_up),
    ]


@hookimpl
def import_fields(u: UnitOfWork) -> Iterable[ImportField]:
    """Further addresses of a row."""
    return [further_sites.import_field()] if u.actor.may(service.RUN) else []


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms that one import created or updated."""
    return [FirmFilter("import", _l("Import"), _choices, _firms, order=900)]


def _choices(u: UnitOfWork) -> list[tuple[str, Text]]:
    if not u.actor.may(queries.READ):
        return []
    return [(str(run.id), f"{run.created_at:%d.%m.%Y} {run.file_name}"[:60]) for run in queries.finished(u)]


def _firms(u: UnitOfWork, value: str) -> Select[Any]:
    return queries.firms_of(u, int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0)


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Open decisions about lines of files follow the firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Lines of files may name sole traders and what belongs to them."""
    kind, purpose = _l("Angaben zu Unternehmen, auch zu Einzelunternehmen"), _l("Übernahme von Unternehmensdaten")
    basis = _l("Die beim Einlesen angegebene Rechtsgrundlage")
    lines, whole = _l("90 Tage nach dem Einlesen"), _l("Mit dem Unternehmen oder dem Import")
    return [
        PersonalColumn("import_row", "cells", kind, purpose, basis, lines),
        PersonalColumn("import_file", "content", kind, purpose, basis, lines),
        PersonalColumn("import_row", "detail", kind, purpose, basis, whole),
        PersonalColumn("import_row", "before", kind, purpose, basis, whole),
        PersonalColumn(
            "import_run", "undoer_name", _l("Beschäftigte der Wirtschaftsförderung"), _l("Nachvollziehen, wer zurückgenommen hat"),
            _l("Beschäftigungsverhältnis"), _l("Mit dem Import"),
        ),
        PersonalColumn(
            "import_profile", "changed_by", _l("Beschäftigte der Wirtschaftsförderung"), _l("Nachvollziehen, wer ein Profil geändert hat"),
            _l("Beschäftigungsverhältnis"), _l("Mit dem Profil"),
        ),
        PersonalColumn(
            "import_run", "author_name", _l("Beschäftigte der Wirtschaftsförderung"), _l("Nachvollziehen, wer eingelesen hat"),
            _l("Beschäftigungsverhältnis"), _l("Mit dem Import"),
        ),
    ]  # fmt: skip
