"""Hands concerns on with the firm's consent, and records what comes of it."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.base.i18n import SOURCE_LANGUAGE, _, _l
from wf40.base.mail import Letter
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, reminders
from wf40.core.concerns.letters import HandingOn, Person, letter
from wf40.core.concerns.models import Concern, Handover
from wf40.core.concerns.recipients import Chosen, chosen
from wf40.core.concerns.rows import content_of, today
from wf40.core.concerns.rules import HandoverInput, NewConsent, check_handover, check_outcome
from wf40.core.concerns.service import enter_state, note_change, own_row
from wf40.core.contacts import codes as contact_codes
from wf40.core.contacts.queries import contacts_of_firm
from wf40.core.contacts.service import ConsentInput, give_consent
from wf40.core.contacts.valid_consents import ValidConsent, valid_consents
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office, Officers

PURPOSE = "handover"
_KEY = re.compile(r"[A-Za-z0-9_:.-]{8,80}")
_MAIL, _PHONE = "mail", "phone"


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a hand-on would send; ``digest`` tells whether somebody has seen just this."""

    recipient: Chosen
    person: Person
    contact_id: int
    consent: ValidConsent | None
    letter: Letter

    @property
    def digest(self) -> str:
        """A fingerprint of what is sent and to whom."""
        parts = (self.recipient.key, self.letter.to, self.letter.subject, self.letter.text)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class NotSeen(InvalidInput):
    """What would be sent is not what was shown before: it must be looked at first."""

    def __init__(self) -> None:
        super().__init__(_l("Seit der Vorschau hat sich etwas geändert. Bitte prüfen Sie den Text unten noch einmal."))


@requires("concerns.edit")
def consents_for(u: UnitOfWork, firm_id: int) -> list[ValidConsent]:
    """Return the recorded consents of a firm's persons on which its concerns may be handed on."""
    return valid_consents(u, firm_id, PURPOSE)


@requires("concerns.edit")
def prepare(u: UnitOfWork, concern_id: int, given: HandoverInput) -> Prepared:
    """Return what handing on would send, without doing it; raises :class:`InvalidInput`."""
    row, firm = own_row(u, concern_id)
    return _prepare(u, row, firm, given)


@requires("concerns.edit")
def hand_on(
    u: UnitOfWork, concern_id: int, version: int, given: HandoverInput, entry_key: str = "", seen: str | None = None
) -> int:
    """Hand a concern on and return the number of the hand-on. The same ``entry_key`` does it once.

    With ``seen`` (a :attr:`Prepared.digest`) it is refused when anything else than that would be sent. Raises
    :class:`InvalidInput`, or :class:`StaleVersion` when somebody else changed the concern meanwhile.
    """
    key = entry_key if _KEY.fullmatch(entry_key) else secrets.token_urlsafe(24)
    row, firm = own_row(u, concern_id)
    if (stored := _stored_under(u, key)) is not None:
        return _same_or_refuse(stored, row, given)
    row, firm = own_row(u, concern_id, version)
    prepared = _prepare(u, row, firm, given)
    if seen is not None and seen != prepared.digest:
        raise NotSeen
    consent = prepared.consent or _record_consent(u, firm, given.new_consent, prepared)
    handover = Handover(
        concern_id=row.id, recipient_key=prepared.recipient.key, recipient_label=prepared.recipient.label,
        recipient_group=prepared.recipient.group, recipient_email=prepared.recipient.email, contact_id=consent.contact_id,
        consent_id=consent.id, consent_proof=_proof(u, consent), message=given.message, sent_text=prepared.letter.text,
        answer_by=given.answer_by, handed_on_at=u.now, handed_by=u.actor.name, outcome="", answer="", reminders=0, entry_key=key,
    )  # fmt: skip
    try:
        with u.session.begin_nested():
            u.session.add(handover)
    except IntegrityError:  # the same form, sent twice at the same moment
        stored = _stored_under(u, key)
        if stored is None:
            raise
        return _same_or_refuse(stored, row, given)
    row.owner_id = row.owner_id or u.actor.user_id
    enter_state(u, row, codes.HANDED_ON)
    note_change(u, row, "recipient", handover.recipient_label)
    u.audit("concern_handed_on", f"concern:{row.id}", {"handover": handover.id})
    if handover.recipient_email:
        u.send(prepared.letter)
    reminders.remind_of_answer(u, row, handover)
    return handover.id


