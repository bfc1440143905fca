"""Opt-outs: what a person no longer wants. They end consents and hold against every other legal basis."""

from dataclasses import dataclass

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.checks import storable
from wf40.base.errors import InvalidInput, NotFound, Text
from wf40.base.history import record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.models import Consent, Contact, OptOut
from wf40.core.contacts.queries import demand_own_unit, readable_contact
from wf40.core.contacts.refusals import refused_since_merging
from wf40.core.contacts.unsent import Unsent

LINK_RIGHT = "contacts.opt_out"
"""Held by whoever holds a person's link for opting out, and by nobody else."""
_LONGEST_NOTE: int = OptOut.__table__.c.note.type.length  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class OptOutInput:
    """What a person said or wrote to the office."""

    purpose: str
    channel: str
    how: str
    note: str = ""


@requires("contacts.read")
def opt_outs(u: UnitOfWork, contact_id: int) -> list[OptOut]:
    """Return all opt-outs of a person, the newest first; raises :class:`NotFound`."""
    row = readable_contact(u, contact_id)
    rows = select(OptOut).where(OptOut.contact_id == row.id).order_by(OptOut.at.desc(), OptOut.id.desc())
    return list(u.session.scalars(rows))


@requires("contacts.edit")
def note_opt_out(u: UnitOfWork, contact_id: int, given: OptOutInput) -> None:
    """Record an opt-out that reached the office; one that stands already stays as it is. Raises `InvalidInput`."""
    row = readable_contact(u, contact_id)
    demand_own_unit(u, row.unit_id)
    found: dict[str, Text] = {}
    for name, known in (("purpose", codes.PURPOSES), ("channel", codes.OPT_OUT_CHANNELS), ("how", codes.BY_HAND)):
        if getattr(given, name) not in known:
            found[name] = _l("Diese Auswahl gibt es nicht.")
    if sentence := storable(given.note, _LONGEST_NOTE, lines=False):
        found["note"] = sentence
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)
    _store(u, row, given)


@requires(LINK_RIGHT)
def opt_out_by_link(u: UnitOfWork, contact_id: int, purpose: str, how: str) -> None:
    """Record that the holder of a link no longer wants mails for a purpose; repeating it changes nothing."""
    _store(u, readable_contact(u, contact_id), OptOutInput(purpose, codes.MAIL, how))


@requires(LINK_RIGHT)
def is_opted_out(u: UnitOfWork, contact_id: int, purpose: str) -> bool:
    """Tell the holder of a link whether it was used already; raises :class:`NotFound`."""
    return bool(_standing(u, readable_contact(u, contact_id).id, purpose, codes.MAIL))


@requires("contacts.edit")
def lift_opt_out(u: UnitOfWork, contact_id: int, opt_out_id: int) -> None:
    """Take back an opt-out that was entered by mistake. Consents that it ended stay withdrawn."""
    row = readable_contact(u, contact_id)
    demand_own_unit(u, row.unit_id)
    opt_out = u.session.get(OptOut, opt_out_id)
    if opt_out is None or opt_out.contact_id != row.id:
        raise NotFound
    if opt_out.lifted_at is None:
        _lift(u, _standing(u, row.id, opt_out.purpose, opt_out.channel))


def lift_by_consent(u: UnitOfWork, consent: Consent) -> None:
    """End the opt-out that a person has gone back on by consenting to the same afterwards."""
    standing = _standing(u, consent.contact_id, consent.purpose, consent.channel)
    if standing and all(consent.given_at > opt_out.at for opt_out in standing):
        _lift(u, standing)


def _store(u: UnitOfWork, row: Contact, given: OptOutInput) -> None:
    if given.channel == codes.MAIL:
        u.service(Unsent).take_back(u, row.id, given.purpose, "opted_out")
    _withdraw_consents(u, row, given.purpose, given.channel)
    if refused_since_merging(u, row.id, _standing(u, row.id, given.purpose, given.channel)):
        return
    opt_out = OptOut(
        contact_id=row.id, purpose=given.purpose, channel=given.channel, how=given.how, note=given.note, at=u.now,
        recorded_by=u.actor.name,
    )  # fmt: skip
    u.session.add(opt_out)
    u.session.flush()
    record_changes(u, f"contact:{row.id}", {"opt_out": None}, {"opt_out": f"{given.purpose}/{given.channel}"})
    u.audit("opted_out", f"contact:{row.id}", {"opt_out": opt_out.id, "how": given.how})


def _withdraw_consents(u: UnitOfWork, row: Contact, purpose: str, channel: str) -> None:
    given = select(Consent).where(
        Consent.contact_id == row.id, Consent.purpose == purpose, Consent.channel == channel,
        Consent.withdrawn_at.is_(None),
    )  # fmt: skip
    for consent in u.session.scalars(given):
        consent.withdrawn_at = u.now
        record_changes(u, f"contact:{row.id}", {"consent": f"{purpose}/{channel}"}, {"consent": None})
        u.audit("consent_withdrawn", f"contact:{row.id}", {"consent": consent.id})


def _standing(u: UnitOfWork, contact_id: int, purpose: str, channel: str) -> list[OptOut]:
    wanted = select(OptOut).where(
        OptOut.contact_id == contact_id, OptOut.purpose == purpose, OptOut.channel == channel,
        OptOut.lifted_at.is_(None),
    )  # fmt: skip
    return list(u.session.scalars(wanted.order_by(OptOut.id)))


def _lift(u: UnitOfWork, standing: list[OptOut]) -> None:
    """End opt-outs of one kind; a link that was followed twice at the same moment leaves two."""
    for opt_out in standing:
        opt_out.lifted_at = u.now
        subject, label = f"contact:{opt_out.contact_id}", f"{opt_out.purpose}/{opt_out.channel}"
        record_changes(u, subject, {"opt_out": label}, {"opt_out": None})
        u.audit("opt_out_lifted", subject, {"opt_out": opt_out.id})
