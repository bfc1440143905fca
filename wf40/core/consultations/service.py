"""Records conversations, changes them, archives them."""

import re
import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation, Participant, Topic
from wf40.core.consultations.outcomes import NOTHING, Outcomes
from wf40.core.consultations.outcomes import check as check_outcomes
from wf40.core.consultations.outcomes import store as store_outcomes
from wf40.core.consultations.queries import content_of, readable_row
from wf40.core.consultations.rules import ConsultationInput, check, may_read_content
from wf40.core.contacts.queries import contacts_of_firm
from wf40.core.contacts.queries import names as contact_names
from wf40.core.mails import service as mails
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms, Office, Search

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_PLAIN = ("kind", "channel", "held_on", "held_at", "occasion", "summary", "agreements", "confidentiality")


class AlreadyStored(StaleVersion):
    """The form was sent before with another content: both versions are to be shown, so that neither is lost."""

    def __init__(self, consultation_id: int, current_version: int) -> None:
        super().__init__(current_version)
        self.consultation_id = consultation_id


def new_entry_key() -> str:
    """Return a key for one empty form."""
    return secrets.token_urlsafe(24)


@requires("consultations.edit")
def add_consultation(
    u: UnitOfWork, firm_id: int, given: ConsultationInput, entry_key: str = "", follows: Outcomes = NOTHING
) -> int:
    """Store a conversation with what follows from it, and return its id.

    The same ``entry_key`` with the same content stores it once.

    Raises :class:`InvalidInput`, or :class:`AlreadyStored` when the key was used for another content.
    """
    firm = u.service(Firms).get(u, firm_id)
    _demand_own_unit(u, firm.unit_id)
    key = entry_key if _KEY.fullmatch(entry_key) else new_entry_key()
    if (stored := _stored_under(u, key)) is not None:
        return _same_or_refuse(u, stored, firm, given)
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    check(given, _today(u))
    check_outcomes(follows, _today(u))
    _demand_reader(u, given, u.actor.user_id, firm.officer_id)
    row = Consultation(
        firm_id=firm.id, unit_id=firm.unit_id, author_id=u.actor.user_id, entry_key=key, created_at=u.now,
        updated_at=u.now,
    )  # fmt: skip
    _fill(row, given)
    try:
        with u.session.begin_nested():
            u.session.add(row)
    except IntegrityError:  # the same form, sent twice at the same moment
        stored = _stored_under(u, key)
        if stored is None:
            raise
        return _same_or_refuse(u, stored, firm, given)
    _store_lists(u, row, given)
    store_outcomes(u, firm, row.id, given, follows, row.entry_key)
    u.audit("consultation_added", f"consultation:{row.id}", {"firm": firm.id})
    u.service(Search).refresh(u, "consultation", [row.id])
    _tell(u, firm.id)
    return row.id


@requires("consultations.edit")
def change_consultation(
    u: UnitOfWork, consultation_id: int, version: int, given: ConsultationInput, follows: Outcomes = NOTHING
) -> None:
    """Save a conversation with what follows from it further; raises :class:`StaleVersion` when somebody else saved meanwhile."""
    row, firm = _own(u, consultation_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"consultation:{row.id}"))
    check(given, _today(u))
    check_outcomes(follows, _today(u))
    _demand_reader(u, given, row.author_id, row.reader_id or firm.officer_id)
    before = _values(u, row)
    _fill(row, given)
    _store_lists(u, row, given)
    store_outcomes(u, firm, row.id, given, follows, f"{row.entry_key[:40]}-{secrets.token_urlsafe(6)}")
    if changed := record_changes(u, f"consultation:{row.id}", before, _values(u, row)):
        row.version += 1
        row.updated_at = u.now
        u.audit("consultation_changed", f"consultation:{row.id}", {"fields": changed})
        u.service(Search).refresh(u, "consultation", [row.id])
        if {"kind", "held_on"} & set(changed):
            _tell(u, row.firm_id)


@requires("consultations.edit")
def archive_consultation(u: UnitOfWork, consultation_id: int) -> None:
    """Take a conversation out of lists, the timeline and the date of the last contact; nothing is lost."""
    _set_archived(u, consultation_id, u.now)


@requires("consultations.edit")
def restore_consultation(u: UnitOfWork, consultation_id: int) -> None:
    """Bring an archived conversation back."""
    _set_archived(u, consultation_id, None)


@requires("consultations.edit")
def remove_attachment(u: UnitOfWork, consultation_id: int, attachment_id: int) -> None:
    """Remove a file of a conversation for good."""
    row, _firm = _own(u, consultation_id)
    mails.remove(u, row.id, attachment_id)


@requires("consultations.read")
def note_reading(u: UnitOfWork, consultation_id: int) -> None:
    """Audit that somebody opened a confidential conversation."""
    row = readable_row(u, consultation_id)
    if row.confidentiality == codes.OFFICER:
        u.audit("confidential_read", f"consultation:{row.id}")