@requires("concerns.edit")
def confirm_receipt(u: UnitOfWork, handover_id: int) -> None:
    """Record that the recipient has it; from now on the answer is what is missing."""
    row, handover = _own(u, handover_id)
    if handover.recalled_at is None and not handover.outcome and handover.confirmed_at is None:
        handover.confirmed_at = u.now
        note_change(u, row, "confirmed", handover.recipient_label)
        if row.state == codes.HANDED_ON:
            enter_state(u, row, codes.AWAITING)


@requires("concerns.edit")
def record_outcome(
    u: UnitOfWork, handover_id: int, outcome: str, answer: str = "", *, close: bool = False, ask_on: date | None = None
) -> None:
    """Record what the recipient said. Somebody who took it over may say more later.

    ``close`` closes the concern as solved with the recipient's words; ``ask_on`` reminds of asking again somebody who
    took it over. Sending the form again changes nothing.
    """
    row, handover = _own(u, handover_id)
    check_outcome(outcome, answer)
    if (handover.outcome, handover.answer) == (outcome, answer) and ask_on in (None, handover.answer_by):
        return
    if handover.recalled_at is not None:
        raise InvalidInput(_l("Diese Weiterleitung ist zurückgenommen."))
    if handover.outcome not in ("", codes.ACCEPTED):
        raise InvalidInput(
            _l("Zu dieser Weiterleitung ist schon eine Rückmeldung festgehalten. Bitte laden Sie die Seite neu.")
        )
    if ask_on is not None and not today(u) <= ask_on <= today(u) + timedelta(days=3653):
        sentence = _l("Wählen Sie heute oder einen späteren Tag.")
        raise InvalidInput(sentence, {"ask_on": sentence})
    before, handover.outcome, handover.answer, handover.answered_at = handover.outcome, outcome, answer, u.now
    note_change(u, row, "answer", outcome, before)
    reminders.forget_answer(u, handover, _l("Die Rückmeldung ist da."))
    if row.state in codes.CLOSED:
        return
    if outcome == codes.ACCEPTED:
        _taken_over(u, row, handover, ask_on)
    elif outcome == codes.SOLVED and close:
        enter_state(u, row, codes.SOLVED, answer.strip() or str(codes.OUTCOMES[codes.SOLVED]))
    else:
        _back_to_work(u, row)


@requires("concerns.edit")
def recall(u: UnitOfWork, handover_id: int) -> None:
    """Take a hand-on back as long as no answer came. The recipient must be told, which nobody does but the officer."""
    row, handover = _own(u, handover_id)
    if handover.recalled_at is not None:
        return
    if handover.outcome:
        raise InvalidInput(
            _l("Zu dieser Weiterleitung ist schon eine Rückmeldung festgehalten. Bitte laden Sie die Seite neu.")
        )
    handover.recalled_at = u.now
    note_change(u, row, "recalled", handover.recipient_label)
    u.audit("handover_recalled", f"concern:{row.id}", {"handover": handover.id})
    reminders.forget_answer(u, handover, _l("Die Weiterleitung ist zurückgenommen."))
    if row.state not in codes.CLOSED:
        _back_to_work(u, row)


def await_answers(u: UnitOfWork) -> int:
    """Let concerns whose day for an answer has passed wait for it; returns how many. Running again changes nothing."""
    late = (Handover.answer_by < today(u), Handover.outcome == "", Handover.recalled_at.is_(None))
    wanted = select(Concern).where(
        Concern.state == codes.HANDED_ON, Concern.id.in_(select(Handover.concern_id).where(*late))
    )
    rows = list(u.session.scalars(wanted.order_by(Concern.id).with_for_update()))
    for row in rows:
        enter_state(u, row, codes.AWAITING)
    return len(rows)


def _prepare(u: UnitOfWork, row: Concern, firm: FirmRef, given: HandoverInput) -> Prepared:
    if row.state not in codes.OPEN:
        raise InvalidInput(_l("Das Anliegen ist abgeschlossen. Nehmen Sie es zuerst wieder auf."))
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    check_handover(given, today(u))
    recipient = chosen(u, firm, row.topic, given.recipient_key)
    contact_id, person, consent = _agreed(u, firm, given)
    owner = u.service(Officers).get(u, row.owner_id) if row.owner_id else None
    if (owner is None or not owner.active) and u.actor.user_id:
        owner = u.service(Officers).get(u, u.actor.user_id)
    handing_on = HandingOn(
        row.id, u.service(Office), owner, firm, person, content_of(row), recipient, given.message, given.answer_by
    )
    return Prepared(recipient, person, contact_id, consent, letter(handing_on))


