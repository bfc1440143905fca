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


def enforce(u: UnitOfWork, keep: int, gone: int, staying: Collection[int] = ()) -> dict[str, Any]:
    """End what the other entry refused, before the rows of ``gone`` move; returns what :func:`let_go` needs, as JSON.

    ``staying`` are consents of ``gone`` that do not move. Whoever is asked once more after merging acts only on what
    arrived at ``gone`` meanwhile, for what people did to the kept entry since then is what they want.
    """
    consents, opt_outs = _consents(u, (keep, gone)), _standing(u, (keep, gone))
    other = u.session.get_one(Contact, gone)
    if other.merged_into_id is None:
        against = _refused(consents, opt_outs, keep) | _refused(consents, opt_outs, gone)
        ended, to_note = [row for row in consents if _wish(row) in against], against
    else:
        ended, to_note = _late(consents, opt_outs, gone, other.updated_at, staying)
        against = to_note
    ended = [row for row in ended if row.withdrawn_at is None]
    withdrawn = [row.id for row in consents if row.withdrawn_at is not None]
    for row in ended:
        _end(u, row, {"merged": gone})
    based = _based(u, (keep, gone))
    added = [_opt_out(u, keep, wish) for wish in sorted(_to_note(based, to_note, opt_outs))]
    if other.merged_into_id is not None and not (ended or added):
        return {}
    return {
        "at": u.now.isoformat(), "ended": [row.id for row in ended], "added": [row.id for row in added],
        "known": [row.id for row in opt_outs],
        "withdrawn": withdrawn,
        "own": [row.id for row in consents if row.contact_id == keep],
        "theirs": [row.id for row in consents if row.contact_id == gone],
        "based": based,
        "against": sorted("/".join(wish) for wish in against),
    }  # fmt: skip


def let_go(u: UnitOfWork, keep: int, gone: int, stored: Mapping[str, Any], moved: Collection[int]) -> None:
    """Take back what :func:`enforce` did, before the rows of ``gone`` go back; ``moved`` are the opt-outs among them."""
    if not stored:
        return
    at = datetime.fromisoformat(stored["at"])
    for row in u.session.scalars(select(OptOut).where(OptOut.id.in_(stored["added"]))).all():
        _remove(u, row, gone)
    standing, consents = _standing(u, (keep, gone)), _consents(u, (keep, gone))
    since = [row for row in standing if row.contact_id == keep and row.id not in {*stored["known"], *moved}]
    withdrawn = _withdrawn_since(consents, at, stored)
    again = withdrawn | {_wish(row): row.at for row in since}
    covered = {_wish(row) for row in standing if row.contact_id == gone or row.id in moved}
    for row in since:
        if _wish(row) not in covered:
            _copy(u, row, keep, gone)
    _note_withdrawn(u, keep, stored["based"], withdrawn)
    for consent in consents:
        if consent.id in stored["ended"] and consent.withdrawn_at == at and _wish(consent) not in again:
            _restore(u, consent, gone if consent.id in stored["theirs"] else keep)
        elif consent.withdrawn_at is None and _wish(consent) in again and not _agreed(consent, again, stored):
            _end(u, consent, {"separated": gone}, gone if consent.id in stored["theirs"] else None)
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


def _late(
    consents: Collection[Consent],
    opt_outs: Collection[OptOut],
    gone: int,
    merged_at: datetime,
    staying: Collection[int],
) -> tuple[list[Consent], set[Wish]]:
    """Return which consents end because of what arrived at ``gone`` after merging, and what that refuses."""
    late = [row for row in consents if row.contact_id == gone and row.id not in staying]
    own = [row for row in consents if row.contact_id != gone]
    theirs = _refused(late, opt_outs, gone)
    chosen = [row for row in own if row.withdrawn_at != merged_at]  # not those that merging itself ended
    ours = {_wish(row) for row in opt_outs if row.contact_id != gone}
    ours |= {_wish(row) for row in chosen if row.withdrawn_at is not None} - {
        _wish(row) for row in own if row.withdrawn_at is None
    }
    before = [row for row in own if row.recorded_at <= merged_at and _wish(row) in theirs]
    return [*before, *(row for row in late if _wish(row) in theirs | ours)], theirs


