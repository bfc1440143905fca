"""Reads mailings and what became of them for each person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, case, cast, func, literal, or_, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.outbox import WITHDRAWN, OutboxMail
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.contacts import audience
from wf40.core.contacts.audience import Person
from wf40.core.mailings import codes
from wf40.core.mailings.models import Distribution, Mailing, MailingFile, MailingRecipient
from wf40.core.mailings.rights import demand_own_unit, readable_distribution
from wf40.sdk.paging import Page, page_of
from wf40.sdk.statements import kept, of_units

PER_PAGE = 50
RECIPIENT = "mailing_recipient:"
"""How mails name the recipient whose they are, before the number."""


@dataclass(frozen=True, slots=True)
class MailingLine:
    """A mailing as lists show it; ``counts`` by what became of it for the persons."""

    id: int
    distribution_id: int
    channel: str
    subject: str
    state: str
    author: str
    at: datetime
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many persons it was meant for."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """What became of a mailing for one person; ``None`` for somebody who is no longer there."""

    person: Person | None
    state: str
    why: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the mail server said of the mails that were handed over to be sent."""

    accepted: int
    waiting: int
    given_up: int


@dataclass(frozen=True, slots=True)
class FirmEntry:
    """That somebody of a firm was written to."""

    mailing_id: int
    channel: str
    subject: str
    at: datetime
    author: str
    contact_id: int | None


@requires("mailings.read")
def mailing(u: UnitOfWork, mailing_id: int) -> tuple[Mailing, Distribution]:
    """Return a mailing and its list; raises :class:`NotFound`."""
    row = u.session.get(Mailing, mailing_id)
    if row is None:
        raise NotFound
    return row, readable_distribution(u, row.distribution_id)


@requires("mailings.edit")
def mailing_to_edit(u: UnitOfWork, mailing_id: int) -> tuple[Mailing, Distribution]:
    """Return a mailing and its list for changing; raises :class:`NotFound` or :class:`Forbidden`."""
    row, its_list = mailing(u, mailing_id)
    return row, demand_own_unit(u, its_list)


@requires("mailings.read")
def mailings_of(u: UnitOfWork, distribution_id: int) -> list[MailingLine]:
    """Return the mailings of a list, the newest first; raises :class:`NotFound`."""
    its_list = readable_distribution(u, distribution_id)
    rows = list(
        u.session.scalars(
            select(Mailing).where(Mailing.distribution_id == its_list.id).order_by(Mailing.id.desc()).limit(200)
        )
    )
    counted = _counts(u, [row.id for row in rows])
    authors = officer_names(u, [row.author_id for row in rows if row.author_id is not None])
    return [
        MailingLine(
            row.id, row.distribution_id, row.channel, row.subject, row.state, authors.get(row.author_id or 0, ""),
            row.started_at or row.updated_at, counted.get(row.id, {}),
        )
        for row in rows
    ]  # fmt: skip


@requires("mailings.read")
def counts(u: UnitOfWork, mailing_id: int) -> Mapping[str, int]:
    """Return how many persons stand where, by state; raises :class:`NotFound`."""
    row, _list = mailing(u, mailing_id)
    return _counts(u, [row.id]).get(row.id, {})


@requires("mailings.read")
def reasons(u: UnitOfWork, mailing_id: int) -> list[tuple[str, int]]:
    """Return why persons were left out and how many, the most frequent reason first; raises :class:`NotFound`."""
    row, _list = mailing(u, mailing_id)
    number = func.count()
    rows = select(MailingRecipient.why, number).where(MailingRecipient.mailing_id == row.id, MailingRecipient.why != "")
    found = u.session.execute(rows.group_by(MailingRecipient.why).order_by(number.desc(), MailingRecipient.why))
    return list(found)