def _agreed(u: UnitOfWork, firm: FirmRef, given: HandoverInput) -> tuple[int, Person, ValidConsent | None]:
    """Return who agreed; raises :class:`InvalidInput` when nobody of this firm did."""
    if given.new_consent is None:
        found = next((c for c in consents_for(u, firm.id) if c.id == given.consent_id), None)
        if found is None:
            raise _field(
                "consent_id", _l("Ohne gültige Einwilligung einer Person dieses Unternehmens geht nichts hinaus.")
            )
        return found.contact_id, Person(found.name, found.function, found.email, found.phone), found
    new = given.new_consent
    person = next((p for p in contacts_of_firm(u, firm.id) if p.id == new.contact_id), None)
    if person is None:
        raise _field("contact_id", _l("Diese Person gehört nicht zu diesem Unternehmen."))
    if new.given_on > today(u):
        raise _field("given_on", _l("Eine Einwilligung kann nicht in der Zukunft erteilt sein."))
    if new.given_how not in contact_codes.WAYS:
        raise _field("given_how", _l("Diese Auswahl gibt es nicht."))
    return person.id, Person(person.name, person.function, person.email, person.phone or person.mobile), None


def _record_consent(u: UnitOfWork, firm: FirmRef, new: NewConsent | None, prepared: Prepared) -> ValidConsent:
    if new is None:  # a consent is there or is given now; anything else was refused before
        raise Forbidden("concerns.edit")
    channel = _MAIL if prepared.recipient.email else _PHONE
    given = ConsentInput(PURPOSE, channel, new.given_on, new.given_how, new.note)
    consent_id = give_consent(u, new.contact_id, given)
    return next(c for c in consents_for(u, firm.id) if c.id == consent_id)


def _proof(u: UnitOfWork, consent: ValidConsent) -> str:
    with force_locale(SOURCE_LANGUAGE):
        proof = _(
            "%(name)s, erteilt am %(day)s %(how)s (Weg: %(channel)s), Fassung %(version)s",
            name=consent.name, day=_day(u, consent.given_at), how=contact_codes.WAYS[consent.given_how],
            channel=contact_codes.CHANNELS[consent.channel], version=consent.text_version,
        )  # fmt: skip
    return f"{proof}. {consent.note}" if consent.note else proof


def _day(u: UnitOfWork, moment: datetime) -> str:
    return local_date(moment, u.service(Office).timezone).strftime("%d.%m.%Y")


def _taken_over(u: UnitOfWork, row: Concern, handover: Handover, ask_on: date | None) -> None:
    if row.state == codes.HANDED_ON:
        enter_state(u, row, codes.AWAITING)
    if ask_on is not None:
        handover.answer_by = ask_on
        reminders.remind_of_answer(u, row, handover)


def _back_to_work(u: UnitOfWork, row: Concern) -> None:
    """Bring a concern back into work when nobody has it any more."""
    unsettled = (Handover.outcome.in_(("", codes.ACCEPTED)), Handover.recalled_at.is_(None))
    u.session.flush()
    left = u.session.scalar(select(Handover.id).where(Handover.concern_id == row.id, *unsettled).limit(1))
    if left is None and row.state in (codes.HANDED_ON, codes.AWAITING):
        enter_state(u, row, codes.IN_PROGRESS)


def _own(u: UnitOfWork, handover_id: int) -> tuple[Concern, Handover]:
    found = u.session.get(Handover, handover_id)
    if found is None:
        raise NotFound
    row, _firm = own_row(u, found.concern_id)
    u.session.refresh(found)  # as it is now that the concern is locked
    return row, found


def _stored_under(u: UnitOfWork, key: str) -> Handover | None:
    return u.session.scalar(select(Handover).where(Handover.entry_key == key))


def _same_or_refuse(stored: Handover, row: Concern, given: HandoverInput) -> int:
    if (stored.concern_id, stored.recipient_key, stored.message) != (row.id, given.recipient_key, given.message):
        raise InvalidInput(_l("Dieses Formular wurde schon verwendet. Bitte laden Sie es neu."))
    return stored.id


def _field(name: str, sentence: object) -> InvalidInput:
    return InvalidInput(sentence, {name: sentence})
