"""The page of the list: what stands on it, gathered for a template, and what is done with rows picked on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from flask import url_for

from wf40.base.uow import UnitOfWork
from wf40.core.firms import listing, pages
from wf40.core.firms.columns import FirmLine, all_columns
from wf40.core.firms.criteria import PAGE_SIZES, FirmCriteria
from wf40.core.listviews import queries as listviews
from wf40.core.listviews.columns import Cell, ListColumn, chosen, keys_in, others_behind, plain_cell
from wf40.core.listviews.picked import NOBODY_PICKED
from wf40.core.listviews.queries import Offer, ViewLine
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.values import Action
from wf40.web.lists import list_actions

LIST: Final = "firms"


@dataclass(frozen=True, slots=True)
class FirmList:
    """A list as somebody asks for it: what is wanted, and the columns that are shown."""

    criteria: FirmCriteria
    extras: listing.Extras
    offer: Offer
    columns: list[ListColumn]

    @property
    def view(self) -> ViewLine | None:
        """The saved view that the address came from."""
        return self.offer.view(self.criteria.view)

    @property
    def kept_for_picking(self) -> dict[str, str]:
        """What the form of the picked rows carries along: all of the address but page and rows picked before."""
        return {k: v for k, v in self.criteria.args().items() if k not in {"seite", "auswahl"}}

    @property
    def record_url(self) -> str:
        """The address of a record without its number: a page has up to a hundred of them."""
        return url_for("firms.show", firm_id=1).removesuffix("1")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of rows that a page can have."""
        return PAGE_SIZES

    @property
    def lost(self) -> bool:
        """Whether the address names picked rows that cannot be read, or more than it can hold."""
        return self.criteria.picked == NOBODY_PICKED

    @property
    def changed(self) -> bool:
        """Whether the list is no longer what that view keeps."""
        return self.view is not None and not listviews.same(self.view.query, self.criteria.meaning())

    @property
    def query(self) -> str:
        """The address behind the question mark, as actions get it."""
        return urlencode(self.criteria.args())

    @property
    def offered(self) -> list[ListColumn]:
        """All columns: those that are shown in their order, then the others."""
        return others_behind(self.columns, all_columns(self.extras.columns))


def wanted(u: UnitOfWork, args: Mapping[str, str]) -> FirmList:
    """Read an address, with what the person chose for the list before."""
    added, offer = pages.extras(u), listviews.offer(u, LIST)
    criteria = FirmCriteria.of(args, [f.value.key for f in added.filters], [c.value.key for c in added.columns])
    columns = chosen(all_columns(added.columns), criteria.columns or keys_in(offer.columns))
    return FirmList(criteria, added, offer, columns)


def rows(u: UnitOfWork, lines: Sequence[FirmLine], asked: FirmList) -> list[tuple[FirmLine, list[Cell]]]:
    """Return lines with their cells; a plugin that cannot show its values leaves its column empty."""
    added = {column.value.key: column.plugin for column in asked.extras.columns}
    hooks, by_column = u.service(Hooks), []
    for column in asked.columns:
        if column.key not in added:
            by_column.append([column.cell(line) for line in lines])
            continue
        cells = hooks.guard(added[column.key], f"column {column.key}", lambda c=column: [c.cell(w) for w in lines])  # type: ignore[misc]
        by_column.append([plain_cell(None, column.kind)] * len(lines) if isinstance(cells, Failure) else cells)
    return [(line, [cells[place] for cells in by_column]) for place, line in enumerate(lines)]


def actions(u: UnitOfWork, asked: FirmList) -> list[Action]:
    """Return what can be done with all that is listed."""
    return list_actions(u, LIST, asked.query)


def address_of(u: UnitOfWork, args: Mapping[str, str], key: str) -> str:
    """Return where an action leads for the rows that were ticked; empty when none was, or when there is no such action."""
    asked = wanted(u, args)
    if asked.criteria.picked in ("", NOBODY_PICKED):
        return ""
    picked = replace(asked, criteria=replace(asked.criteria, page=1))
    return next((action.url for action in actions(u, picked) if action.key == key), "")
