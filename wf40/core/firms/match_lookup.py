"""Looks up which stored firms share a key with others, and what is known of them: few statements for hundreds."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, text

from wf40.base.id_lists import parameter, source
from wf40.base.uow import UnitOfWork
from wf40.matching import marks
from wf40.matching.traits import FirmTraits

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound
COMMON = 50
"""A key that more firms of a unit share than this says too little to compare them all."""
_LAST = 2**62
"""A number above those of all firms."""
_AT_ONCE = 5000
_GIVEN = {name: source(":given", "bigint", postgresql=name == "postgresql") for name in ("postgresql", "sqlite")}
_FROM, _TO = {"apart": "(g.value & -65536)"}, {"apart": "(g.value | 65535)", "wide": "(g.value | 4294967295)"}
_ONLY = {"apart": "AND (k.key & 4095 = 0 OR k.key & 4095 = g.value & 4095)"}


def _held(what: str, dialect: str) -> str:
    """Return the statement that finds the holders of keys without those of which there are too many."""
    first, last, only = _FROM.get(what, "g.value"), _TO.get(what, "(g.value | 65535)"), _ONLY.get(what, "")
    held = f"firm_match_key WHERE unit_id = :unit AND key BETWEEN {first} AND {last} AND firm_id <= :up_to"
    if dialect == "postgresql":
        few = f"SELECT key, firm_id, count(*) OVER () AS n FROM (SELECT key, firm_id FROM {held} LIMIT :most + 1) AS f"
        return f"""SELECT g.value, k.key, k.firm_id FROM {_GIVEN[dialect]} CROSS JOIN LATERAL ({few}) AS k
            WHERE k.n <= :most AND k.firm_id > :after {only}"""
    return f"""SELECT g.value, k.key, k.firm_id FROM {_GIVEN[dialect]} CROSS JOIN firm_match_key AS k
        WHERE (SELECT count(*) FROM (SELECT 1 FROM {held} LIMIT :most + 1)) <= :most
        AND k.unit_id = :unit AND k.key BETWEEN {first} AND {last}
        AND k.firm_id > :after AND k.firm_id <= :up_to {only}"""


_HELD = {what: {dialect: _held(what, dialect) for dialect in _GIVEN} for what in ("apart", "narrow", "wide")}
_FACTS = """f.id, f.name, f.trade_name, f.legal_form, f.register_kind, f.register_number, f.register_suffix,
    f.register_court, f.vat_id, f.economic_id, f.town, f.phone, f.email, f.website"""
_WANTED = {
    "facts": (f"{_FACTS}, f.archived_at IS NULL", "firm AS f", "f.id", ""),
    "names": ("f.firm_id, f.name, f.id", "firm_name AS f", "f.firm_id", " ORDER BY found.id"),
    # The main site comes last and stays.
    "sites": (
        "f.firm_id, f.street, f.house_number, f.postcode, f.town, f.main, f.id", "site AS f", "f.firm_id",
        " ORDER BY found.main, found.id DESC",
    ),
    "marks": ("f.firm_id, f.key", "firm_match_key AS f", "f.firm_id", ""),
}  # fmt: skip
# PostgreSQL looks each firm up by itself: while much is written its statistics lag behind, and a plan for a small table
# would read all of a large one.
_EACH = {
    what: {
        "postgresql": f"""SELECT found.* FROM {_GIVEN["postgresql"]}
            CROSS JOIN LATERAL (SELECT {columns} FROM {table} WHERE {column} = g.value OFFSET 0) AS found{order}""",
        "sqlite": f"SELECT {columns} FROM {_GIVEN['sqlite']} CROSS JOIN {table} ON {column} = g.value"
        f"{order.replace('found.', 'f.')}",
    }
    for what, (columns, table, column, order) in _WANTED.items()
}
_TEXTS: dict[str, TextClause] = {}


def meeting(
    u: UnitOfWork, unit_id: int, asked: Sequence[Collection[int]], up_to: int | None = None, after: int = 0
) -> list[dict[int, int]]:
    """Return for the marks of each firm the stored ones that may be one with it, with the classes of the keys shared.

    Keys that too many share are left out; ``up_to`` is the last firm that counts. Only firms behind ``after`` are named.
    """
    wanted = marks.search({mark for some in asked for mark in some})
    values = {"unit": unit_id, "most": COMMON, "up_to": _LAST if up_to is None else up_to, "after": after}
    holders: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for what, given in (("apart", wanted.apart), ("narrow", wanted.narrow), ("wide", wanted.wide)):
        for first, mark, firm_id in _rows(u, _HELD[what], sorted(given), values):
            holders[first].append((mark, firm_id))
    met = [marks.meeting(some, holders) for some in asked]
    held = marks_held(u, {firm_id for _found, unsure in met for firm_id in unsure})
    for some, (found, unsure) in zip(asked, met, strict=True):
        for firm_id in unsure:
            if marks.share_a_name(some, held[firm_id]):
                found[firm_id] = marks.ADDRESS_AND_NAME
    return [found for found, _unsure in met]


def marks_held(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, list[int]]:
    """Return the stored marks of firms."""
    held: dict[int, list[int]] = defaultdict(list)
    for firm_id, mark in _each(u, "marks", sorted(ids)):
        held[firm_id].append(mark)
    return held


def traits_of(u: UnitOfWork, ids: Collection[int], *, current: bool = False) -> dict[int, FirmTraits]:
    """Return what may recognise these firms again; unknown ids are left out, and archived ones if ``current``.

    Who calls has checked the right to them.
    """
    ordered = sorted(set(ids))
    names: dict[int, list[str]] = defaultdict(list)
    for firm_id, name, _id in _each(u, "names", ordered):
        names[firm_id].append(name)
    sites = {row[0]: row[1:5] for row in _each(u, "sites", ordered)}
    found = {}
    for row in _each(u, "facts", ordered):
        firm_id, name, trade, form, kind, number, suffix, court, vat_id, economic_id, town, phone, email, site, kept = (
            row
        )
        if current and not kept:
            continue
        street, house_number, postcode, place = sites.get(firm_id) or ("", "", "", "")
        others: tuple[str, ...] = ()
        if trade or firm_id in names:
            others = tuple(dict.fromkeys([*names.get(firm_id, ()), *([trade] if trade else [])]))
        found[firm_id] = FirmTraits(
            name, others, form, (kind, number, suffix, court), vat_id, economic_id, street, house_number, postcode,
            place or town, phone, email, site,
        )  # fmt: skip
    return found


def _each(u: UnitOfWork, what: str, ids: Sequence[int]) -> Iterator[Any]:
    return _rows(u, _EACH[what], ids, {})


def _rows(u: UnitOfWork, sql: Mapping[str, str], given: Sequence[int], values: Mapping[str, Any]) -> Iterator[Any]:
    """Send one statement for some thousands of numbers, as an array: it is the same one however many these are."""
    dialect = u.session.get_bind().dialect.name
    statement = sql[dialect]
    if statement not in _TEXTS:
        _TEXTS[statement] = text(statement)
    for start in range(0, len(given), _AT_ONCE):
        numbers = parameter(given[start : start + _AT_ONCE], postgresql=dialect == "postgresql")
        yield from u.session.execute(_TEXTS[statement], {**values, "given": numbers}).all()