@requires("mailings.read")
def recipients(u: UnitOfWork, mailing_id: int, state: str = "", page: int = 1) -> Page[RecipientLine]:
    """Return one page of the persons of a mailing, those that were left out first; raises :class:`NotFound`."""
    row, its_list = mailing(u, mailing_id)
    columns = (MailingRecipient.contact_id, MailingRecipient.state, MailingRecipient.why, MailingRecipient.at)
    rows: Select[Any] = select(*columns).where(MailingRecipient.mailing_id == row.id)  # type: ignore[assignment]
    if state:
        rows = rows.where(MailingRecipient.state == state)
    places = {codes.FAILED: 0, codes.SKIPPED: 1, codes.WAITING: 2}
    first = case(places, value=MailingRecipient.state, else_=len(places))

    def build(found: Sequence[Any]) -> list[RecipientLine]:
        ids = [r.contact_id for r in found if r.contact_id is not None]
        people = {person.id: person for person in audience.persons(u, ids, its_list.purpose)}
        return [RecipientLine(people.get(r.contact_id), r.state, r.why, r.at) for r in found]

    return page_of(u, rows.order_by(first, MailingRecipient.id), page, PER_PAGE, build)


@requires("mailings.read")
def delivery(u: UnitOfWork, mailing_id: int) -> Delivery:
    """Return how far the mail server has come with the mails of a mailing; raises :class:`NotFound`."""
    row, _list = mailing(u, mailing_id)
    its_mail = OutboxMail.subject_ref == literal(RECIPIENT) + cast(MailingRecipient.id, String)
    rows = (
        select(
            func.count(OutboxMail.done_at),
            func.count(OutboxMail.id).filter(OutboxMail.done_at.is_(None), OutboxMail.failed_at.is_(None)),
            func.count(OutboxMail.failed_at).filter(OutboxMail.last_error != WITHDRAWN),
        )
        .select_from(MailingRecipient)
        .join(OutboxMail, and_(its_mail, MailingRecipient.mailing_id == row.id))
    )
    return Delivery(*u.session.execute(rows).one())


@requires("mailings.read")
def letters(u: UnitOfWork, distribution_id: int, mailing_id: int | None) -> tuple[int, bytes]:
    """Return the number and the file of the letters of a list, the newest ones unless named; raises `NotFound`."""
    its_list = readable_distribution(u, distribution_id)
    rows = select(Mailing.id, MailingFile.content).join(MailingFile, MailingFile.mailing_id == Mailing.id)
    rows = rows.where(Mailing.distribution_id == its_list.id).order_by(Mailing.id.desc())
    found = u.session.execute(rows.where(Mailing.id == mailing_id) if mailing_id is not None else rows.limit(1)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


@requires("mailings.read")
def has_letters(u: UnitOfWork, mailing_id: int) -> bool:
    """Tell whether the letters of a mailing can still be taken out."""
    return u.session.scalar(select(MailingFile.mailing_id).where(MailingFile.mailing_id == mailing_id)) is not None


@requires("mailings.read")
def written_to_firm(u: UnitOfWork, firm_id: int, limit: int) -> list[FirmEntry]:
    """Return the newest mailings to persons of a firm."""
    found = u.session.execute(_written_to_firm(u), {"firm": firm_id, "most": limit}).all()
    authors = officer_names(u, [row.author_id for row in found if row.author_id is not None])
    return [
        FirmEntry(row.id, row.channel, row.subject, row.at, authors.get(row.author_id or 0, ""), row.contact_id)
        for row in found
    ]


@kept
def _written_to_firm(u: UnitOfWork) -> Select[Any]:
    columns: list[Any] = [Mailing.id, Mailing.channel, Mailing.subject, MailingRecipient.at, Mailing.author_id]
    rows = (
        select(*columns, MailingRecipient.contact_id)
        .join(MailingRecipient, MailingRecipient.mailing_id == Mailing.id)
        .join(Distribution, Distribution.id == Mailing.distribution_id)
        .where(MailingRecipient.firm_id == bindparam("firm"), MailingRecipient.state == codes.QUEUED)
    )
    rows = rows.where(or_(Mailing.channel != codes.LETTER, Mailing.state == codes.DONE))
    newest = rows.where(of_units(u, Distribution.unit_id))
    return newest.order_by(MailingRecipient.at.desc(), MailingRecipient.id.desc()).limit(bindparam("most"))


def _counts(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
    rows = select(MailingRecipient.mailing_id, MailingRecipient.state, func.count())
    rows = rows.where(MailingRecipient.mailing_id.in_(ids))
    found: dict[int, dict[str, int]] = {}
    grouped = rows.group_by(MailingRecipient.mailing_id, MailingRecipient.state)
    for mailing_id, state, number in u.session.execute(grouped):
        found.setdefault(mailing_id, {})[state] = number
    return found
