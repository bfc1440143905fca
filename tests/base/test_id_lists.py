"""Thousands of values in one statement, whatever is in them, on both databases."""

import pytest
from sqlalchemy import BigInteger, Text, literal_column, select, text

from wf40.base.access import Actor
from wf40.base.id_lists import among, given, parameter, source

WORDS = ["", "ä", "'", '"', "\\", "{a,b}", "NULL", "x, y", "a\nb", *(f"wort{n}" for n in range(3000))]
NUMBERS = [0, -1, 2**62, -(2**63), *range(5, 3000)]


@pytest.mark.parametrize(("values", "kind", "name"), [(WORDS, Text(), "text"), (NUMBERS, BigInteger(), "bigint")])
def test_values_arrive_as_they_were_given(office, values, kind, name):
    postgresql = office.product.database.engine.dialect.name == "postgresql"
    with office.product.database.read(Actor.system()) as u:
        assert list(u.session.scalars(given(values, kind, postgresql=postgresql))) == values
        sql = text(f"SELECT g.value FROM {source(':given', name, postgresql=postgresql)}")  # noqa: S608 - the tested text
        found = u.session.scalars(sql, {"given": parameter(values, postgresql=postgresql)})
        assert list(found) == values
        every = select(given(values, kind, postgresql=postgresql).subquery())
        column = literal_column("value", kind)
        assert list(u.session.scalars(every.where(among(u.session, column, values[3:5])))) == values[3:5]
        assert list(u.session.scalars(every.where(among(u.session, column, [])))) == []
