"""What the holder of a personal link may do: open it, save, submit once, ask for a call."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from wf40.sdk.errors import DomainError, InvalidInput
from wf40.sdk.events import FirmEvidenceChanged, FirmResponded
from wf40.sdk.refs import FirmRef, OfficerRef
from wf40.sdk.services import Firms, Office, Officers, Search
from wf40.sdk.uow import UnitOfWork, requires
from wf40_digital_readiness import links
from wf40_digital_readiness.checks import ENGINE_VERSION, Answer, Check, unanswered_items, visible_items
from wf40_digital_readiness.letters import callback_letter
from wf40_digital_readiness.models import CheckVersion, Invitation, Response
from wf40_digital_readiness.office_day import today
from wf40_digital_readiness.published import check_of
from wf40_digital_readiness.scores import add_score, asked_only
from wf40_digital_readiness.service import fault_sentences
from wf40_digital_readiness.texts import KEY, _l

NOTICE_VERSION = "2026-1"
LONGEST_NOTE = 2000


class LinkClosed(DomainError):
    """The link is wrong, expired or revoked; which of them is not told."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_l("Dieser Link gilt nicht oder nicht mehr."))


@dataclass(frozen=True, slots=True)
class Visit:
    """What a link opens. ``response`` is ``None`` until somebody has pressed Start."""

    invitation: Invitation
    check: Check
    firm: FirmRef
    officer: OfficerRef | None
    response: Response | None

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The raw answers so far."""
        return self.response.answers if self.response else {}

    @property
    def answered_count(self) -> int:
        """How many of the questions asked so far have an answer; "don't know" is one."""
        asked = visible_items(self.check, self.answers)
        return len(asked) - len(unanswered_items(self.check, self.answers))

    @property
    def answered(self) -> bool:
        """Whether it was submitted."""
        return self.invitation.submitted_at is not None


@requires("digital_readiness.answer")
def holder_of(u: UnitOfWork, token: str) -> tuple[int, int] | None:
    """Return the ids of invitation and unit that a secret opens, ``None`` for a closed link."""
    row = u.session.scalar(select(Invitation).where(Invitation.token_digest == links.digest(token)))
    if row is None or links.standing(row, u.now) == "closed":
        return None
    return row.id, row.unit_id


@requires("digital_readiness.answer")
def visit(u: UnitOfWork, invitation_id: int) -> Visit:
    """Return what the link opens; raises :class:`LinkClosed`."""
    return _visit(u, u.session.get(Invitation, invitation_id))


@requires("digital_readiness.answer")
def begun(u: UnitOfWork, invitation_id: int) -> Visit:
    """Return what the link opens after Start was pressed; raises :class:`LinkClosed`, also when it was not."""
    found = _visit(u, u.session.get(Invitation, invitation_id))
    if found.response is None:
        raise LinkClosed
    return found


@requires("digital_readiness.answer")
def begin(u: UnitOfWork, invitation_id: int) -> Visit:
    """Start answering, or go on; raises :class:`LinkClosed`."""
    found = _visit(u, _locked(u, invitation_id))
    invitation = found.invitation
    if found.response is not None:
        return found
    version = u.session.get_one(CheckVersion, invitation.check_version_id)
    invitation.opened_at = invitation.opened_at or u.now
    row = Response(
        unit_id=invitation.unit_id,
        firm_id=invitation.firm_id,
        invitation_id=invitation.id,
        check_version_id=version.id,
        check_id=version.check_id,
        version=version.version,
        sha256=version.sha256,
        engine_version=ENGINE_VERSION,
        answers={},
        channel="link",
        language=invitation.language,
        notice_version=NOTICE_VERSION,
        state="draft",
        started_at=u.now,
        saved_at=u.now,
    )
    u.session.add(row)
    u.session.flush()
    return Visit(invitation, found.check, found.firm, found.officer, row)


@requires("digital_readiness.answer")
def save(u: UnitOfWork, invitation_id: int, given: Mapping[str, Answer | None], language: str) -> Visit:
    """Save some answers (``None`` takes one back); what was submitted stays as it is."""
    found = _visit(u, _locked(u, invitation_id))
    row = found.response
    if row is None or found.answered:
        return found
    after = {key: value for key, value in {**row.answers, **given}.items() if value is not None}
    if faults := fault_sentences(found.check, after):
        raise InvalidInput(_l("Bitte prüfen Sie die markierten Antworten."), faults)
    row.answers, row.saved_at, row.language = after, u.now, language
    return found


@requires("digital_readiness.answer")
def submit(u: UnitOfWork, invitation_id: int, note: str) -> Visit:
    """Submit once; a second time changes nothing. Raises :class:`InvalidInput` when nothing was answered."""
    found = _visit(u, _locked(u, invitation_id))
    row, invitation = found.response, found.invitation
    if row is None or found.answered:
        return found
    if not row.answers:
        raise InvalidInput(_l("Sie haben noch keine Frage beantwortet. Bitte beantworten Sie mindestens eine."))
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(_l("Der Hinweis ist zu lang. Bitte kürzen Sie ihn auf 2000 Zeichen."))
    row.answers, row.note, row.state = asked_only(found.check, row.answers), note, "submitted"
    row.submitted_at = row.saved_at = invitation.submitted_at = u.now
    row.answered_on = today(u)
    invitation.result_until = u.now + links.RESULT_FOR
    add_score(u, found.check, row)
    u.service(Search).refresh(u, KEY, [row.id])
    u.audit("digital_readiness_answered", found.firm.subject, {"response": row.id})
    u.emit(FirmEvidenceChanged([row.firm_id], "digital_readiness answers submitted"))
    u.emit(FirmResponded(row.firm_id, KEY, f"{KEY}:{row.id}", f"/p/{KEY}/antworten/{row.id}"))
    return found


@requires("digital_readiness.answer")
def wish_callback(u: UnitOfWork, invitation_id: int) -> None:
    """Note once that the firm wants to be called, and tell the officer by mail."""
    found = _visit(u, _locked(u, invitation_id))
    row = found.response
    if row is None or not found.answered or row.callback_wished_at is not None:
        return
    row.callback_wished_at = u.now
    officer = u.service(Officers).get(u, found.firm.officer_id) if found.firm.officer_id else found.officer
    officer = officer or found.officer
    if officer and officer.email:
        u.send(callback_letter(u.service(Office), officer, found.firm, row.id))


def _locked(u: UnitOfWork, invitation_id: int) -> Invitation | None:
    return u.session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)


def _visit(u: UnitOfWork, invitation: Invitation | None) -> Visit:
    if invitation is None or links.standing(invitation, u.now) == "closed":
        raise LinkClosed
    officer = u.service(Officers).get(u, invitation.officer_id) if invitation.officer_id else None
    response = u.session.scalar(select(Response).where(Response.invitation_id == invitation.id))
    firm = u.service(Firms).get(u, invitation.firm_id)
    return Visit(invitation, check_of(u, invitation.check_version_id), firm, officer, response)
