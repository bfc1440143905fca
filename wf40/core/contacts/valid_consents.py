"""Who of a firm agrees to a purpose at present, and which consents have ended since somebody relied on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.models import Consent, Contact
from wf40.sdk.services import Firms


@dataclass(frozen=True, slots=True)
class ValidConsent:
    """A consent that holds, and the person who gave it."""

    id: int
    contact_id: int
    name: str
    function: str
    email: str
    phone: str
    channel: str
    given_at: datetime
    given_how: str
    text_version: str
    note: str


@requires("contacts.read")
def valid_consents(u: UnitOfWork, firm_id: int, purpose: str) -> list[ValidConsent]:
    """Return the consents of a firm's present persons that hold, the main person and the newest first.

    Raises :class:`NotFound` for a foreign firm.
    """
    firm = u.service(Firms).get(u, firm_id)
    holding = (
        Contact.firm_id == firm.id,
        Contact.archived_at.is_(None),
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )
    rows = select(Consent, Contact).join(Contact, Contact.id == Consent.contact_id).where(*holding)
    order = (Contact.main.desc(), Contact.sort_key, Consent.given_at.desc(), Consent.id.desc())
    return [
        ValidConsent(
            consent.id, contact.id, contact.full_name, contact.function, contact.email, contact.phone or contact.mobile,
            consent.channel, consent.given_at, consent.given_how, consent.text_version, consent.note,
        )
        for consent, contact in u.session.execute(rows.order_by(*order))
    ]  # fmt: skip


@requires("contacts.read")
def withdrawn(u: UnitOfWork, consent_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when those of the consents that were withdrawn were, by id."""
    ended = (Consent.id.in_(consent_ids), Consent.withdrawn_at.is_not(None))
    rows = u.session.execute(select(Consent.id, Consent.withdrawn_at).where(*ended))
    return {consent_id: at for consent_id, at in rows if at is not None}