def _own(u: UnitOfWork, consultation_id: int) -> tuple[Consultation, FirmRef]:
    """Return a conversation for changing, as it is now; nobody else changes it until the transaction ends."""
    row = readable_row(u, consultation_id)
    _demand_own_unit(u, row.unit_id)
    u.session.refresh(row, with_for_update=True)
    firm = u.service(Firms).get(u, row.firm_id)
    if not may_read_content(u.actor, row.confidentiality, row.author_id, row.reader_id or firm.officer_id):
        raise Forbidden("consultations.edit")
    return row, firm


def _demand_own_unit(u: UnitOfWork, unit_id: int) -> None:
    if not u.actor.may_write_unit(unit_id):
        raise Forbidden("consultations.edit")


def _demand_reader(u: UnitOfWork, given: ConsultationInput, author_id: int | None, officer_id: int | None) -> None:
    """Refuse to let somebody lock themselves out."""
    if not may_read_content(u.actor, given.confidentiality, author_id, officer_id):
        sentence = _l(
            "Nur wer das Gespräch erfasst hat oder für das Unternehmen zuständig ist, kann es so vertraulich machen; "
            "Sie selbst könnten es danach nicht mehr lesen."
        )
        raise InvalidInput(sentence, {"confidentiality": sentence})


def _stored_under(u: UnitOfWork, key: str) -> Consultation | None:
    return u.session.scalar(select(Consultation).where(Consultation.entry_key == key))


def _same_or_refuse(u: UnitOfWork, row: Consultation, firm: FirmRef, given: ConsultationInput) -> int:
    if (row.firm_id, row.author_id) != (firm.id, u.actor.user_id):
        raise InvalidInput(_l("Dieses Formular wurde schon verwendet. Bitte laden Sie es neu."))
    if replace(given, topics=tuple(sorted(given.topics))) != content_of(u, row):
        raise AlreadyStored(row.id, row.version)
    return row.id


def _set_archived(u: UnitOfWork, consultation_id: int, moment: datetime | None) -> None:
    row, _firm = _own(u, consultation_id)
    if (row.archived_at is None) == (moment is None):
        return
    record_changes(u, f"consultation:{row.id}", {"archived_at": row.archived_at}, {"archived_at": moment})
    row.archived_at = moment
    row.version += 1
    row.updated_at = u.now
    u.audit("consultation_archived" if moment else "consultation_restored", f"consultation:{row.id}")
    _tell(u, row.firm_id)


def _tell(u: UnitOfWork, firm_id: int) -> None:
    """Let the firm's urgency, which rests on the day of the last contact, be computed anew."""
    u.emit(FirmEvidenceChanged([firm_id], "contact"))


def _fill(row: Consultation, given: ConsultationInput) -> None:
    for name in _PLAIN:
        setattr(row, name, getattr(given, name))


def _store_lists(u: UnitOfWork, row: Consultation, given: ConsultationInput) -> None:
    """Replace topics and participants; raises :class:`InvalidInput` for somebody who does not belong here."""
    # Who took part and belongs to another firm now goes on to have taken part.
    here = select(Participant.contact_id).where(Participant.consultation_id == row.id)
    before = [i for i in u.session.scalars(here) if i is not None]
    people = {**contact_names(u, before), **{p.id: p.name for p in contacts_of_firm(u, row.firm_id, archived=True)}}
    colleagues = officer_names(u, given.officer_ids)
    if not set(given.contact_ids) <= set(people):
        sentence = _l("Eine gewählte Ansprechperson gehört nicht zu diesem Unternehmen.")
        raise InvalidInput(sentence, {"contact_ids": sentence})
    if not set(given.officer_ids) <= set(colleagues):
        sentence = _l("Eine gewählte Person gehört nicht zur Wirtschaftsförderung.")
        raise InvalidInput(sentence, {"officer_ids": sentence})
    present = [Participant(contact_id=i, name=people[i]) for i in given.contact_ids]
    present += [Participant(user_id=i, name=colleagues[i]) for i in given.officer_ids]
    present += [Participant(name=name) for name in given.others]
    for table in (Participant, Topic):
        u.session.execute(delete(table).where(table.consultation_id == row.id))
    for position, person in enumerate(present):
        person.consultation_id, person.position = row.id, position
    u.session.add_all(present)
    u.session.add_all(Topic(consultation_id=row.id, topic=topic) for topic in dict.fromkeys(given.topics))
    u.session.flush()


def _values(u: UnitOfWork, row: Consultation) -> dict[str, Any]:
    names = select(Participant.name).where(Participant.consultation_id == row.id).order_by(Participant.position)
    topics = select(Topic.topic).where(Topic.consultation_id == row.id).order_by(Topic.topic)
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "held_at": row.held_at.isoformat("minutes") if row.held_at else None,
        "topics": list(u.session.scalars(topics)),
        "participants": list(u.session.scalars(names)),
    }


def _today(u: UnitOfWork) -> date:
    return local_date(u.now, u.service(Office).timezone)
