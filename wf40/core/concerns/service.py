"""Records concerns, changes them, leads them through their states."""

import re
import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wf40.base.access import requires
from wf40.base.checks import storable
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.german import sort_key
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, reminders
from wf40.core.concerns.models import Concern, Handover
from wf40.core.concerns.queries import possible_owners
from wf40.core.concerns.rows import SPOKEN, content_of, may_assign, may_read, owner_of, readable_row, today
from wf40.core.concerns.rules import LONGEST_TEXT, NOBODY, ConcernInput, check, demand_transition
from wf40.sdk.events import ConcernClosed
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms, Office, Search, WorkingDays

__all__ = [
    "AlreadyStored", "ConcernInput", "add_concern", "assign", "change_concern", "enter_state", "note_first_response",
    "note_reading", "own_row", "set_state",
]  # fmt: skip
_KEY = re.compile(r"[A-Za-z0-9_:.-]{8,80}")
_PLAIN = ("topic", "title", "description", "kind", "raised_on", "respond_by", "deadline_on", "confidential")


class AlreadyStored(StaleVersion):
    """The form was sent before with another content: both versions are to be shown, so that neither is lost."""

    def __init__(self, concern_id: int, current_version: int) -> None:
        super().__init__(current_version)
        self.concern_id = concern_id


def new_entry_key() -> str:
    """Return a key for one empty form."""
    return secrets.token_urlsafe(24)


@requires("concerns.edit")
def add_concern(u: UnitOfWork, firm_id: int, given: ConcernInput, entry_key: str = "") -> int:
    """Store a concern and return its id. The same ``entry_key`` with the same content stores it once.

    One that came up in a conversation counts as answered there and then. Raises :class:`InvalidInput`, or
    :class:`AlreadyStored` when the key was used for another content.
    """
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden("concerns.edit")
    key = entry_key if _KEY.fullmatch(entry_key) else new_entry_key()
    given = replace(given, title=given.title.strip())
    if (stored := _stored_under(u, key)) is not None:
        return _same_or_refuse(u, stored, firm, given)
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    check(given, today(u))
    row = Concern(
        firm_id=firm.id, unit_id=firm.unit_id, author_id=u.actor.user_id, entry_key=key, state=codes.NEW, record=given.record,
        owner_id=_owner_for(u, given.owner_id, firm), outcome="", reminders=0, created_at=u.now, updated_at=u.now, version=1,
    )  # fmt: skip
    _fill(u, row, given)
    if given.record.startswith(SPOKEN):
        row.first_response_at, row.first_response_how = _moment(u, row.raised_on), "talk"
    try:
        with u.session.begin_nested():
            u.session.add(row)
    except IntegrityError:  # the same form, sent twice at the same moment
        stored = _stored_under(u, key)
        if stored is None:
            raise
        return _same_or_refuse(u, stored, firm, given)
    u.audit("concern_added", f"concern:{row.id}", {"firm": firm.id})
    u.service(Search).refresh(u, "concern", [row.id])
    reminders.remind_of_deadline(u, row)
    return row.id


@requires("concerns.edit")
def change_concern(u: UnitOfWork, concern_id: int, version: int, given: ConcernInput) -> None:
    """Save a concern; raises :class:`StaleVersion` when somebody else saved meanwhile."""
    row, firm = own_row(u, concern_id, version)
    given = replace(given, title=given.title.strip(), raised_on=given.raised_on or row.raised_on)
    check(given, today(u))
    before = _values(u, row)
    if given.owner_id != (row.owner_id or NOBODY):
        row.owner_id = _owner_for(u, given.owner_id, firm)
    _fill(u, row, given)
    if not may_read(u, row, firm):
        sentence = _l("So vertraulich könnten Sie selbst das Anliegen danach nicht mehr lesen.")
        raise InvalidInput(sentence, {"confidential": sentence})
    changed = _store_changes(u, row, before)
    if {"title", "deadline_on", "owner", "confidential"} & set(changed):
        _remind_anew(u, row)


