"""Writes to a list: a draft, a test to oneself, the start, and stopping what runs. `runner` does the rest."""

from sqlalchemy import delete, insert

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import audience
from wf40.core.contacts.audience import Person
from wf40.core.mailings import codes, mails, queries, results, withdrawing
from wf40.core.mailings.models import Distribution, Mailing, MailingRecipient
from wf40.core.mailings.queries import distribution_to_edit
from wf40.core.mailings.rules import MailingInput, check_mailing
from wf40.sdk.refs import OfficerRef
from wf40.sdk.services import Officers


@requires("mailings.edit")
def add_mailing(u: UnitOfWork, distribution_id: int, given: MailingInput) -> int:
    """Store a draft and return its id; raises :class:`InvalidInput`."""
    its_list = distribution_to_edit(u, distribution_id)
    if its_list.archived_at is not None:
        raise InvalidInput(_l("Dieser Verteiler ist archiviert. Stellen Sie ihn zuerst wieder her."))
    check_mailing(given)
    row = Mailing(
        distribution_id=its_list.id, channel=given.channel, subject=given.subject.strip(), body=given.body,
        author_id=u.actor.user_id, created_at=u.now, updated_at=u.now,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    u.audit("mailing_added", _subject(row), {"distribution": its_list.id})
    return row.id


@requires("mailings.edit")
def change_mailing(u: UnitOfWork, mailing_id: int, version: int, given: MailingInput) -> None:
    """Save a draft; raises :class:`StaleVersion` when somebody saved meanwhile, :class:`InvalidInput` once it runs."""
    row, _list = _locked(u, mailing_id)
    _demand(row, codes.DRAFT)
    if row.version != version:
        raise StaleVersion(row.version)
    check_mailing(given)
    row.channel, row.subject, row.body = given.channel, given.subject.strip(), given.body
    row.version += 1
    row.updated_at = u.now
    u.audit("mailing_changed", _subject(row))


@requires("mailings.edit")
def discard_mailing(u: UnitOfWork, mailing_id: int) -> int:
    """Remove a draft and return the id of its list."""
    row, its_list = _locked(u, mailing_id)
    _demand(row, codes.DRAFT)
    u.audit("mailing_discarded", _subject(row))
    u.session.execute(delete(Mailing).where(Mailing.id == row.id))
    return its_list.id


@requires("mailings.edit")
def send_test(u: UnitOfWork, mailing_id: int, person_id: int | None) -> str:
    """Send the mail, as a person would get it, to oneself; returns the address."""
    row, its_list = results.mailing_to_edit(u, mailing_id)
    person = sample(u, its_list, person_id)
    officer = signing(u, row)
    if person is None or officer is None or not officer.email or row.channel != codes.MAIL:
        raise InvalidInput(
            _l("Eine Testmail ist hier nicht möglich: Der Verteiler ist leer, oder Sie haben keine Adresse.")
        )
    u.send(mails.trial_letter(u, row, person, officer))
    u.audit("mailing_tested", _subject(row))
    return officer.email


@requires("mailings.edit")
def start_mailing(u: UnitOfWork, mailing_id: int, version: int) -> int:
    """Let a draft go out to everybody who is ticked now, and return how many that are.

    Raises :class:`StaleVersion` for a draft that was changed since it was looked at.
    """
    row, its_list = _locked(u, mailing_id)
    _demand(row, codes.DRAFT)
    if row.version != version:
        raise StaleVersion(row.version)
    if its_list.archived_at is not None:
        raise InvalidInput(_l("Dieser Verteiler ist archiviert. Stellen Sie ihn zuerst wieder her."))
    people = queries.chosen_persons(u, its_list)
    if not any(person.may_mail if row.channel == codes.MAIL else person.may_post for person in people):
        raise InvalidInput(_l("Auf diesem Verteiler steht niemand, der so angeschrieben werden kann."))
    rows = [{"mailing_id": row.id, "contact_id": person.id, "firm_id": person.firm_id} for person in people]
    u.session.execute(insert(MailingRecipient), rows)
    row.state, row.started_at, row.author_id = codes.RUNNING, u.now, u.actor.user_id
    row.version += 1
    u.audit("mailing_started", _subject(row), {"persons": len(rows)})
    return len(rows)


@requires("mailings.edit")
def stop_mailing(u: UnitOfWork, mailing_id: int) -> None:
    """Let nobody further be written to; mails that have not left yet are taken back, what has left is not."""
    row, _list = _locked(u, mailing_id)
    _demand(row, codes.RUNNING)
    row.state = codes.STOPPED
    u.audit("mailing_stopped", _subject(row), {"taken_back": withdrawing.take_back_mailing(u, row.id)})


@requires("mailings.edit")
def resume_mailing(u: UnitOfWork, mailing_id: int) -> None:
    """Go on with what was stopped."""
    row, _list = _locked(u, mailing_id)
    _demand(row, codes.STOPPED)
    row.state, row.error = codes.RUNNING, ""
    withdrawing.wait_again(u, row.id)
    u.audit("mailing_resumed", _subject(row))


@requires("mailings.read")
def sample(u: UnitOfWork, its_list: Distribution, person_id: int | None) -> Person | None:
    """Return the person of a list whom a preview is for: the wanted one, else the first."""
    ids = queries.chosen_ids(u, its_list)
    wanted = person_id if person_id in ids else next(iter(ids), None)
    found = audience.persons(u, [wanted], its_list.purpose) if wanted is not None else []
    return found[0] if found else None


@requires("mailings.read")
def signing(u: UnitOfWork, row: Mailing) -> OfficerRef | None:
    """Return who signs: of a draft whoever looks at it and may start it, else who started it."""
    user_id = row.author_id
    if row.state == codes.DRAFT and u.actor.may("mailings.edit"):
        user_id = u.actor.user_id
    return u.service(Officers).get(u, user_id) if user_id is not None else None


def _locked(u: UnitOfWork, mailing_id: int) -> tuple[Mailing, Distribution]:
    """Return a mailing that nobody else changes until the transaction ends."""
    row, its_list = results.mailing_to_edit(u, mailing_id)
    u.session.refresh(row, with_for_update=True)
    return row, its_list


def _demand(row: Mailing, state: str) -> None:
    if row.state != state:
        raise InvalidInput(
            _l("Das ist nicht mehr möglich, denn der Stand ist inzwischen: %(state)s.", state=codes.STATES[row.state])
        )


def _subject(row: Mailing) -> str:
    return f"mailing:{row.id}"
