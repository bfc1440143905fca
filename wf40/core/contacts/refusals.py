"""When two entries of a person become one, "no" wins: an opt-out or a withdrawn consent of either holds for both.

Separating them restores the consents that this ended, unless the person refused again meanwhile: what was refused while
the two were one is noted at both, for nobody can know which of them was meant.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from wf40.base.history import record_changes
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.models import Consent, Contact, OptOut

Wish = tuple[str, str]
"""Purpose and channel."""
HOW = "merged"


def enforce(u: UnitOfWork, keep: int, gone: int) -> dict[str, Any]:
    """End what the other entry refused, before the rows of ``gone`` move; returns what :func:`let_go` needs, as JSON."""
    consents, opt_outs = _consents(u, (keep, gone)), _standing(u, (keep, gone))
    refused = {i: _refused(consents, opt_outs, i) for i in (keep, gone)}
    against = refused[keep] | refused[gone]
    ended = [row for row in consents if row.withdrawn_at is None and _wish(row) in against]
    for row in ended:
        row.withdrawn_at = u.now
        record_changes(u, f"contact:{keep}", {"consent": "/".join(_wish(row))}, {"consent": None})
        u.audit("consent_withdrawn", f"contact:{keep}", {"consent": row.id, "merged": gone})
    added = [_opt_out(u, keep, wish) for wish in sorted(_to_note(u, keep, gone, against, opt_outs))]
    u.session.add_all(added)
    u.session.flush()
    return {
        "at": u.now.isoformat(), "ended": [row.id for row in ended], "added": [row.id for row in added],
        "known": [row.id for row in opt_outs],
        "against": sorted("/".join(wish) for wish in against),
    }  # fmt: skip


def let_go(u: UnitOfWork, keep: int, gone: int, stored: Mapping[str, Any], moved: Collection[int]) -> None:
    """Take back what :func:`enforce` did, before the rows of ``gone`` go back; ``moved`` are the opt-outs among them."""
    if not stored:
        return
    at = datetime.fromisoformat(stored["at"])
    for row in u.session.scalars(select(OptOut).where(OptOut.id.in_(stored["added"]))):
        u.session.delete(row)
    u.session.flush()
    standing = _standing(u, (keep, gone))
    since = [row for row in standing if row.contact_id == keep and row.id not in {*stored["known"], *moved}]
    again = {_wish(row) for row in since}
    covered = {_wish(row) for row in standing if row.contact_id == gone or row.id in moved}
    u.session.add_all(_copy(row, gone) for row in since if _wish(row) not in covered)
    for consent in u.session.scalars(select(Consent).where(Consent.id.in_(stored["ended"]))):
        if consent.withdrawn_at == at and _wish(consent) not in again:
            consent.withdrawn_at = None
            record_changes(u, f"contact:{keep}", {"consent": None}, {"consent": "/".join(_wish(consent))})
    u.session.flush()


def refused_since_merging(u: UnitOfWork, contact_id: int, standing: Collection[OptOut]) -> bool:
    """Tell whether an opt-out stands that is younger than the last merge into this person; older ones may go again."""
    merged = select(Contact.updated_at).where(Contact.merged_into_id == contact_id).order_by(Contact.updated_at.desc())
    last = u.session.scalar(merged.limit(1))
    return bool(standing) if last is None else any(row.at > last for row in standing if row.how != HOW)


def _refused(consents: Collection[Consent], opt_outs: Collection[OptOut], contact_id: int) -> set[Wish]:
    """Return what one entry refuses: it opted out, or withdrew and did not agree again."""
    own = [row for row in consents if row.contact_id == contact_id]
    agreed = {_wish(row) for row in own if row.withdrawn_at is None}
    withdrawn = {_wish(row) for row in own if row.withdrawn_at is not None}
    return {_wish(row) for row in opt_outs if row.contact_id == contact_id} | (withdrawn - agreed)


def _to_note(u: UnitOfWork, keep: int, gone: int, against: set[Wish], opt_outs: Collection[OptOut]) -> set[Wish]:
    """Return refusals of mails that a legal basis would pass over, since no opt-out stands."""
    based = select(Contact.id).where(Contact.id.in_((keep, gone)), Contact.mail_basis != "").limit(1)
    if u.session.scalar(based) is None:
        return set()
    return {wish for wish in against if wish[1] == codes.MAIL} - {_wish(row) for row in opt_outs}


def _opt_out(u: UnitOfWork, contact_id: int, wish: Wish) -> OptOut:
    return OptOut(contact_id=contact_id, purpose=wish[0], channel=wish[1], at=u.now, how=HOW, recorded_by=u.actor.name)


def _copy(row: OptOut, contact_id: int) -> OptOut:
    return OptOut(
        contact_id=contact_id, purpose=row.purpose, channel=row.channel, at=row.at, how=row.how, note=row.note,
        recorded_by=row.recorded_by,
    )  # fmt: skip


def _wish(row: Consent | OptOut) -> Wish:
    return row.purpose, row.channel


def _consents(u: UnitOfWork, ids: Collection[int]) -> list[Consent]:
    return list(u.session.scalars(select(Consent).where(Consent.contact_id.in_(ids)).order_by(Consent.id)))


def _standing(u: UnitOfWork, ids: Collection[int]) -> list[OptOut]:
    rows = select(OptOut).where(OptOut.contact_id.in_(ids), OptOut.lifted_at.is_(None))
    return list(u.session.scalars(rows.order_by(OptOut.id)))
