"""What officers do: invite firms, send again, revoke, type in paper answers, correct answers, note what they have seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import delete

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.refs import ContactRef, FirmRef
from wf40.sdk.services import Contacts, Firms, Office, Officers, Search
from wf40.sdk.uow import UnitOfWork, requires
from wf40_digital_readiness import links
from wf40_digital_readiness.checks import ENGINE_VERSION, Answer, Check, answer_faults
from wf40_digital_readiness.letters import Inviting, invitation_letter
from wf40_digital_readiness.models import Invitation, Response, response_subject
from wf40_digital_readiness.office_day import day_of, today
from wf40_digital_readiness.published import check_of, version_in_use
from wf40_digital_readiness.scores import add_score, asked_only
from wf40_digital_readiness.texts import KEY, _, _l

Row = TypeVar("Row", Invitation, Response)
SURVEY = "survey"
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class InvitationInput:
    """Whom to invite, and the language of mail and form."""

    contact_id: int
    language: str = "de"


@dataclass(frozen=True, slots=True)
class PaperInput:
    """Answers from a paper form or a conversation."""

    answers: Mapping[str, Answer]
    answered_on: date | None
    channel: str = "paper"
    language: str = "de"
    note: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionInput:
    """A new answer to one item (``None``: unanswered), and why. ``revision`` is the one that was looked at."""

    item: str
    answer: Answer | None
    reason: str
    revision: int


@requires("digital_readiness.invite")
def letter_preview(u: UnitOfWork, firm_id: int, given: InvitationInput) -> tuple[str, str]:
    """Return subject and text of the mail as it would be sent, with a placeholder instead of the secret."""
    firm, contact = _to_invite(u, firm_id, given)
    letter = invitation_letter(_inviting(u, firm, contact, given.language, "…"))
    return letter.subject, letter.text


@requires("digital_readiness.invite")
def demand_to_invite(u: UnitOfWork, firm_id: int) -> None:
    """Refuse whoever may not invite this firm, before a form is shown."""
    _own_firm(u, firm_id, "digital_readiness.invite")


@requires("digital_readiness.invite")
def invite(u: UnitOfWork, firm_id: int, given: InvitationInput) -> int:
    """Store an invitation, queue its mail and return its id; raises :class:`InvalidInput`."""
    firm, contact = _to_invite(u, firm_id, given)
    token = links.new_token()
    row = Invitation(
        unit_id=firm.unit_id,
        firm_id=firm.id,
        contact_id=contact.id,
        check_version_id=version_in_use(u).id,
        token_digest=links.digest(token),
        language=given.language,
        officer_id=u.actor.user_id,
        officer_name=u.actor.name,
        created_at=u.now,
        sent_at=u.now,
        expires_at=u.now + links.ANSWER_WITHIN,
    )
    u.session.add(row)
    u.session.flush()
    u.send(invitation_letter(_inviting(u, firm, contact, given.language, token)))
    u.audit("digital_readiness_invited", firm.subject, {"invitation": row.id})
    return row.id


@requires("digital_readiness.invite")
def resend(u: UnitOfWork, invitation_id: int) -> None:
    """Send a new link for an open or expired invitation; the earlier link ends, what was filled in stays."""
    row = _invitation_to_change(u, invitation_id)
    if row.revoked_at is not None or row.submitted_at is not None or row.contact_id is None:
        raise InvalidInput(_l("Diese Einladung kann nicht noch einmal gesendet werden. Bitte laden Sie neu ein."))
    firm, contact = _to_invite(u, row.firm_id, InvitationInput(row.contact_id, row.language))
    token = links.new_token()
    row.token_digest, row.sent_at, row.expires_at = links.digest(token), u.now, u.now + links.ANSWER_WITHIN
    row.times_sent += 1
    u.send(invitation_letter(_inviting(u, firm, contact, row.language, token)))
    u.audit("digital_readiness_invited", firm.subject, {"invitation": row.id})


@requires("digital_readiness.invite")
def revoke(u: UnitOfWork, invitation_id: int) -> None:
    """End a link that was not answered yet; what was filled in so far is removed."""
    row = _invitation_to_change(u, invitation_id)
    if row.submitted_at is not None:
        raise InvalidInput(_l("Diese Einladung ist schon beantwortet und kann nicht mehr widerrufen werden."))
    if row.revoked_at is None:
        row.revoked_at = u.now
        u.session.execute(delete(Response).where(Response.invitation_id == row.id))
        u.audit("digital_readiness_revoked", f"firm:{row.firm_id}", {"invitation": row.id})


@requires("digital_readiness.enter")
def enter_paper(u: UnitOfWork, firm_id: int, given: PaperInput) -> int:
    """Store answers that an officer typed in and return the id of the response; raises :class:`InvalidInput`."""
    firm = _own_firm(u, firm_id, "digital_readiness.enter")
    version = version_in_use(u)
    check = check_of(u, version.id)
    _refuse_faults(check, given.answers)
    if not given.answers:
        raise InvalidInput(_l("Es ist noch nichts eingetragen. Bitte übertragen Sie mindestens eine Antwort."))
    if given.answered_on is None or given.answered_on > today(u):
        sentence = _l(
            "Bitte geben Sie den Tag an, an dem der Bogen ausgefüllt wurde. Er darf nicht in der Zukunft liegen."
        )
        raise InvalidInput(sentence, {"answered_on": sentence})
    row = Response(
        unit_id=firm.unit_id,
        firm_id=firm.id,
        check_version_id=version.id,
        check_id=version.check_id,
        version=version.version,
        sha256=version.sha256,
        engine_version=ENGINE_VERSION,
        answers=asked_only(check, given.answers),
        channel=given.channel,
        language=given.language,
        state="submitted",
        answered_on=given.answered_on,
        started_at=u.now,
        saved_at=u.now,
        submitted_at=u.now,
        seen_at=u.now,
        note=given.note,
        entered_by=u.actor.name,
    )
    u.session.add(row)
    u.session.flush()
    add_score(u, check, row)
    u.service(Search).refresh(u, KEY, [row.id])
    u.emit(FirmEvidenceChanged([firm.id], "digital_readiness answers entered"))
    return row.id


@requires("digital_readiness.enter")
def correct(u: UnitOfWork, response_id: int, given: CorrectionInput) -> None:
    """Change one answer with a reason, keep the old one in the history and add a new score; raises :class:`InvalidInput`."""
    row = _response_to_change(u, response_id)
    if row.revision != given.revision:
        raise StaleVersion(row.revision, last_changed_by(u, response_subject(row.id)))
    check = check_of(u, row.check_version_id)
    if given.item not in check.by_id:
        raise NotFound
    if not given.reason:
        raise InvalidInput(
            _l("Bitte prüfen Sie die Berichtigung."),
            {"reason": _l("Bitte schreiben Sie, warum Sie die Antwort ändern.")},
        )
    after = {key: value for key, value in row.answers.items() if key != given.item}
    if given.answer is not None:
        after[given.item] = given.answer
    _refuse_faults(check, after)
    after = asked_only(check, after)
    touched = {key: after.get(key) for key in {*row.answers, *after} if row.answers.get(key) != after.get(key)}
    if not touched:
        raise InvalidInput(
            _l("Bitte prüfen Sie die Berichtigung."), {"answer": _l("Diese Antwort ist schon eingetragen.")}
        )
    record_changes(u, response_subject(row.id), dict(row.answers), touched, given.reason)
    row.answers, row.revision, row.saved_at = after, row.revision + 1, u.now
    add_score(u, check, row)
    u.service(Search).refresh(u, KEY, [row.id])
    u.emit(FirmEvidenceChanged([row.firm_id], "digital_readiness answer corrected"))


@requires("digital_readiness.enter")
def mark_seen(u: UnitOfWork, response_id: int) -> None:
    """Note that the office has seen an answer."""
    row = _response_to_change(u, response_id)
    row.seen_at = row.seen_at or u.now


@requires("digital_readiness.enter")
def callback_done(u: UnitOfWork, response_id: int) -> None:
    """Note that a firm was called back as it wished."""
    row = _response_to_change(u, response_id)
    if row.callback_wished_at is not None and row.callback_done_at is None:
        row.callback_done_at = u.now
        row.seen_at = row.seen_at or u.now


def fault_sentences(check: Check, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return for each answer that does not fit the sentence to show beside it."""
    return {fault.item: _(fault.message) % dict(fault.params) for fault in answer_faults(check, answers)}