@requires("concerns.edit")
def assign(u: UnitOfWork, concern_id: int, version: int, owner_id: int) -> None:
    """Give a concern to somebody.

    A confidential one is given on by whoever may read it; once its owner has left, by the head too, who sees only that
    there is one. It is audited, since the new owner reads it from then on.
    """
    row = readable_row(u, concern_id, lock=True)
    firm = u.service(Firms).get(u, row.firm_id)
    if not may_assign(u, row, firm):
        raise Forbidden("concerns.edit")
    check_version(u, row, version)
    before = _values(u, row)
    row.owner_id = _owner_for(u, owner_id, firm)
    if _store_changes(u, row, before):
        u.audit("concern_assigned", f"concern:{row.id}", {"owner": row.owner_id})
        _remind_anew(u, row)


@requires("concerns.edit")
def set_state(u: UnitOfWork, concern_id: int, version: int, state: str, outcome: str = "") -> None:
    """Begin with a concern, close it with what came of it, or open it again."""
    row, _firm = own_row(u, concern_id, version)
    if state not in (codes.IN_PROGRESS, *codes.CLOSED):
        raise InvalidInput(_l("Diese Auswahl gibt es nicht."), {"state": _l("Diese Auswahl gibt es nicht.")})
    if sentence := storable(outcome, LONGEST_TEXT, lines=True):
        raise InvalidInput(sentence, {"outcome": sentence})
    if state in codes.CLOSED and not outcome.strip():
        sentence = _l("Schreiben Sie in einem Satz, was daraus geworden ist.")
        raise InvalidInput(sentence, {"outcome": sentence})
    if state == codes.IN_PROGRESS and row.state in codes.OPEN and _waiting(u, row):
        raise InvalidInput(
            _l(
                "Das Anliegen ist weitergeleitet. Halten Sie die Rückmeldung fest oder nehmen Sie die Weiterleitung zurück."
            )
        )
    enter_state(u, row, state, outcome)


@requires("concerns.edit")
def note_first_response(u: UnitOfWork, concern_id: int, how: str, on: date) -> None:
    """Record when and how the office first answered the firm. Sending the form again changes nothing."""
    row, _firm = own_row(u, concern_id)
    if row.first_response_at is not None:
        return
    if how not in codes.WAYS:
        raise InvalidInput(_l("Diese Auswahl gibt es nicht."), {"how": _l("Diese Auswahl gibt es nicht.")})
    if not row.raised_on <= on <= today(u):
        sentence = _l("Der Tag liegt vor der Aufnahme des Anliegens oder in der Zukunft.")
        raise InvalidInput(sentence, {"on": sentence})
    before = _values(u, row)
    row.first_response_at, row.first_response_how = _moment(u, on), how
    _store_changes(u, row, before)


@requires("concerns.read")
def note_reading(u: UnitOfWork, concern_id: int) -> None:
    """Audit that somebody opened a confidential concern."""
    row = readable_row(u, concern_id)
    if row.confidential:
        u.audit("confidential_read", f"concern:{row.id}")


def own_row(u: UnitOfWork, concern_id: int, version: int | None = None) -> tuple[Concern, FirmRef]:
    """Return a concern for changing and its firm; refuses foreign, unreadable and stale ones.

    It is locked where the unit of work writes: a preview asks for the same and changes nothing.
    """
    row = readable_row(u, concern_id, lock=u.writes)
    firm = u.service(Firms).get(u, row.firm_id)
    if not u.actor.may_write_unit(row.unit_id) or not may_read(u, row, firm):
        raise Forbidden("concerns.edit")
    if version is not None:
        check_version(u, row, version)
    return row, firm


def check_version(u: UnitOfWork, row: Concern, version: int) -> None:
    """Raise :class:`StaleVersion` when somebody else saved meanwhile."""
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"concern:{row.id}"))


def enter_state(u: UnitOfWork, row: Concern, state: str, outcome: str = "") -> None:
    """Lead a locked concern into another state, with all that follows from it; nothing happens when it is there."""
    if row.state == state:
        return
    demand_transition(row.state, state)
    before = _values(u, row)
    row.state, closed = state, state in codes.CLOSED
    row.closed_at = u.now if closed else None
    row.outcome = outcome if closed else ""
    _store_changes(u, row, before)
    if closed:
        _close(u, row)
    elif before["state"] in codes.CLOSED:
        reminders.remind_of_deadline(u, row)


