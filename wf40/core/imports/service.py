"""Keeps an import's way: begun, columns chosen, confirmed, cancelled, discarded. The rows are moved by `runner`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from wf40.base.access import requires
from wf40.base.errors import DomainError, Forbidden, InvalidInput, NotFound, Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports import mappings
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.core.imports.own_fields import own_targets
from wf40.core.imports.terms import ENDED, LEGAL_BASES, NO_AUTHOR, NO_UNDOER, OPEN, POLICIES, WORKING
from wf40.matching.names import tidy

RUN = "imports.run"


class WrongStep(DomainError):
    """The import is no longer, or not yet, where this could be done."""

    status = 409


@dataclass(frozen=True, slots=True)
class UploadInput:
    """What must be said about a file: where it comes from, why it may be used, as of when it holds."""

    source: str
    legal_basis: str
    source_date: date | None = None


def check_upload(given: UploadInput) -> None:
    """Refuse an upload without source or legal basis; raises :class:`InvalidInput`."""
    faults: dict[str, Text] = {}
    if not tidy(given.source):
        faults["source"] = _l(
            "Geben Sie an, woher die Daten stammen, zum Beispiel „IHK Hochrhein-Bodensee, Mitgliederliste“."
        )
    elif len(tidy(given.source)) > 200:
        faults["source"] = _l("Bitte kürzen Sie die Quelle auf höchstens 200 Zeichen.")
    if given.legal_basis not in LEGAL_BASES:
        faults["legal_basis"] = _l("Wählen Sie, auf welcher Rechtsgrundlage Sie die Daten verwenden.")
    if faults:
        raise InvalidInput(next(iter(faults.values())), faults)


@requires(RUN)
def may_import(_u: UnitOfWork) -> None:
    """Refuse who may not import."""


@requires(RUN)
def begin(u: UnitOfWork, given: UploadInput, file_name: str, content: bytes, sha256: str) -> int:
    """Note a file that is being read and return the id of its import."""
    check_upload(given)
    if u.actor.unit_id is None:
        raise Forbidden(RUN)
    row = ImportRun(
        unit_id=u.actor.unit_id, author_id=u.actor.user_id, author_name=u.actor.name, file_name=file_name[-300:],
        sha256=sha256, size=len(content), state="reading", source=tidy(given.source), legal_basis=given.legal_basis,
        source_date=given.source_date, created_at=u.now,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    u.session.add(ImportFile(run_id=row.id, content=content))
    return row.id


@requires(RUN)
def save_columns(
    u: UnitOfWork, run_id: int, fields: list[str], edition: str = "", policies: Mapping[str, str] | None = None
) -> None:
    """Store which column fills which field and by which rule; the check begins anew. Raises :class:`InvalidInput`."""
    row = writable(u, run_id)
    demand(row, OPEN)
    if not row.total:
        sentence = _l(
            "Unter der Kopfzeile stehen keine Zeilen. Bitte wählen Sie ein anderes Tabellenblatt oder eine andere Kopfzeile."
        )
        raise InvalidInput(sentence, {"table": sentence})
    row.fields = mappings.checked(fields, row.headers, edition, own_targets(u))
    row.edition = edition
    row.policies = {field: rule for field, rule in (policies or {}).items() if field in row.fields and rule in POLICIES}
    row.state, row.planned = "mapped", {}
    _start_phase(row)


@requires(RUN)
def confirm(u: UnitOfWork, run_id: int) -> bool:
    """Let a checked import begin; a second confirmation of the same changes nothing and returns ``False``."""
    row = writable(u, run_id)
    if row.state in WORKING | {"done"}:
        return False
    demand(row, {"checked"})
    queue(u, row)
    return True


def queue(u: UnitOfWork, row: ImportRun) -> None:
    """Put a run into the queue."""
    row.state = "queued"
    row.started_at = u.now
    _start_phase(row)
    detail = {"file": row.file_name, "rows": row.total, "source": row.source, "legal_basis": row.legal_basis}
    u.audit("import_started", f"import:{row.id}", detail)


@requires(RUN)
def cancel(u: UnitOfWork, run_id: int) -> None:
    """Stop an import after the present batch; what has gone in stays."""
    row = writable(u, run_id)
    if row.state in ENDED:
        return
    demand(row, WORKING)
    end(u, row, "cancelled")


def end(u: UnitOfWork, row: ImportRun, state: str, error: str = "") -> None:
    """Close a run. Whoever still holds its lease notices at the next batch."""
    row.state, row.finished_at, row.error = state, u.now, error
    row.lease_token, row.lease_until = "", None
    u.audit("import_finished", f"import:{row.id}", {"state": state, **row.counts})


def halt(u: UnitOfWork, row: ImportRun) -> None:
    """Close a run because the person with whose rights it is moved may do so no longer."""
    if row.state == "mapped":  # what the check found did not go in
        row.position = 0
    end(u, row, "failed", NO_UNDOER if row.state == "undoing" else NO_AUTHOR)


@requires(RUN)
def discard(u: UnitOfWork, run_id: int) -> None:
    """Remove a file of which nothing has gone in."""
    row = writable(u, run_id)
    demand(row, OPEN | {"reading"})
    for table in (ImportRow, ImportFile):
        u.session.execute(delete(table).where(table.run_id == run_id))
    u.session.delete(row)
    u.audit("import_discarded", f"import:{run_id}")


def writable(u: UnitOfWork, run_id: int) -> ImportRun:
    """Return a run locked for a change; raises :class:`NotFound` or :class:`Forbidden`."""
    locked = select(ImportRun).where(ImportRun.id == run_id).with_for_update()
    row = u.session.scalar(locked.execution_options(populate_existing=True))
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(RUN)
    return row


def _start_phase(row: ImportRun) -> None:
    row.position, row.counts, row.attempts = 0, {}, 0
    row.lease_token, row.lease_until = "", None


def demand(row: ImportRun, states: frozenset[str] | set[str]) -> None:
    """Refuse what does not belong to the present state; raises :class:`WrongStep`."""
    if row.state not in states:
        raise WrongStep(
            _l("Dieser Schritt ist bei diesem Import nicht mehr möglich. Bitte öffnen Sie ihn über „Importe“.")
        )
