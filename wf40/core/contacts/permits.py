"""What permits writing to a person: consents and legal bases, and the opt-outs that are stronger than both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.models import Consent, Contact, OptOut


@dataclass(frozen=True, slots=True)
class MailPermit:
    """For which purposes mails to a person are permitted, and which the person has opted out of."""

    purposes: frozenset[str]
    opted_out: frozenset[str]
    by_basis: bool


def of_mails(u: UnitOfWork, rows: Sequence[Contact]) -> Mapping[int, MailPermit]:
    """Return what permits mails to each of the persons, whom the caller may read."""
    ids = [row.id for row in rows]
    consented, opted_out = _consented(u, ids), opt_outs(u, ids, codes.MAIL)
    return {row.id: _permit(row, consented.get(row.id, set()), opted_out.get(row.id, set())) for row in rows}


def opt_outs(u: UnitOfWork, contact_ids: Sequence[int], channel: str) -> Mapping[int, set[str]]:
    """Return the purposes that persons have opted out of for one channel, by id."""
    columns = select(OptOut.contact_id, OptOut.purpose).where(OptOut.channel == channel, OptOut.lifted_at.is_(None))
    return _gathered(
        row for some in portions(contact_ids) for row in u.session.execute(columns.where(OptOut.contact_id.in_(some)))
    )


def _permit(row: Contact, consented: set[str], opted_out: set[str]) -> MailPermit:
    wanted = set(codes.PURPOSES) if row.mail_basis else consented
    reachable = bool(row.email) and row.archived_at is None
    return MailPermit(
        frozenset(wanted - opted_out) if reachable else frozenset(), frozenset(opted_out), bool(row.mail_basis)
    )


def _consented(u: UnitOfWork, contact_ids: Sequence[int]) -> Mapping[int, set[str]]:
    columns = select(Consent.contact_id, Consent.purpose).where(
        Consent.channel == codes.MAIL, Consent.withdrawn_at.is_(None)
    )
    return _gathered(
        row for some in portions(contact_ids) for row in u.session.execute(columns.where(Consent.contact_id.in_(some)))
    )


def _gathered(rows: Iterable[tuple[int, str]]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = {}
    for contact_id, purpose in rows:
        found.setdefault(contact_id, set()).add(purpose)
    return found
