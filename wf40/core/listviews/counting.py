"""Counts of lists: exact as far as anybody turns pages, estimated beyond, so that no page reads a million rows.

Up to :data:`EXACT_UP_TO` rows are counted. For more, PostgreSQL's planner is asked; SQLite, which keeps no such
statistics, counts in an evenly spread sample of the rows.
"""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.uow import UnitOfWork

EXACT_UP_TO = 10_000
_BLOCKS, _BLOCK = 96, 32
_HOLDS = timedelta(minutes=1)
"""How long an estimate stands: it says "etwa" anyway, and sampling costs more than the rest of the page."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; ``about``: estimated, more than :data:`EXACT_UP_TO` in any case."""

    number: int
    about: bool = False

    def pages(self, size: int) -> int:
        """Return how many pages can be turned to; further ones are reached by filters and by ordering."""
        return max(1, -(-min(self.number, EXACT_UP_TO) // size))


def counted(u: UnitOfWork, ids: Select[Any], key: InstrumentedAttribute[int], asked: Hashable) -> Count:
    """Count what a select of one integer key gives. ``asked`` says what it keeps, so that an estimate can be kept."""
    new: list[Count] = []

    def guess() -> Count | None:
        new.append(_exact(u, ids) or _estimated(u, ids, key))
        return new[0] if new[0].about else None

    held = u.lately(("count", key.class_.__tablename__, u.actor.user_id, u.actor.units, asked), _HOLDS, guess)
    if new:
        return new[0]
    if held is not None and held.number > 2 * EXACT_UP_TO:
        return held
    return _exact(u, ids) or held or _estimated(u, ids, key)


def _exact(u: UnitOfWork, ids: Select[Any]) -> Count | None:
    """Return the count, ``None`` for more than anybody turns pages."""
    some = ids.order_by(None).limit(EXACT_UP_TO + 1).subquery()
    number = u.session.scalar(select(func.count()).select_from(some)) or 0
    return Count(number) if number <= EXACT_UP_TO else None


def _estimated(u: UnitOfWork, ids: Select[Any], key: InstrumentedAttribute[int]) -> Count:
    guess = _planned(u, ids) if u.session.get_bind().dialect.name == "postgresql" else _sampled(u, ids, key)
    return Count(max(_rounded(guess), EXACT_UP_TO), about=True)


def _rounded(number: float) -> int:
    """Two figures are as many as an estimate knows."""
    figures = len(str(round(number))) - 2
    return int(round(number, -figures) if figures > 0 else round(number))


def _planned(u: UnitOfWork, ids: Select[Any]) -> float:
    statement = ids.order_by(None).compile(u.session.get_bind(), compile_kwargs={"render_postcompile": True})
    driver = u.session.connection().connection.cursor()
    try:
        driver.execute(f"EXPLAIN (FORMAT JSON) {statement}", statement.params)
        answer: Any = (driver.fetchone() or [""])[0]
    finally:
        driver.close()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return float(plan[0]["Plan"]["Plan Rows"])


def _sampled(u: UnitOfWork, ids: Select[Any], key: InstrumentedAttribute[int]) -> float:
    """Count within blocks of neighbouring keys that are spread evenly over all of them."""
    low, high = u.session.execute(select(func.min(key), func.max(key))).one()
    span = high - low + 1
    step = max(span // _BLOCKS, _BLOCK)
    asked = [number for start in range(low, high + 1, step) for number in range(start, min(start + _BLOCK, high + 1))]
    wanted = func.json_each(literal(json.dumps(asked))).table_valued("value")
    # Without the hint SQLite may take an index of the filters and read all of it.
    kept = ids.order_by(None).with_hint(key.class_, "NOT INDEXED", "sqlite").where(key.in_(select(wanted.c.value)))
    hits = u.session.scalar(select(func.count()).select_from(kept.subquery())) or 0
    return float(hits * span / len(asked))
