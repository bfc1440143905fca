"""Tags as column and filter of the firm list, as a column of files, and as changes of many firms."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.tags import queries
from wf40.core.tags.rules import CUT, EDIT, listed, names_in, tag_key
from wf40.core.tags.service import FIELD, ids_of, put
from wf40.sdk.checks import whole_number
from wf40.sdk.firm_data import BETWEEN, BulkChange, ImportField, ImportOrigin, several
from wf40.sdk.services import Firms
from wf40.sdk.values import FirmColumn, FirmFilter

WITHOUT = "ohne"
KEY = "tags"


def column() -> FirmColumn:
    """Return the tags of firms, shown once somebody chooses the column."""
    return FirmColumn(
        KEY, _l("Schlagwörter"), queries.column, present=lambda v: listed(str(v).split(CUT)), order=200, shown=False
    )


def tag_filter() -> FirmFilter:
    """Return the filter by any or all of some tags."""
    return FirmFilter(KEY, _l("Schlagwörter"), _choices, _firms, order=200, kind="choices")


def _choices(u: UnitOfWork) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = [(str(tag_id), name) for tag_id, name in queries.choices(u)]
    return [*found, (WITHOUT, _("ohne Schlagwort"))] if found else []


def _firms(u: UnitOfWork, value: str) -> Select[Any]:
    chosen, every = several(value)
    if WITHOUT in chosen:
        return queries.firms_without(u)
    return queries.firms_with(u, [whole_number(part) or 0 for part in chosen], every=every)


def import_field() -> ImportField:
    """Return the column of files that holds tags, with commas between them. A file adds tags and takes none off."""
    return ImportField(
        KEY, _l("Schlagwörter"), _read, _names_of, _store,
        words=("Schlagwort", "Tags", "Tag", "Stichwörter", "Stichworte", "Keywords", "Labels"), combine=_both,
        group=_l("Eigene Felder und Schlagwörter"), in_words=lambda own: listed(own.values()),
        history=lambda _own: (FIELD,), tables=("firm_tag",), several=True,
    )  # fmt: skip


def _read(cells: str) -> dict[str, str]:
    return {tag_key(name): name for name in names_in(cells.replace(BETWEEN, ";"))}


def _names_of(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return the names of the tags of firms by the key under which they are compared."""
    found = queries.carried(u, firm_ids)
    return {firm_id: {tag_key(name): name for name in own.values()} for firm_id, own in found.items()}


def _both(present: dict[str, str] | None, read: dict[str, str], rule: str) -> dict[str, str]:
    return present if present and rule == "fill" else {**read, **(present or {})}


def _store(u: UnitOfWork, given: Mapping[int, Any], origin: ImportOrigin) -> Collection[int]:
    """Let each firm carry exactly the tags named."""
    units = {firm_id: ref.unit_id for firm_id, ref in u.service(Firms).many(u, given).items()}
    named = {firm_id: given[firm_id] or {} for firm_id in given if firm_id in units}
    wanted: dict[int, set[int]] = {}
    for unit_id in sorted(set(units.values())):
        every = {key: name for firm_id, own in named.items() if units[firm_id] == unit_id for key, name in own.items()}
        ids = dict(zip(every, ids_of(u, unit_id, list(every.values()))[0], strict=True))
        wanted |= {f: {ids[key] for key in own} for f, own in named.items() if units[f] == unit_id}
    now = queries.carried(u, given)
    gone = {firm_id: set(now.get(firm_id, {})) - own for firm_id, own in wanted.items()}
    return put(u, wanted, gone, origin.source)


def bulk_changes() -> list[BulkChange]:
    """Return putting a tag on many firms and taking it off."""
    return [
        BulkChange(
            "tag-setzen", _l("Schlagwort setzen"), EDIT, "choice", lambda u, v: bool(_own(u, v)), _has, _switch,
            choices=_own_choices, words=_name, order=200,
        ),
        BulkChange(
            "tag-entfernen", _l("Schlagwort entfernen"), EDIT, "choice", lambda u, v: _own(u, v) and None, _has,
            _switch, choices=_own_choices, words=_name, order=201,
        ),
    ]  # fmt: skip


def _own_choices(u: UnitOfWork) -> list[tuple[str, Text]]:
    return [(str(tag_id), name) for tag_id, name in queries.own_choices(u)]


def _own(u: UnitOfWork, value: str) -> str:
    name = dict(queries.own_choices(u)).get(whole_number(value) or 0)
    if name is None:
        raise InvalidInput(_l("Wählen Sie ein Schlagwort aus der Liste."))
    return name


def _name(u: UnitOfWork, value: str) -> Text:
    return _own(u, value)


def _has(u: UnitOfWork, value: str, firm_ids: Collection[int]) -> dict[int, bool]:
    tag_id = whole_number(value) or 0
    return {firm_id: True for firm_id, own in queries.carried(u, firm_ids).items() if tag_id in own}


def _switch(u: UnitOfWork, value: str, states: Mapping[int, Any]) -> Mapping[int, Text]:
    tag_id = whole_number(value) or 0
    put(
        u,
        {firm_id: [tag_id] for firm_id, state in states.items() if state},
        {firm_id: [tag_id] for firm_id, state in states.items() if not state},
    )
    return {}
