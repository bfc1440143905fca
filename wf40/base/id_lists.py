"""Long lists of values in one statement: handed over as one parameter, so that neither its text nor its plan grows."""

import json
from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

Values = Collection[int] | Collection[str]


def among(session: Session, column: Any, values: Values) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the values, of which there may be thousands.

    They are looked up one by one in the index of the column, on both databases.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))  # type: ignore[no-any-return]
    return column.in_(given(values, column.type, postgresql=False))  # type: ignore[no-any-return]


def given(values: Values, kind: Any, *, postgresql: bool) -> Select[Any]:
    """Return a select of the values."""
    if postgresql:
        return select(func.unnest(cast(list(values), ARRAY(kind))).column_valued("value"))
    return select(func.json_each(literal(parameter(values, postgresql=False))).table_valued("value").c.value)


def source(placeholder: str, kind: Literal["text", "bigint"], *, postgresql: bool) -> str:
    """Return the same for the text of a statement: ``g`` with the column ``value``, of what :func:`parameter` makes."""
    return f"unnest(CAST({placeholder} AS {kind}[])) AS g(value)" if postgresql else f"json_each({placeholder}) AS g"


def parameter(values: Values, *, postgresql: bool) -> Any:
    """Return values as the one parameter that a statement takes."""
    return list(values) if postgresql else json.dumps(list(values), separators=(",", ":"))
