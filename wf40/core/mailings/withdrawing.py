"""Takes back mails of mailings that have not left yet: of a person who wants no more, or of a mailing that is stopped."""

from sqlalchemy import ColumnElement, String, cast, func, literal, select, update

from wf40.base import outbox
from wf40.base.outbox import OutboxMail
from wf40.base.uow import UnitOfWork
from wf40.core.mailings import codes
from wf40.core.mailings.models import Distribution, Mailing, MailingRecipient
from wf40.core.mailings.results import RECIPIENT

_UNSENT = OutboxMail.done_at.is_(None), OutboxMail.failed_at.is_(None)


class UnsentMails:
    """Implements :class:`wf40.core.contacts.unsent.Unsent`."""

    def take_back(self, u: UnitOfWork, contact_id: int, purpose: str, why: str) -> None:
        """Take back what waits for this person, in the transaction that notes what the person wants."""
        its_lists = select(Mailing.id).join(Distribution, Distribution.id == Mailing.distribution_id)
        asked = MailingRecipient.mailing_id.in_(its_lists.where(Distribution.purpose == purpose))
        _take_back(u, why, MailingRecipient.contact_id == contact_id, asked)


def take_back_mailing(u: UnitOfWork, mailing_id: int) -> int:
    """Take back what of a mailing has not left yet; returns how many mails."""
    return _take_back(u, codes.HALTED, MailingRecipient.mailing_id == mailing_id)


def wait_again(u: UnitOfWork, mailing_id: int) -> None:
    """Let those wait again whose mail was taken back when the mailing was stopped."""
    halted = update(MailingRecipient).where(
        MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == codes.SKIPPED,
        MailingRecipient.why == codes.HALTED,
    )  # fmt: skip
    values = {"state": codes.WAITING, "why": "", "at": None}
    u.session.execute(halted.values(values), execution_options={"synchronize_session": False})


def unsent_mails(u: UnitOfWork) -> int:
    """Return how many mails of mailings wait for the mail server."""
    mine = OutboxMail.subject_ref.startswith(RECIPIENT, autoescape=True)
    return u.session.scalar(select(func.count(OutboxMail.id)).where(mine, *_UNSENT)) or 0


def _take_back(u: UnitOfWork, why: str, *whose: ColumnElement[bool]) -> int:
    its_mail = OutboxMail.subject_ref == literal(RECIPIENT) + cast(MailingRecipient.id, String)
    rows = select(MailingRecipient).join(OutboxMail, its_mail)
    waiting = list(u.session.scalars(rows.where(MailingRecipient.state == codes.QUEUED, *_UNSENT, *whose)))
    taken = outbox.take_back(u.session, [f"{RECIPIENT}{row.id}" for row in waiting], u.now)
    for row in waiting:
        if f"{RECIPIENT}{row.id}" in taken:
            row.state, row.why, row.at = codes.SKIPPED, why, u.now
    return len(taken)
