"""What a firm that is merged was sent comes along."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.mailings import codes
from wf40.core.mailings.models import DistributionMember, Mailing, MailingRecipient
from wf40.sdk import merging
from wf40.sdk.services import Contacts
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "mailing_recipients", _l("Empfangene Rundschreiben")
PLACES = "distribution_members", _l("Plätze in Verteilern")
_REACHED = (codes.QUEUED,)
_GOING_ON = (codes.DRAFT, codes.RUNNING, codes.STOPPED)


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, MailingRecipient.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, MailingRecipient.firm_id, KEY, LABEL, keep, gone, moved)]


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move places in lists and received mails. Whoever was left out of a list in either entry is left out.

    Not when asked once more after merging: whom people put into a list since then is in it.
    """
    merged = u.service(Contacts).get(u, gone).id != gone
    left_out = [] if merged else _left_out(u, keep, gone)
    lists = merging.move_rows(u, DistributionMember.contact_id, keep, gone)
    own = {row.mailing_id: row for row in _received(u, keep)}
    both = [(own[row.mailing_id], row) for row in _received(u, gone) if row.mailing_id in own]
    open_before = [row.id for pair in both for row in pair if row.state == codes.WAITING]
    swapped = [(a.id, b.id) for a, b in both if b.state in _REACHED and a.state not in _REACHED]
    keys = merging.move_rows(u, MailingRecipient.contact_id, keep, gone, but=[b.id for _a, b in both])
    for first, second in swapped:
        _swap(u, first, second)
    note = _l("In %(n)s Rundschreiben standen beide Einträge.", n=len(both)) if both else ""
    data = {"ids": keys, "swapped": [list(two) for two in swapped], "open": open_before}
    return [
        Moved(*PLACES, len(lists), {"ids": lists, "left_out": left_out}),
        Moved(KEY, LABEL, len(keys) + len(swapped), data, note),
    ]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    _open_again(u, moved.get(KEY, {}).get("open", []))
    swapped = moved.get(KEY, {}).get("swapped", [])
    back = sum(_swap(u, second, first) for first, second in swapped)
    told = merging.put_back(u, MailingRecipient.contact_id, KEY, LABEL, keep, gone, moved)
    for list_id in moved.get(PLACES[0], {}).get("left_out", []):
        place = u.session.get(DistributionMember, (list_id, keep))
        if place is not None:
            place.left_out = False
    u.session.flush()
    return [
        PutBack(KEY, LABEL, told.count + back, told.stays + len(swapped) - back),
        merging.put_back(u, DistributionMember.contact_id, *PLACES, keep, gone, moved),
    ]


def _left_out(u: UnitOfWork, keep: int, gone: int) -> list[int]:
    """Leave the kept entry out of the lists that the other one was left out of; returns which."""
    theirs = select(DistributionMember.distribution_id).where(
        DistributionMember.contact_id == gone, DistributionMember.left_out.is_(True)
    )
    own = select(DistributionMember).where(
        DistributionMember.contact_id == keep, DistributionMember.left_out.is_(False),
        DistributionMember.distribution_id.in_(theirs),
    )  # fmt: skip
    places = list(u.session.scalars(own.order_by(DistributionMember.distribution_id)))
    for place in places:
        place.left_out = True
    u.session.flush()
    return [place.distribution_id for place in places]


def _open_again(u: UnitOfWork, ids: list[int]) -> None:
    """Let those wait again who were left out only because their entry was in the archive, while the mailing goes on."""
    rows = select(MailingRecipient).where(
        MailingRecipient.id.in_(ids), MailingRecipient.state == codes.SKIPPED, MailingRecipient.why == "archived"
    )
    theirs = {row.mailing_id for row in u.session.scalars(rows)}
    # Locked, so that no worker ends a mailing in which somebody waits again.
    on = select(Mailing.id).where(Mailing.id.in_(theirs), Mailing.state.in_(_GOING_ON)).order_by(Mailing.id)
    going_on = set(u.session.scalars(on.with_for_update(read=True)))
    for row in u.session.scalars(rows.where(MailingRecipient.mailing_id.in_(going_on))):
        row.state, row.why, row.at = codes.WAITING, "", None
    u.session.flush()


def _received(u: UnitOfWork, contact_id: int) -> list[MailingRecipient]:
    rows = select(MailingRecipient).where(MailingRecipient.contact_id == contact_id).order_by(MailingRecipient.id)
    return list(u.session.scalars(rows))


def _swap(u: UnitOfWork, first: int, second: int) -> bool:
    """Exchange the persons of two rows of one mailing, which may not share one even for a moment."""
    one, other = u.session.get(MailingRecipient, first), u.session.get(MailingRecipient, second)
    if one is None or other is None:
        return False
    persons = other.contact_id, one.contact_id
    one.contact_id = other.contact_id = None
    u.session.flush()
    one.contact_id, other.contact_id = persons
    u.session.flush()
    return True
