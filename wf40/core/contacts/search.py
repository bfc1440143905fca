"""Contacts in the search: found by name, function, address and numbers."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import url_for
from sqlalchemy import select, true

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.models import Contact
from wf40.core.firms.queries import visible_firms
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText

KIND = "contact"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return contacts as they can be found, archived ones too."""
    there = (Contact.deleted_at.is_(None), Contact.merged_into_id.is_(None))
    rows = u.session.scalars(select(Contact).where(Contact.id.in_(ids), *there))
    return [SearchDoc(row.id, row.unit_id, row.full_name, _texts(row)) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next contacts."""
    return list(u.session.scalars(select(Contact.id).where(Contact.id > after).order_by(Contact.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the contacts of the actor's units."""
    firms = visible_firms(u).subquery()
    own = true() if u.actor.units is None else Contact.unit_id.in_(u.actor.units)
    rows = select(Contact, firms.c.name).join(firms, firms.c.id == Contact.firm_id).where(Contact.id.in_(ids), own)
    return [_hit(row, firm_name) for row, firm_name in u.session.execute(rows)]


def _hit(row: Contact, firm_name: str) -> SearchHit:
    function = row.function or (codes.ROLES.get(row.role, "") if row.role != "other" else "")
    return SearchHit(
        row.id, row.full_name, url_for("contacts.show", contact_id=row.id),
        detail=_l("%(function)s bei %(firm)s", function=function, firm=firm_name) if function else firm_name,
        mark=_l("archiviert") if row.archived_at else "", texts=_texts(row),
    )  # fmt: skip


def _texts(row: Contact) -> tuple[SearchText, ...]:
    texts: tuple[Any, ...] = (
        SearchText("function", row.function),
        SearchText("email", row.email, "mail"),
        SearchText("phone", row.phone, "phone"),
        SearchText("mobile", row.mobile, "phone"),
    )
    return tuple(text for text in texts if text.text)


PROVIDER = SearchProvider(
    KIND, _l("Ansprechpersonen"), "contacts.read", documents, numbers, hits,
    labels={
        "function": _l("Funktion"), "email": _l("E-Mail"), "phone": _l("Telefon"), "mobile": _l("Mobiltelefon"),
    },
    icon="wf-people", order=20, page="contacts.show", argument="contact_id",
    creation=Creation(_l("Ansprechperson anlegen"), "contacts.choose_firm", "contacts.edit"),
)  # fmt: skip