def _withdrawn_since(consents: Collection[Consent], at: datetime, stored: Mapping[str, Any]) -> dict[Wish, datetime]:
    """Return what was withdrawn since merging and not agreed to again, and when."""
    before, found = {*stored["ended"], *stored["withdrawn"]}, dict[Wish, datetime]()
    for row in consents:
        if row.withdrawn_at is not None and row.withdrawn_at >= at and row.id not in before:
            found[_wish(row)] = max(row.withdrawn_at, found.get(_wish(row), at))
    for row in consents:
        if row.withdrawn_at is None and _wish(row) in found and _agreed(row, found, stored):
            del found[_wish(row)]
    return found


def _agreed(row: Consent, refused: Mapping[Wish, datetime], stored: Mapping[str, Any]) -> bool:
    """Tell whether a consent was given after the refusal."""
    return row.id not in {*stored["own"], *stored["theirs"]} and row.recorded_at >= refused[_wish(row)]


def _to_note(based: Collection[int], against: set[Wish], opt_outs: Collection[OptOut]) -> set[Wish]:
    """Return refusals of mails that a legal basis would pass over, since no opt-out stands."""
    return {wish for wish in against if wish[1] == codes.MAIL} - {_wish(row) for row in opt_outs} if based else set()


def _note_withdrawn(u: UnitOfWork, keep: int, based: Collection[int], withdrawn: Collection[Wish]) -> None:
    """Note it as an opt-out where a legal basis that did not count while they were one would pass over it."""
    if keep in _based(u, (keep,)):
        return
    standing = {(row.contact_id, _wish(row)) for row in _standing(u, based)}
    for contact_id in based:
        for wish in sorted(wish for wish in withdrawn if wish[1] == codes.MAIL):
            if (contact_id, wish) not in standing:
                _opt_out(u, contact_id, wish)


def _based(u: UnitOfWork, ids: Collection[int]) -> list[int]:
    return list(u.session.scalars(select(Contact.id).where(Contact.id.in_(ids), Contact.mail_basis != "")))


def _end(u: UnitOfWork, row: Consent, why: Mapping[str, int], home: int | None = None) -> None:
    subject = f"contact:{home or row.contact_id}"
    row.withdrawn_at = u.now
    record_changes(u, subject, {"consent": "/".join(_wish(row))}, {"consent": None})
    u.audit("consent_withdrawn", subject, {"consent": row.id, **why})


def _restore(u: UnitOfWork, row: Consent, home: int) -> None:
    row.withdrawn_at = None
    record_changes(u, f"contact:{home}", {"consent": None}, {"consent": "/".join(_wish(row))})
    u.audit("consent_restored", f"contact:{home}", {"consent": row.id})


def _opt_out(u: UnitOfWork, contact_id: int, wish: Wish) -> OptOut:
    return _add(
        u,
        OptOut(contact_id=contact_id, purpose=wish[0], channel=wish[1], at=u.now, how=HOW, recorded_by=u.actor.name),
        {},
    )


def _copy(u: UnitOfWork, row: OptOut, keep: int, contact_id: int) -> OptOut:
    copied = OptOut(
        contact_id=contact_id, purpose=row.purpose, channel=row.channel, at=row.at, how=row.how, note=row.note,
        recorded_by=row.recorded_by,
    )  # fmt: skip
    return _add(u, copied, {"separated": keep})


def _add(u: UnitOfWork, row: OptOut, why: Mapping[str, int]) -> OptOut:
    u.session.add(row)
    u.session.flush()
    record_changes(u, f"contact:{row.contact_id}", {"opt_out": None}, {"opt_out": "/".join(_wish(row))})
    u.audit("opted_out", f"contact:{row.contact_id}", {"opt_out": row.id, "how": row.how, **why})
    return row


def _remove(u: UnitOfWork, row: OptOut, gone: int) -> None:
    if row.lifted_at is None:
        record_changes(u, f"contact:{row.contact_id}", {"opt_out": "/".join(_wish(row))}, {"opt_out": None})
    u.audit("opt_out_removed", f"contact:{row.contact_id}", {"opt_out": row.id, "separated": gone})
    u.session.delete(row)
    u.session.flush()


def _wish(row: Consent | OptOut) -> Wish:
    return row.purpose, row.channel


def _consents(u: UnitOfWork, ids: Collection[int]) -> list[Consent]:
    return list(u.session.scalars(select(Consent).where(Consent.contact_id.in_(ids)).order_by(Consent.id)))


def _standing(u: UnitOfWork, ids: Collection[int]) -> list[OptOut]:
    rows = select(OptOut).where(OptOut.contact_id.in_(ids), OptOut.lifted_at.is_(None))
    return list(u.session.scalars(rows.order_by(OptOut.id)))
