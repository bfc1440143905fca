"""The order of the list of firms by a column of another slice or a plugin, one page at a time.

Such a column has a value for some firms: for those that were asked, visited, tagged. They stand first and are joined and
sorted by their value; all others follow by name, read through the list's own index as far as the page reaches. So a page
costs what there are values, not what there are firms.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm
from wf40.core.firms.ordering import BY_NAME, LIST, Part, asked_for
from wf40.sdk.statements import of_units


def page_ids(
    u: UnitOfWork,
    kept: Sequence[ColumnElement[bool]],
    values: Select[Any],
    size: int,
    skip: int,
    *,
    descending: bool,
) -> list[int]:
    """Return the firms of a page. ``values`` yields (firm id, value), ``kept`` is what firms keep to besides their unit."""
    table = values.subquery()
    firm_id, value = list(table.c)[:2]
    filled = select(Firm.id).join(table, firm_id == Firm.id).where(of_units(u, Firm.unit_id), *kept, value.is_not(None))
    # Without the hint SQLite may go through all firms and look for the value of each.
    filled = filled.with_hint(Firm, "NOT INDEXED", "sqlite")
    by = (value.desc() if descending else value, *(key for key, _descending in BY_NAME))
    found = list(u.session.scalars(filled.order_by(*by).limit(size).offset(skip)))
    if len(found) == size:
        return found
    before = skip + len(found)
    if skip and not found:
        before = u.session.scalar(select(func.count()).select_from(filled.limit(skip).subquery())) or 0
    valued = select(firm_id).where(firm_id.is_not(None), value.is_not(None))
    empty = Part((Firm.id.not_in(valued),), LIST)
    left, passed = size - len(found), max(0, skip - before)
    rest = asked_for(u, kept, passed + left).rows([Firm.id.label("firm")], empty, left, passed)
    return [*found, *u.session.scalars(rest)]
