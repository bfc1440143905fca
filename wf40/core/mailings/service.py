"""Keeps distribution lists: makes them from what a list shows, ticks persons off, brings them up to date."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.mailings import codes, queries, results
from wf40.core.mailings.models import Distribution, DistributionMember, Mailing
from wf40.core.mailings.queries import distribution_to_edit
from wf40.core.mailings.rights import may_take_letters, readable_distribution
from wf40.core.mailings.rules import DistributionInput, check_distribution, check_title
from wf40.sdk.services import Search


@requires("mailings.edit")
def create_distribution(u: UnitOfWork, given: DistributionInput) -> int:
    """Store a list with the persons that its filter means now, all of them ticked; raises :class:`InvalidInput`."""
    if u.actor.unit_id is None:
        raise Forbidden("mailings.edit")
    check_distribution(given)
    selection = queries.selected(u, given.source, given.query, given.which)
    if not selection.ids:
        raise InvalidInput(_l("Zu dieser Auswahl gibt es keine Ansprechperson, die nicht archiviert ist."))
    row = Distribution(
        unit_id=u.actor.unit_id, title=given.title.strip(), purpose=codes.PURPOSE, source=given.source,
        query=given.query, which=given.which, filters=selection.filters, author_id=u.actor.user_id, created_at=u.now,
        updated_at=u.now, drawn_at=u.now,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    _add(u, row, selection.ids, left_out=False)
    u.audit("distribution_added", _subject(row), {"persons": len(selection.ids)})
    u.service(Search).refresh(u, "distribution", [row.id])
    return row.id


@requires("mailings.edit")
def rename_distribution(u: UnitOfWork, distribution_id: int, version: int, title: str) -> None:
    """Give a list another name; raises :class:`StaleVersion` when somebody else saved meanwhile."""
    row = _locked(u, distribution_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, _subject(row)))
    check_title(title)
    if record_changes(u, _subject(row), {"title": row.title}, {"title": title.strip()}):
        row.title = title.strip()
        _touch(u, row)
        u.audit("distribution_changed", _subject(row), {"fields": ["title"]})
        u.service(Search).refresh(u, "distribution", [row.id])


@requires("mailings.edit")
def keep_ticks(u: UnitOfWork, distribution_id: int, shown: Collection[int], ticked: Collection[int]) -> None:
    """Store which of the shown persons are ticked; those on other pages stay as they are."""
    row = _locked(u, distribution_id)
    before = {
        contact_id: not left_out
        for contact_id, left_out in u.session.execute(
            select(DistributionMember.contact_id, DistributionMember.left_out).where(
                DistributionMember.distribution_id == row.id, DistributionMember.contact_id.in_(shown)
            )
        )
    }
    wanted = {contact_id: contact_id in ticked for contact_id in before}
    changed = [contact_id for contact_id, tick in wanted.items() if before[contact_id] != tick]
    for tick in (True, False):
        ids = [contact_id for contact_id in changed if wanted[contact_id] is tick]
        theirs = DistributionMember.distribution_id == row.id, DistributionMember.contact_id.in_(ids)
        u.session.execute(update(DistributionMember).where(*theirs).values(left_out=not tick))
    if changed:
        _touch(u, row)
        u.audit("distribution_ticked", _subject(row), {"persons": len(changed)})


@requires("mailings.edit")
def bring_up_to_date(
    u: UnitOfWork, distribution_id: int, shown: Collection[int], come: Collection[int], go: Collection[int]
) -> None:
    """Take the persons from the filter anew: of those who would come and go, the ticked ones do.

    Somebody new who was shown and not ticked is remembered as left out, and not offered as new again; who was not
    shown, having come since, is offered the next time.
    """
    row = _locked(u, distribution_id)
    found = queries.changes(u, row)
    new = [person.id for person in found.come if person.id in shown]
    gone = [person.id for person in found.go if person.id in go]
    _add(u, row, [i for i in new if i in come], left_out=False)
    _add(u, row, [i for i in new if i not in come], left_out=True)
    for part in portions(gone):
        some = DistributionMember.contact_id.in_(part)
        u.session.execute(delete(DistributionMember).where(DistributionMember.distribution_id == row.id, some))
    row.filters = queries.selected(u, row.source, row.query, row.which).filters
    row.drawn_at = u.now
    _touch(u, row)
    u.audit("distribution_updated", _subject(row), {"came": len([i for i in new if i in come]), "went": len(gone)})


@requires("mailings.edit")
def archive_distribution(u: UnitOfWork, distribution_id: int) -> None:
    """Take a list out of the overview; nothing is lost. Refused while something is being sent to it."""
    row = _locked(u, distribution_id)
    running = select(Mailing.id).where(Mailing.distribution_id == row.id, Mailing.state == codes.RUNNING)
    if u.session.scalar(running.limit(1)) is not None:
        raise InvalidInput(_l("An diesen Verteiler wird gerade geschrieben. Halten Sie das zuerst an oder warten Sie."))
    _set_archived(u, row, u.now)


@requires("mailings.edit")
def restore_distribution(u: UnitOfWork, distribution_id: int) -> None:
    """Bring an archived list back."""
    _set_archived(u, _locked(u, distribution_id), None)


@requires("mailings.export")
def note_export(u: UnitOfWork, distribution_id: int, persons: int) -> None:
    """Audit that somebody takes the persons of a list out."""
    u.audit("export", _subject(readable_distribution(u, distribution_id)), {"persons": persons})


@requires("mailings.read")
def take_letters(u: UnitOfWork, distribution_id: int, mailing_id: int | None) -> tuple[int, bytes]:
    """Return the number and the file of letters, and audit that somebody takes them out; see `results.letters`."""
    if not may_take_letters(u, readable_distribution(u, distribution_id)):
        raise Forbidden("mailings.export")
    number, content = results.letters(u, distribution_id, mailing_id)
    u.audit("export", f"mailing:{number}", {"persons": results.counts(u, number).get(codes.QUEUED, 0)})
    return number, content


def _locked(u: UnitOfWork, distribution_id: int) -> Distribution:
    """Return a list for changing, as it is now; nobody else changes it until the transaction ends."""
    row = distribution_to_edit(u, distribution_id)
    u.session.refresh(row, with_for_update=True)
    return row


def _add(u: UnitOfWork, row: Distribution, ids: list[int], *, left_out: bool) -> None:
    if ids:
        rows = [{"distribution_id": row.id, "contact_id": i, "left_out": left_out} for i in dict.fromkeys(ids)]
        u.session.execute(insert(DistributionMember), rows)


def _set_archived(u: UnitOfWork, row: Distribution, moment: datetime | None) -> None:
    if (row.archived_at is None) == (moment is None):
        return
    record_changes(u, _subject(row), {"archived_at": row.archived_at}, {"archived_at": moment})
    row.archived_at = moment
    _touch(u, row)
    u.audit("distribution_archived" if moment else "distribution_restored", _subject(row))


def _touch(u: UnitOfWork, row: Distribution) -> None:
    row.version += 1
    row.updated_at = u.now


def _subject(row: Distribution) -> str:
    return f"distribution:{row.id}"
