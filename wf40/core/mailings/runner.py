"""Moves mailings on, some persons at a time. Any number of workers: each person once, nobody twice, nobody forgotten.

A slice is one short transaction: it claims persons who wait, asks anew whether each may be written to, notes what
becomes of them, and puts their mails into the outbox. A worker that is killed leaves whole slices only.
"""

import logging
import time
from datetime import timedelta

from sqlalchemy import Exists, delete, exists, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import OperationalError

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.accounts.queries import readable_units
from wf40.core.contacts import audience
from wf40.core.contacts.audience import Person
from wf40.core.mailings import codes, letters, mails, withdrawing
from wf40.core.mailings.models import Distribution, Mailing, MailingFile, MailingRecipient
from wf40.core.mailings.writing import signing

SLICE = 20
MOST_UNSENT = 2 * SLICE
"""So many mails of mailings may wait in the outbox: what waits there can hardly be stopped, and holds up other mails."""
SECONDS = 3.0
"""How long one mailing may keep others waiting in a tick."""
KEEP_FILES = timedelta(days=30)
log = logging.getLogger(__name__)
_SYSTEM = Actor.system("mailings")


def work(database: Database) -> None:
    """Move every mailing that runs. The worker's job."""
    with database.read(_SYSTEM) as u:
        running = list(u.session.scalars(select(Mailing.id).where(Mailing.state == codes.RUNNING).order_by(Mailing.id)))
    for mailing_id in running:
        advance(database, mailing_id)


def clear(database: Database) -> None:
    """Remove files of letters that nobody needs any more. A daily job."""
    with database.write(_SYSTEM) as u:
        u.session.execute(delete(MailingFile).where(MailingFile.made_at < u.now - KEEP_FILES))


def advance(database: Database, mailing_id: int, seconds: float = SECONDS) -> None:
    """Move one mailing until it ends, is stopped, or its time is over."""
    actor = _actor(database, mailing_id)
    deadline = time.monotonic() + seconds
    while actor is not None and _slice(database, mailing_id, actor):
        if time.monotonic() > deadline:
            return
    if actor is not None:
        _finish(database, mailing_id, actor)


def _actor(database: Database, mailing_id: int) -> Actor | None:
    """Return who writes: the product, limited to what the list's unit may read."""
    with database.read(_SYSTEM) as u:
        found = select(Distribution.unit_id).join(Mailing, Mailing.distribution_id == Distribution.id)
        unit_id = u.session.scalar(found.where(Mailing.id == mailing_id, Mailing.state == codes.RUNNING))
        if unit_id is None:
            return None
        return Actor("system", "mailings", unit_id=unit_id, units=readable_units(u, unit_id))


def _slice(database: Database, mailing_id: int, actor: Actor) -> bool:
    """Deal with some persons; tells whether there were any and the outbox has room."""
    with database.write(actor) as u:
        # Shared: other workers go on beside this one, and whoever stops the mailing waits for the end of the slice.
        row = u.session.scalar(select(Mailing).where(Mailing.id == mailing_id).with_for_update(read=True))
        if row is None or row.state != codes.RUNNING:
            return False
        if row.channel == codes.MAIL and withdrawing.unsent_mails(u) >= MOST_UNSENT:
            return False
        waiting = select(MailingRecipient).where(
            MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == codes.WAITING
        )
        claimed = waiting.order_by(MailingRecipient.id).limit(SLICE).with_for_update(skip_locked=True)
        recipients = list(u.session.scalars(claimed))
        its_list = u.session.get_one(Distribution, row.distribution_id)
        ids = [r.contact_id for r in recipients if r.contact_id is not None]
        people = {person.id: person for person in audience.persons(u, ids, its_list.purpose)}
        for recipient in recipients:
            _deal(u, row, recipient, people.get(recipient.contact_id or 0))
        return bool(recipients)


