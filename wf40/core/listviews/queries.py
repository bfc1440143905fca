"""Reads saved views and what people chose: one's own, and what others share within the unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.listviews.models import ListChoice, ListView
from wf40.sdk.statements import kept

LISTS = {"firms": "firms.index", "contacts": "contacts.index"}
"""The lists that have views, and the page of each."""
RIGHTS = {"firms": "firms.read", "contacts": "contacts.read"}
NO_VIEW = "0"
_NOT_KEPT = frozenset({"seite", "ansicht"})


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view as a list offers it."""

    id: int
    name: str
    query: str
    shared: bool
    own: bool
    may_change: bool
    mine: bool
    """Whether the list opens with it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a list offers a person: views by name, and their columns."""

    views: list[ViewLine]
    columns: str

    def view(self, number: str) -> ViewLine | None:
        """Return a view by its number in an address."""
        return next((view for view in self.views if str(view.id) == number), None)

    @property
    def first(self) -> ViewLine | None:
        """The view with which the list opens."""
        return next((view for view in self.views if view.mine), None)


@requires("listviews.own")
def offer(u: UnitOfWork, name: str) -> Offer:
    """Return the views of a list and the person's choice, with two statements; raises :class:`Forbidden`."""
    if not u.actor.may(RIGHTS.get(name, "firms.read")):
        raise Forbidden(RIGHTS.get(name, "firms.read"))
    choice = u.session.get(ListChoice, (u.actor.user_id, name)) if u.actor.user_id else None
    mine = choice.view_id if choice else None
    return Offer(
        [_line(u, row, mine) for row in u.session.scalars(_offered(u), {"name": name})],
        choice.columns if choice else "",
    )


@kept
def _offered(u: UnitOfWork) -> Select[Any]:
    rows = select(ListView).where(ListView.list == bindparam("name"), _visible(u), _of_unit(u))
    return rows.order_by(ListView.shared, ListView.sort_key, ListView.id)


@requires("listviews.own")
def view(u: UnitOfWork, view_id: int) -> ListView:
    """Return a view; raises :class:`NotFound` for an unknown one, another person's private one and a foreign one."""
    row = u.session.get(ListView, view_id)
    own = row is not None and row.owner_id is not None and row.owner_id == u.actor.user_id
    if (
        row is None
        or not u.actor.may(RIGHTS[row.list])
        or not (own or (row.shared and u.actor.may_read_unit(row.unit_id)))
    ):
        raise NotFound
    return row


@requires("listviews.own")
def view_to_change(u: UnitOfWork, view_id: int) -> ListView:
    """Return a view for changing; raises :class:`NotFound`, or :class:`Forbidden` for one that others look after."""
    row = view(u, view_id)
    if not may_change(u, row):
        raise Forbidden("listviews.share")
    return row


@requires("listviews.own")
def is_mine(u: UnitOfWork, row: ListView) -> bool:
    """Tell whether the actor's list opens with a view."""
    choice = u.session.get(ListChoice, (u.actor.user_id, row.list))
    return choice is not None and choice.view_id == row.id


@requires("listviews.own")
def may_change(u: UnitOfWork, row: ListView) -> bool:
    """Tell whether the actor may change a view: the own one, and with the right to share any that the unit shares."""
    if row.owner_id is not None and row.owner_id == u.actor.user_id:
        return True
    return row.shared and u.actor.may("listviews.share") and u.actor.may_write_unit(row.unit_id)


def tidy_query(query: str) -> str:
    """Return what a view keeps of an address: no page, nothing empty, in one order."""
    return urlencode(sorted((k, v) for k, v in parse_qsl(query) if k not in _NOT_KEPT))


def same(query: str, args: Mapping[str, str]) -> bool:
    """Tell whether a list with these parameters is what a view keeps."""
    return dict(parse_qsl(query)) == {k: v for k, v in args.items() if k not in _NOT_KEPT}


def _line(u: UnitOfWork, row: ListView, mine: int | None) -> ViewLine:
    own = row.owner_id is not None and row.owner_id == u.actor.user_id
    return ViewLine(row.id, row.name, row.query, row.shared, own, may_change(u, row), row.id == mine)


def _visible(u: UnitOfWork) -> ColumnElement[bool]:
    return or_(ListView.owner_id == u.actor.user_id, ListView.shared)


def _of_unit(u: UnitOfWork) -> ColumnElement[bool]:
    """Others' views come from the own unit only; a district reads far more than it wants to see offered."""
    if u.actor.unit_id is None:
        return true()
    return or_(ListView.owner_id == u.actor.user_id, and_(ListView.shared, ListView.unit_id == u.actor.unit_id))