def note_change(u: UnitOfWork, row: Concern, field: str, value: str, before: str = "") -> None:
    """Put something that happened to a locked concern into its history; it counts as a change of the concern."""
    record_changes(u, f"concern:{row.id}", {field: before}, {field: value})
    row.version += 1
    row.updated_at = u.now


def _close(u: UnitOfWork, row: Concern) -> None:
    why = _l("Das Anliegen ist abgeschlossen.")
    reminders.forget_deadline(u, row, why)
    for handover in u.session.scalars(select(Handover).where(Handover.concern_id == row.id)):
        reminders.forget_answer(u, handover, why)
    u.emit(ConcernClosed(row.id, row.firm_id, row.owner_id, row.state))


def _remind_anew(u: UnitOfWork, row: Concern) -> None:
    reminders.remind_of_deadline(u, row)
    if row.state in codes.OPEN:
        for handover in _waiting(u, row):
            reminders.remind_of_answer(u, row, handover)


def _waiting(u: UnitOfWork, row: Concern) -> list[Handover]:
    """Return the hand-ons of a concern whose answer is outstanding."""
    open_ones = (Handover.concern_id == row.id, Handover.outcome == "", Handover.recalled_at.is_(None))
    return list(u.session.scalars(select(Handover).where(*open_ones).order_by(Handover.id)))


def _owner_for(u: UnitOfWork, owner_id: int | None, firm: FirmRef) -> int | None:
    """Return who looks after a concern; raises :class:`InvalidInput` for somebody who cannot."""
    possible = {officer.id for officer in possible_owners(u, firm.unit_id)}
    if owner_id == NOBODY:
        return None
    if owner_id is None:
        return next((i for i in (u.actor.user_id, firm.officer_id) if i in possible), None)
    if owner_id not in possible:
        sentence = _l("Diese Person kann das Anliegen nicht übernehmen. Wählen Sie jemanden aus der Liste.")
        raise InvalidInput(sentence, {"owner_id": sentence})
    return owner_id


def _fill(u: UnitOfWork, row: Concern, given: ConcernInput) -> None:
    kind, days = codes.KINDS[given.kind], u.service(WorkingDays)
    row.topic, row.title, row.description, row.kind = given.topic, given.title, given.description, given.kind
    row.confidential, row.sort_key = given.confidential, sort_key(given.title)[:600]
    row.raised_on = given.raised_on or today(u)
    row.respond_by = days.after(u, row.raised_on, kind.respond)
    by_kind = None if kind.solve is None else days.after(u, row.raised_on, kind.solve)
    row.deadline_on = given.deadline_on or by_kind


def _values(u: UnitOfWork, row: Concern) -> dict[str, Any]:
    owner = owner_of(u, row.owner_id)
    more = {name: getattr(row, name) for name in ("state", "first_response_how", "outcome")}
    return {**{name: getattr(row, name) for name in _PLAIN}, "owner": owner.name if owner else "", **more}


def _store_changes(u: UnitOfWork, row: Concern, before: dict[str, Any]) -> list[str]:
    changed = record_changes(u, f"concern:{row.id}", before, _values(u, row))
    if changed:
        row.version += 1
        row.updated_at = u.now
        u.audit("concern_changed", f"concern:{row.id}", {"fields": changed})
        u.service(Search).refresh(u, "concern", [row.id])
    return changed


def _stored_under(u: UnitOfWork, key: str) -> Concern | None:
    return u.session.scalar(select(Concern).where(Concern.entry_key == key))


def _same_or_refuse(u: UnitOfWork, row: Concern, firm: FirmRef, given: ConcernInput) -> int:
    if (row.firm_id, row.author_id) != (firm.id, u.actor.user_id):
        raise InvalidInput(_l("Dieses Formular wurde schon verwendet. Bitte laden Sie es neu."))
    stored = content_of(row)
    left_open = {n: getattr(stored, n) for n in ("owner_id", "deadline_on", "raised_on") if getattr(given, n) is None}
    if replace(given, **left_open) != stored:
        raise AlreadyStored(row.id, row.version)
    return row.id


def _moment(u: UnitOfWork, day: date) -> datetime:
    """Return now for today, and noon for an earlier day whose hour nobody noted."""
    if day == today(u):
        return u.now
    return datetime.combine(day, time(12), ZoneInfo(u.service(Office).timezone)).astimezone(UTC)