def _refuse_faults(check: Check, answers: Mapping[str, Answer]) -> None:
    if faults := fault_sentences(check, answers):
        raise InvalidInput(_l("Bitte prüfen Sie die markierten Antworten."), faults)


def _own_firm(u: UnitOfWork, firm_id: int, permission: str) -> FirmRef:
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden(permission)
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    return firm


def _to_invite(u: UnitOfWork, firm_id: int, given: InvitationInput) -> tuple[FirmRef, ContactRef]:
    firm = _own_firm(u, firm_id, "digital_readiness.invite")
    contact = next((c for c in u.service(Contacts).of_firm(u, firm.id) if c.id == given.contact_id), None)
    if contact is None:
        sentence = _l("Bitte wählen Sie eine Ansprechperson dieses Unternehmens.")
        raise InvalidInput(sentence, {"contact_id": sentence})
    if not contact.email:
        sentence = _l("Bei dieser Person ist keine E-Mail-Adresse eingetragen.")
        raise InvalidInput(sentence, {"contact_id": sentence})
    if SURVEY not in contact.mail_purposes:
        sentence = _l(
            "Für E-Mails zum Digitalcheck an diese Person ist weder eine Einwilligung noch eine andere Rechtsgrundlage"
            " eingetragen. Tragen Sie sie bei der Ansprechperson ein oder nutzen Sie den Papierbogen."
        )
        raise InvalidInput(sentence, {"contact_id": sentence})
    if given.language not in LANGUAGES:
        raise InvalidInput(_l("Bitte wählen Sie eine Sprache."), {"language": _l("Bitte wählen Sie eine Sprache.")})
    return firm, contact


def _inviting(u: UnitOfWork, firm: FirmRef, contact: ContactRef, language: str, token: str) -> Inviting:
    officer = u.service(Officers).get(u, u.actor.user_id) if u.actor.user_id else None
    return Inviting(u.service(Office), officer, firm, contact, language, token, day_of(u, u.now + links.ANSWER_WITHIN))


def _invitation_to_change(u: UnitOfWork, invitation_id: int) -> Invitation:
    row = u.session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    return _own(u, row, "digital_readiness.invite")


def _response_to_change(u: UnitOfWork, response_id: int) -> Response:
    row = u.session.get(Response, response_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state != "submitted":
        raise NotFound
    return _own(u, row, "digital_readiness.enter")


def _own(u: UnitOfWork, row: Row | None, permission: str) -> Row:
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(permission)
    return row
