"""The link for opting out: what it is about, and the opt-out itself. Whoever holds the secret holds just this right."""

from dataclasses import dataclass

from sqlalchemy import select

from wf40.base.access import Actor, requires
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import optouts
from wf40.core.mailings import mails
from wf40.core.mailings.models import Distribution, Mailing, MailingRecipient

RIGHT = "mailings.opt_out"
# Not limited to a unit: the secret alone says whom it is about, and the two rights allow nothing else.
VISITOR = Actor(
    "public", "Person über den Link zum Abmelden", units=None, permissions=frozenset({RIGHT, optouts.LINK_RIGHT})
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a secret opens."""

    recipient_id: int
    contact_id: int
    purpose: str


@requires(RIGHT)
def held(u: UnitOfWork, token: str) -> Held | None:
    """Return what a secret opens, ``None`` for an unknown one or when the person is gone."""
    rows = (
        select(MailingRecipient.id, MailingRecipient.contact_id, Distribution.purpose)
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .join(Distribution, Distribution.id == Mailing.distribution_id)
        .where(MailingRecipient.optout_digest == mails.digest(token))
    )
    found = u.session.execute(rows).first()
    if found is None or found.contact_id is None:
        return None
    return Held(found.id, found.contact_id, found.purpose)


@requires(RIGHT)
def used(u: UnitOfWork, found: Held) -> bool:
    """Tell whether the person has opted out already."""
    return optouts.is_opted_out(u, found.contact_id, found.purpose)


@requires(RIGHT)
def opt_out(u: UnitOfWork, found: Held, how: str, *, surveys: bool = False) -> None:
    """Note that the person wants no more mails for the purpose; repeating it changes nothing.

    With ``surveys`` the person wants no invitations to checks either.
    """
    for purpose in dict.fromkeys([found.purpose, *(["survey"] if surveys else [])]):
        optouts.opt_out_by_link(u, found.contact_id, purpose, how)
    u.audit("opted_out_by_link", f"mailing_recipient:{found.recipient_id}", {"how": how})
