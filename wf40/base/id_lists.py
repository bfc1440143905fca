"""Long lists of values in one statement: handed over as one parameter, so that neither its text nor its plan grows."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session


def among(session: Session, column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the values, of which there may be thousands.

    They are looked up one by one in the index of the column, on both databases.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))  # type: ignore[no-any-return]
    listed = func.json_each(literal(json.dumps(list(values), separators=(",", ":")))).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]
