"""Two persons side by side, field by field, in words: for the queue of duplicates and for merging."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, fusion
from wf40.core.contacts.models import Contact
from wf40.core.contacts.queries import readable_entry
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.web.formats import EMPTY, day

_SHOWN = (
    "salutation", "title", "given_name", "family_name", "firm_id", "role", "function", "email", "phone", "mobile",
    "origin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One entry's value in words, and where it comes from."""

    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both entries; ``options`` is empty where there is nothing to choose."""

    key: str
    label: Text
    keep: Side
    gone: Side
    options: tuple[str, ...]
    usual: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as the queue shows them: what is known, by label, empty where nothing is."""

    id: int
    unit_id: int
    name: str
    version: int
    firm: FirmRef
    archived: bool
    facts: tuple[tuple[Text, str], ...]
    stand: str
    """Where the data come from, and of which day."""


@requires("contacts.read")
def entries(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, Entry]:
    """Return readable persons by number, archived ones too."""
    own = Contact.id.in_(ids) if u.actor.units is None else Contact.id.in_(ids) & Contact.unit_id.in_(u.actor.units)
    rows = list(u.session.scalars(select(Contact).where(own)))
    firms = u.service(Firms).many(u, {row.firm_id for row in rows})
    return {row.id: _entry(row, firms[row.firm_id]) for row in rows if row.firm_id in firms}


@requires("contacts.read")
def fields(u: UnitOfWork, keep_id: int, gone_id: int) -> list[Field]:
    """Return all fields of two entries side by side, without those that are empty at both."""
    two = fusion.looked_at(u, readable_entry(u, keep_id), readable_entry(u, gone_id))
    found = []
    for group in fusion.GROUPS:
        keep, gone = (Side(_words(row, group, two.firms) or EMPTY) for row in (two.keep, two.gone))
        found.append(Field(group, label(group), keep, gone, fusion.options(two, group), fusion.usual(two, group)))
    return [field for field in found if (field.keep.text, field.gone.text) != (EMPTY, EMPTY)]


@requires("contacts.read")
def taken_in(u: UnitOfWork, contact_id: int) -> Mapping[int, str]:
    """Return the entries that became part of a person, by number with their names."""
    rows = select(Contact).where(Contact.merged_into_id == contact_id).order_by(Contact.id)
    return {row.id: row.full_name for row in u.session.scalars(rows) if u.actor.may_read_unit(row.unit_id)}


def label(column: str) -> Text:
    """Return the words for a column."""
    return codes.FIELDS[column]


def _entry(row: Contact, firm: FirmRef) -> Entry:
    facts = tuple((label(group), _words(row, group, {firm.id: firm})) for group in _SHOWN)
    stand = _words(row, "origin", {}) if row.origin != codes.DIRECT or row.as_of else ""
    return Entry(row.id, row.unit_id, row.full_name, row.version, firm, row.archived_at is not None, facts, stand)


def _words(row: Contact, group: str, firms: Mapping[int, FirmRef]) -> str:
    value: Any = getattr(row, group)
    if group == "firm_id":
        firm = firms.get(row.firm_id)
        return firm.name if firm else _("nicht mehr vorhanden")
    if group == "main":
        return _("ja") if value else ""
    if group == "origin":
        told = _("Stand %(day)s", day=day(row.as_of)) if row.as_of else ""
        return ", ".join(part for part in (row.source or str(codes.ORIGINS[value]), told) if part)
    if group in codes.CHOICES:
        return "" if group == "salutation" and not value else str(codes.CHOICES[group].get(value, value))
    return str(value or "")