def _deal(u: UnitOfWork, row: Mailing, recipient: MailingRecipient, person: Person | None) -> None:
    recipient.at = u.now
    recipient.why = _hindrance(row.channel, person)
    if person is None or recipient.why:
        recipient.state = codes.SKIPPED
        return
    recipient.firm_id = person.firm_id
    if row.channel == codes.MAIL:
        try:
            with u.session.begin_nested():
                _send(u, row, recipient, person)
        except OperationalError:
            raise
        except Exception:
            log.exception("recipient %s of mailing %s failed", recipient.id, row.id)
            recipient.state, recipient.why, recipient.optout_digest = codes.FAILED, "error", None
            return
    recipient.state = codes.QUEUED


def _send(u: UnitOfWork, row: Mailing, recipient: MailingRecipient, person: Person) -> None:
    token = mails.new_token()
    recipient.optout_digest = mails.digest(token)
    u.send(mails.compose(u, row, person, signing(u, row), recipient.id, token))


def _hindrance(channel: str, person: Person | None) -> str:
    """Return the code of why somebody may not be written to, or nothing."""
    if person is None:
        return "gone"
    if person.archived:
        return "archived"
    if channel == codes.MAIL:
        return "" if person.may_mail else person.mail
    if person.no_post:
        return "no_post"
    return "" if person.may_post else "no_address"


def _finish(database: Database, mailing_id: int, actor: Actor) -> None:
    """Close a mailing in which nobody waits any more; letters are made before that."""
    with database.read(actor) as u:
        row = u.session.get(Mailing, mailing_id)
        waits = u.session.scalar(select(_waits(mailing_id)))
        if row is None or row.state != codes.RUNNING or waits:
            return
        is_letter = row.channel == codes.LETTER
    content, dropped = _letters(database, mailing_id, actor) if is_letter else (None, {})
    with database.write(actor) as u:
        ended = update(Mailing).where(Mailing.id == mailing_id, Mailing.state == codes.RUNNING, ~_waits(mailing_id))
        failed = is_letter and content is None
        values = {"state": codes.STOPPED, "error": "letters"} if failed else {"state": codes.DONE, "ended_at": u.now}
        result = u.session.execute(ended.values(**values).execution_options(synchronize_session=False))
        assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
        if result.rowcount != 1:
            return  # another worker was faster, or somebody stopped it
        if content is not None:
            u.session.merge(MailingFile(mailing_id=mailing_id, content=content, made_at=u.now))
            for recipient_id, why in dropped.items():
                recipient = u.session.get_one(MailingRecipient, recipient_id)
                recipient.state, recipient.why, recipient.at = codes.SKIPPED, why, u.now
        u.audit("mailing_failed" if failed else "mailing_done", f"mailing:{mailing_id}")


def _letters(database: Database, mailing_id: int, actor: Actor) -> tuple[bytes | None, dict[int, str]]:
    """Set the letters of everybody who is to get one; ``None`` when that is not possible.

    Besides, return which recipients dropped out since they were looked at, and why.
    """
    with database.read(actor) as u:
        row = u.session.get_one(Mailing, mailing_id)
        its_list = u.session.get_one(Distribution, row.distribution_id)
        theirs = select(MailingRecipient.id, MailingRecipient.contact_id).where(
            MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == codes.QUEUED
        )
        found = u.session.execute(theirs.order_by(MailingRecipient.id)).all()
        ids = [row.contact_id for row in found if row.contact_id is not None]
        persons = {person.id: person for person in audience.persons(u, ids, its_list.purpose)}
        hindered = {row.id: _hindrance(codes.LETTER, persons.get(row.contact_id)) for row in found}
        dropped = {recipient_id: why for recipient_id, why in hindered.items() if why}
        people = [persons[row.contact_id] for row in found if row.id not in dropped]
        data = letters.data_for(u, row, people, signing(u, row))
    try:
        return letters.compile_pdf(data), dropped
    except Exception:
        log.exception("the letters of mailing %s could not be made", mailing_id)
        return None, {}


def _waits(mailing_id: int) -> Exists:
    return exists().where(MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == codes.WAITING)
