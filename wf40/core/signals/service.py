"""Records signals, changes and resolves them. Each of these lets the firm's score be computed anew."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wf40.base.access import requires
from wf40.base.checks import storable
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion, Text
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.signals.catalogue import EMPHASES, RESOLUTIONS, Kind, kinds
from wf40.core.signals.models import Signal
from wf40.core.signals.queries import firm_to_record_on, today
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.refs import FirmRef

EDIT = "signals.edit"
_LONGEST = {"label": 200, "source": 300, "note": 20_000}
_HISTORY = ("kind", "label", "note", "source", "observed_on", "until", "strength", "source_event")
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class SignalInput:
    """What an officer records. ``same_event_as`` is the id of a signal of the firm that reports the same event.

    ``emphasis`` says how strongly it weighs for this firm against the usual of its kind; an empty one leaves a recorded
    strength as it is.
    """

    kind: str
    source: str
    observed_on: date
    label: str = ""
    note: str = ""
    until: date | None = None
    emphasis: str = "usual"
    same_event_as: int | None = None
    entry_key: str = ""


@requires(EDIT)
def record_signal(u: UnitOfWork, firm_id: int, given: SignalInput) -> int:
    """Record a signal on a firm and return its id; a form that was sent twice gives the id of the first."""
    firm = firm_to_record_on(u, firm_id)
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    kind, key = _checked(u, given), given.entry_key or secrets.token_hex(16)
    if (earlier := _stored_under(u, key)) is not None:
        return _same_firm(earlier, firm)
    row = Signal(
        firm_id=firm.id, unit_id=firm.unit_id, author_id=u.actor.user_id, created_at=u.now, updated_at=u.now,
        entry_key=key, source_event="",
    )  # fmt: skip
    _fill(row, kind, given)
    try:
        with u.session.begin_nested():
            u.session.add(row)
    except IntegrityError:  # the same form, sent twice at the same moment
        earlier = _stored_under(u, key)
        if earlier is None:
            raise
        return _same_firm(earlier, firm)
    row.source_event = _event_key(u, row, given.same_event_as)
    record_changes(u, f"signal:{row.id}", {}, {"created": row.kind}, row.source)
    u.audit("signal_recorded", f"signal:{row.id}", {"firm": firm.id, "kind": row.kind})
    u.emit(FirmEvidenceChanged([firm.id], "signal_recorded"))
    return row.id


@requires(EDIT)
def change_signal(u: UnitOfWork, signal_id: int, version: int, given: SignalInput) -> list[str]:
    """Change a signal and return the names of the fields that changed."""
    row = _own(u, signal_id)
    _check_version(u, row, version)
    kind = _checked(u, given)
    before = _values(row)
    _fill(row, kind, given)
    row.source_event = _event_key(u, row, given.same_event_as)
    changed = record_changes(u, f"signal:{row.id}", before, _values(row), row.source)
    if changed:
        _saved(u, row, "signal_changed", {"fields": changed})
    return changed


@requires(EDIT)
def resolve_signal(u: UnitOfWork, signal_id: int, resolution: str, resolved_on: date, note: str = "") -> None:
    """Close a signal with its outcome; from that day on it no longer counts."""
    row = _own(u, signal_id)
    faults: dict[str, Text] = {}
    if resolution not in RESOLUTIONS:
        faults["resolution"] = _l("Bitte wählen Sie, wie es ausgegangen ist.")
    if not row.observed_on <= resolved_on <= today(u):
        faults["resolved_on"] = _l("Der Tag muss zwischen der Beobachtung und heute liegen.")
    _texts({"resolution_note": note}, {"resolution_note": _LONGEST["note"]}, faults)
    _refuse(faults)
    _set(u, row, "signal_resolved", resolved_on=resolved_on, resolution=resolution, resolution_note=note)


@requires(EDIT)
def reopen_signal(u: UnitOfWork, signal_id: int) -> None:
    """Let a resolved signal count again."""
    row = _own(u, signal_id)
    if row.resolved_on is not None:
        _set(u, row, "signal_reopened", resolved_on=None, resolution="", resolution_note="")


@requires(EDIT)
def archive_signal(u: UnitOfWork, signal_id: int) -> None:
    """Take a signal that was recorded by mistake out of everything; nothing is lost."""
    row = _own(u, signal_id)
    if row.archived_at is None:
        _set(u, row, "signal_archived", archived_at=u.now)


@requires(EDIT)
def restore_signal(u: UnitOfWork, signal_id: int) -> None:
    """Bring an archived signal back."""
    row = _own(u, signal_id)
    if row.archived_at is not None:
        _set(u, row, "signal_restored", archived_at=None)


def _stored_under(u: UnitOfWork, key: str) -> Signal | None:
    return u.session.scalar(select(Signal).where(Signal.entry_key == key))


def _same_firm(row: Signal, firm: FirmRef) -> int:
    if row.firm_id != firm.id:
        raise InvalidInput(_l("Dieses Formular wurde schon verwendet. Bitte laden Sie es neu."))
    return row.id


def _own(u: UnitOfWork, signal_id: int) -> Signal:
    row = u.session.get(Signal, signal_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    return row


def _check_version(u: UnitOfWork, row: Signal, version: int) -> None:
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"signal:{row.id}"))


def _set(u: UnitOfWork, row: Signal, action: str, **values: Any) -> None:
    record_changes(u, f"signal:{row.id}", {name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)
    _saved(u, row, action, {})


def _saved(u: UnitOfWork, row: Signal, action: str, detail: dict[str, Any]) -> None:
    row.version += 1
    row.updated_at = u.now
    u.audit(action, f"signal:{row.id}", {"firm": row.firm_id, **detail})
    u.emit(FirmEvidenceChanged([row.firm_id], action))


def _values(row: Signal) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _HISTORY}


def _checked(u: UnitOfWork, given: SignalInput) -> Kind:
    """Return the kind; raises :class:`InvalidInput` with every fault at once."""
    faults: dict[str, Text] = {}
    kind = kinds().get(given.kind)
    if kind is None:
        faults["kind"] = _l("Bitte wählen Sie die Art des Signals.")
    if not given.source:
        faults["source"] = _l(
            "Geben Sie an, woher Sie es wissen, zum Beispiel „Gespräch am Telefon“ oder „Lokalzeitung“."
        )
    if not _EARLIEST <= given.observed_on <= today(u):
        faults["observed_on"] = _l("Der Tag der Beobachtung darf nicht in der Zukunft und nicht vor 1990 liegen.")
    if kind is not None and kind.needs_date and given.until is None:
        faults["until"] = _l("Diese Art von Signal braucht einen Termin, zum Beispiel das Ende des Mietvertrags.")
    if given.emphasis and given.emphasis not in EMPHASES:
        faults["emphasis"] = _l("Bitte wählen Sie, wie stark es dieses Unternehmen betrifft.")
    _texts({name: getattr(given, name) for name in _LONGEST}, _LONGEST, faults)
    _refuse(faults)
    assert kind is not None  # noqa: S101 - refused above
    return kind


def _texts(texts: dict[str, str], longest: dict[str, int], faults: dict[str, Text]) -> None:
    for name, text in texts.items():
        why = storable(text, longest[name], lines=name not in {"label", "source"})
        if why is not None:
            faults[name] = why


def _refuse(faults: dict[str, Text]) -> None:
    if faults:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), faults)


def _fill(row: Signal, kind: Kind, given: SignalInput) -> None:
    if row.kind != kind.id or given.emphasis:
        row.strength = kind.strength(given.emphasis or "usual")
        row.course, row.months = str(kind.figures.course), kind.figures.months
        row.hard_trigger = kind.hard
    row.kind, row.label, row.note, row.source = kind.id, given.label, given.note, given.source
    row.observed_on = given.observed_on
    row.until = given.until if kind.needs_date else None


def _event_key(u: UnitOfWork, row: Signal, same_event_as: int | None) -> str:
    if same_event_as is None or same_event_as == row.id:
        return f"signal:{row.id}"
    other = u.session.get(Signal, same_event_as)
    if other is None or other.firm_id != row.firm_id:
        sentence = _l("Dieses Signal gehört nicht zu diesem Unternehmen. Bitte wählen Sie eines aus der Liste.")
        raise InvalidInput(sentence, {"same_event_as": sentence})
    return other.source_event
