"""The invitation as something that a campaign of the office sends to many firms."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select

from wf40.sdk.errors import InvalidInput
from wf40.sdk.services import Contacts
from wf40.sdk.uow import UnitOfWork, requires
from wf40.sdk.work import Outreach, Reply
from wf40_digital_readiness import queries, service
from wf40_digital_readiness.models import Invitation
from wf40_digital_readiness.office_day import day_of, today
from wf40_digital_readiness.scope import readable
from wf40_digital_readiness.texts import KEY, _l

NOT_AGAIN_WITHIN = timedelta(days=90)
_REPLIES: dict[str, Reply] = {
    "invited": "sent", "begun": "opened", "answered": "answered", "expired": "expired", "revoked": "revoked",
}  # fmt: skip


def outreach() -> Outreach:
    """Return what a campaign can send."""
    return Outreach(
        KEY,
        _l("Einladung zum Kurzcheck Digital"),
        service.SURVEY,
        "digital_readiness.invite",
        invite,
        replies,
        _url,
        standing,
        preview,
    )


@requires("digital_readiness.invite")
def invite(u: UnitOfWork, firm_id: int, contact_id: int) -> int:
    """Invite one person in their language and return the invitation's id.

    Raises :class:`InvalidInput`, also for a firm that was invited or answered otherwise not long ago: nobody is to be
    asked twice by one office.
    """
    standing = queries.of_firm(u, firm_id)
    if standing.invitation is not None:
        until = day_of(u, standing.invitation.expires_at).strftime("%d.%m.%Y")
        raise InvalidInput(_l("Dieses Unternehmen hat schon eine Einladung; ihr Link gilt bis zum %(day)s.", day=until))
    answered_on = standing.row.answered_on if standing.row else None
    if answered_on is not None and answered_on > today(u) - NOT_AGAIN_WITHIN:
        day = answered_on.strftime("%d.%m.%Y")
        raise InvalidInput(_l("Dieses Unternehmen hat den Kurzcheck am %(day)s beantwortet.", day=day))
    return service.invite(u, firm_id, _given(u, firm_id, contact_id))


@requires("digital_readiness.invite")
def preview(u: UnitOfWork, firm_id: int, contact_id: int) -> tuple[str, str]:
    """Return subject and text of the mail to one person in their language, without the secret of its link."""
    return service.letter_preview(u, firm_id, _given(u, firm_id, contact_id))


@requires("digital_readiness.read")
def replies(u: UnitOfWork, numbers: Collection[int]) -> Mapping[int, Reply]:
    """Return how far the firms got with their invitations."""
    rows = select(Invitation.id, queries.invitation_state(u.now)).where(
        Invitation.id.in_(numbers), readable(u, Invitation.unit_id)
    )
    return {number: _REPLIES[state] for number, state in u.session.execute(rows)}


@requires("digital_readiness.read")
def standing(u: UnitOfWork, firm_ids: Collection[int]) -> Mapping[int, Reply]:
    """Return the firms with an open invitation or an answer of the last :data:`NOT_AGAIN_WITHIN`."""
    answers = queries.newest_responses().subquery()
    recent = answers.c.answered_on > today(u) - NOT_AGAIN_WITHIN
    answered = select(answers.c.firm_id).where(answers.c.firm_id.in_(firm_ids), recent, readable(u, answers.c.unit_id))
    still_open = queries.invitation_state(u.now).in_(("invited", "begun"))
    invited = select(Invitation.firm_id).where(
        Invitation.firm_id.in_(firm_ids), still_open, readable(u, Invitation.unit_id)
    )
    found: dict[int, Reply] = dict.fromkeys(u.session.scalars(answered), "answered")
    return found | dict.fromkeys(u.session.scalars(invited), "sent")


def _given(u: UnitOfWork, firm_id: int, contact_id: int) -> service.InvitationInput:
    contact = next((c for c in u.service(Contacts).of_firm(u, firm_id) if c.id == contact_id), None)
    language = contact.language if contact and contact.language in service.LANGUAGES else "de"
    return service.InvitationInput(contact_id, language)


def _url(number: int) -> str:
    return f"/p/{KEY}/einladungen/{number}"
