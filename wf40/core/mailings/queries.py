"""Reads distribution lists and who is on them, within the units that the actor may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.contacts import audience
from wf40.core.contacts.audience import Person, Place, Selection
from wf40.core.firms.selection import firms_listed
from wf40.core.mailings import codes
from wf40.core.mailings.models import Distribution, DistributionMember
from wf40.core.mailings.rights import demand_own_unit, readable_distribution
from wf40.sdk.paging import Page, page_of

PER_PAGE, PERSONS_PER_PAGE = 25, 50


@dataclass(frozen=True, slots=True)
class DistributionLine:
    """A list of persons as the overview shows it."""

    id: int
    title: str
    source: str
    filters: list[str]
    persons: int
    author: str
    updated_at: datetime
    archived: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How many persons a list has, and how many of them can be written to in which way."""

    persons: int
    mail: int
    letter: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What bringing a list up to date from its filter would change."""

    come: list[Person]
    go: list[Person]


@requires("mailings.read")
def distribution(u: UnitOfWork, distribution_id: int) -> Distribution:
    """Return a list; raises :class:`NotFound`."""
    return readable_distribution(u, distribution_id)


@requires("mailings.edit")
def distribution_to_edit(u: UnitOfWork, distribution_id: int) -> Distribution:
    """Return a list for changing; raises :class:`NotFound`, or :class:`Forbidden` for another unit."""
    return demand_own_unit(u, readable_distribution(u, distribution_id))


@requires("mailings.read")
def distributions(u: UnitOfWork, *, archived: bool = False, page: int = 1) -> Page[DistributionLine]:
    """Return one page of the lists, those that were changed last first."""
    kept = Distribution.archived_at.is_not(None) if archived else Distribution.archived_at.is_(None)
    rows = select(Distribution).where(kept, _readable(u))
    order = (Distribution.updated_at.desc(), Distribution.id.desc())
    return page_of(u, rows.order_by(*order), page, PER_PAGE, lambda found: _lines(u, [row[0] for row in found]))


@requires("mailings.edit")
def offered(u: UnitOfWork, query: str) -> tuple[list[Place], list[str]]:
    """Return everybody in the firms that the firm list shows, and its filters in words.

    Raises :class:`InvalidInput` where a filter is not there at present.
    """
    selection = firms_listed(u, query)
    selection.demand_known()
    return audience.places_in(u, selection.ids), selection.filters


@requires("mailings.edit")
def selected(u: UnitOfWork, source: str, query: str, which: str) -> Selection:
    """Return the persons that a filter means today, firm by firm or in the order of the contact list."""
    if source == codes.CONTACTS:
        found = audience.contacts_listed(u, query)
        present = _present(u, found.ids)
        return Selection([i for i in found.ids if i in present], found.filters)
    places, filters = offered(u, query)
    return Selection(audience.chosen(places, which), filters)


@requires("mailings.read")
def members(u: UnitOfWork, row: Distribution, page: int = 1) -> Page[tuple[Person, bool]]:
    """Return one page of the persons of a list, by firm and name, and whether each is ticked."""
    rows = _members(u, row, DistributionMember.contact_id, DistributionMember.left_out)

    def build(found: Sequence[Any]) -> list[tuple[Person, bool]]:
        ticked = {contact_id: not left_out for contact_id, left_out in found}
        return [(person, ticked[person.id]) for person in audience.persons(u, list(ticked), row.purpose)]

    return page_of(u, rows, page, PERSONS_PER_PAGE, build)


@requires("mailings.read")
def chosen_ids(u: UnitOfWork, row: Distribution) -> list[int]:
    """Return the ids of the ticked persons who are still there, by firm and name."""
    rows = _members(u, row, DistributionMember.contact_id).where(DistributionMember.left_out.is_(False))
    return list(u.session.scalars(rows))


@requires("mailings.read")
def chosen_persons(u: UnitOfWork, row: Distribution) -> list[Person]:
    """Return the ticked persons, by firm and name."""
    return audience.persons(u, chosen_ids(u, row), row.purpose)


@requires("mailings.read")
def figures(u: UnitOfWork, row: Distribution) -> Figures:
    """Return how many persons can be written to."""
    people = chosen_persons(u, row)
    left_out = _members(u, row, DistributionMember.contact_id).where(DistributionMember.left_out).subquery()
    return Figures(
        len(people),
        sum(person.may_mail for person in people),
        sum(person.may_post for person in people),
        u.session.scalar(select(func.count()).select_from(left_out)) or 0,
    )


@requires("mailings.edit")
def changes(u: UnitOfWork, row: Distribution) -> Changes:
    """Return who would come and who would go if the list were taken from its filter today."""
    today = selected(u, row.source, row.query, row.which).ids
    present = set(today)
    listed: dict[int, bool] = dict(u.session.execute(_all_members(row)).all())
    go = [contact_id for contact_id, left_out in listed.items() if contact_id not in present and not left_out]
    come = [contact_id for contact_id in today if contact_id not in listed]
    return Changes(audience.persons(u, come, row.purpose), audience.persons(u, go, row.purpose))


def _all_members(row: Distribution) -> Select[Any]:
    columns: Select[Any] = select(DistributionMember.contact_id, DistributionMember.left_out)  # type: ignore[assignment]
    return columns.where(DistributionMember.distribution_id == row.id).order_by(DistributionMember.contact_id)


def _members(u: UnitOfWork, row: Distribution, *columns: Any) -> Select[Any]:
    """Return a select of the members who are still there, by firm and name."""
    present = audience.reachable(u).subquery()
    rows: Select[Any] = select(*columns).join(present, present.c.id == DistributionMember.contact_id)
    ordered = rows.order_by(present.c.firm_key, present.c.firm_id, present.c.sort_key, present.c.id)
    return ordered.where(DistributionMember.distribution_id == row.id)


def _present(u: UnitOfWork, ids: Sequence[int]) -> set[int]:
    present = audience.reachable(u).subquery()
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        found |= set(u.session.scalars(select(present.c.id).where(present.c.id.in_(ids[start : start + 500]))))
    return found


def _lines(u: UnitOfWork, rows: list[Distribution]) -> list[DistributionLine]:
    authors = officer_names(u, [row.author_id for row in rows if row.author_id is not None])
    present = audience.reachable(u).subquery()
    counted = (
        select(DistributionMember.distribution_id, func.count())
        .join(present, and_(present.c.id == DistributionMember.contact_id, DistributionMember.left_out.is_(False)))
        .where(DistributionMember.distribution_id.in_([row.id for row in rows]))
        .group_by(DistributionMember.distribution_id)
    )
    counts = dict(u.session.execute(counted).all())
    return [
        DistributionLine(
            row.id, row.title, row.source, row.filters, counts.get(row.id, 0), authors.get(row.author_id or 0, ""),
            row.updated_at, row.archived_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return true() if u.actor.units is None else Distribution.unit_id.in_(u.actor.units)
