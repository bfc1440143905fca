"""A consent to handing on is the firm's own: given by a person of that firm, it never counts for another.

So, of two entries in two firms, only the consents of the firm that is kept stand at the kept entry. Those of the other
firm wait at the entry in the archive, where they count for nobody, and return when the two are separated.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update

from wf40.base.history import changes_of, record_changes
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.models import Consent, Contact

PURPOSE = "handover"


def staying(u: UnitOfWork, keep: int, gone: int) -> list[int]:
    """Return the consents at ``gone`` that do not move: what the firm of the kept entry has not got from its own person."""
    one, other = u.session.get_one(Contact, keep), u.session.get_one(Contact, gone)
    apart = one.firm_id != other.firm_id
    if not apart and other.merged_into_id is not None:  # asked once more, and perhaps both had two firms before
        apart = any(change.field == "firm_id" for change in changes_of(u, f"contact:{keep}"))
    return _at(u, gone) if apart else []


def follow(u: UnitOfWork, keep: int, gone: int) -> dict[str, list[int]]:
    """Exchange the consents of both, since the kept entry took over the other's firm; returns them as JSON."""
    ours, theirs = _at(u, keep), _at(u, gone)
    _put(u, ours, gone)
    _put(u, theirs, keep)
    return {"keep": ours, "gone": theirs}


def come_back(u: UnitOfWork, keep: int, gone: int, stored: Mapping[str, Any], *, firm_back: bool) -> None:
    """Undo :func:`follow`. What was given since goes with its firm; what has lost its firm ends."""
    if not stored:
        return
    ours = [i for i in _at(u, gone) if i in stored["keep"]]
    _put(u, [i for i in _at(u, keep) if firm_back or i in stored["gone"]], gone)
    _put(u, ours, keep)
    if firm_back:
        return
    for row in u.session.scalars(select(Consent).where(Consent.id.in_(ours), Consent.withdrawn_at.is_(None))):
        row.withdrawn_at = u.now
        record_changes(u, f"contact:{keep}", {"consent": f"{row.purpose}/{row.channel}"}, {"consent": None})
        u.audit("consent_withdrawn", f"contact:{keep}", {"consent": row.id, "why": "firm_gone"})
    u.session.flush()


def _at(u: UnitOfWork, contact_id: int) -> list[int]:
    theirs = select(Consent.id).where(Consent.contact_id == contact_id, Consent.purpose == PURPOSE)
    return list(u.session.scalars(theirs.order_by(Consent.id)))


def _put(u: UnitOfWork, ids: Collection[int], contact_id: int) -> None:
    if ids:
        u.session.execute(update(Consent).where(Consent.id.in_(ids)).values(contact_id=contact_id))
