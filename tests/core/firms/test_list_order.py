"""The order of the list: what is read through indexes, page by page, is what sorting everything would give."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event, insert, select

from wf40.core.accounts import queries as accounts
from wf40.core.firms import ordering
from wf40.core.firms.criteria import ORDERS, FirmCriteria
from wf40.core.firms.listing import Extras, ids_listed, list_firms
from wf40.core.firms.models import Firm
from wf40.core.listviews import counting
from wf40.matching.names import loose, sort_key
from wf40.pluginhost.calls import Provided
from wf40.sdk.values import FirmColumn

ROWS = 160
OTHERS = [order for order in ORDERS if order != "name"]
START = datetime(2026, 3, 1, tzinfo=UTC)
EMPTY = (None, "")


def drawn(chance, units, officers):
    """Return one firm: of most columns few values, so that many firms share one, and some without a value."""
    name = f"Firma {chance.randrange(40)}"
    town = chance.choice(["", "", "Ulm", "Köln", "Aalen"])
    return {
        "name": name, "sort_key": sort_key(name), "search_key": name, "unit_id": chance.choice(units),
        "kind": chance.choice(["company", "company", "founder", "freelancer", "association"]),
        "wz_code": chance.choice(["", "01.1", "28.41", "45.20"]), "employees": chance.choice([*[None, 0, 3] * 5, 250, *range(10, 25)]),
        "town": town, "town_key": sort_key(town), "officer_id": chance.choice([None, *officers]),
        "abc": chance.choice(["", "", "A", "B", "C"]), "status": chance.choice(["active", "active", "moved", "dissolved"]),
        "founded_year": chance.choice([None, None, 1950, 2001]),
        "archived_at": chance.choice([None] * 9 + [START]), "provenance": {},
        "created_at": START, "updated_at": START + timedelta(seconds=chance.randrange(4)),
    }  # fmt: skip


def stocked(office, units=(1,), seed=1):
    """Fill the list with firms drawn by chance; one officer cannot be chosen any more."""
    officers = [office.actor(role).user_id for role in ("advisor", "lead", "admin")]
    chance = random.Random(seed)
    with office.writing_as("advisor") as u:
        u.session.execute(insert(Firm), [drawn(chance, units, officers) for _ in range(ROWS)])


def sorted_in_full(u, order, *, descending, keep):
    """Return ids in the order that the list promises: by value, equal ones by name, without a value last."""
    names = sorted(accounts.officers(u), key=lambda o: loose(o.name))
    ranks = {officer.id: rank for rank, officer in enumerate(names)}
    values = {
        "sector": lambda f: f.wz_code, "employees": lambda f: f.employees, "town": lambda f: f.town_key,
        "officer": lambda f: f.officer_id and ranks.get(f.officer_id, len(ranks)), "abc": lambda f: f.abc,
        "kind": lambda f: f.kind, "status": lambda f: f.status, "founded": lambda f: f.founded_year,
        "changed": lambda f: f.updated_at,
    }  # fmt: skip
    value = values.get(order)
    firms = [
        f for f in u.session.scalars(select(Firm)) if f.archived_at is None and f.unit_id in u.actor.units and keep(f)
    ]
    firms.sort(key=lambda f: (f.sort_key, f.id))
    if order == "name":
        return [f.id for f in (reversed(firms) if descending else firms)]
    filled = sorted((f for f in firms if value(f) not in EMPTY), key=value, reverse=descending)
    return [f.id for f in (*filled, *(f for f in firms if value(f) in EMPTY))]


def paged(u, criteria):
    """Return the ids of all pages, and how many pages could be turned to."""
    first = list_firms(u, criteria, Extras(), [])
    further = [
        list_firms(u, FirmCriteria(**{**fields(criteria), "page": n}), Extras(), []) for n in range(2, first.pages + 1)
    ]
    return [line.firm.id for page in (first, *further) for line in page.rows]


def tagged_by_chance(u):
    """A column of a plugin: some firms have a value, many of them the same; a foreign and an archived one too."""
    return select(Firm.id, Firm.employees).where(Firm.abc != "")


@pytest.mark.parametrize(("units", "turned_to"), [(1, counting.EXACT_UP_TO), (3, counting.EXACT_UP_TO), (1, 20)])
def test_a_column_of_a_plugin_orders_as_sorting_everything_would(office, monkeypatch, units, turned_to):
    monkeypatch.setattr(counting, "EXACT_UP_TO", turned_to)
    below = [office.add_unit(f"Ort {n}", 1) for n in range(units - 1)]
    stocked(office, (1, *below, office.add_unit("Nachbarstadt")), seed=3)
    extras = Extras([Provided("core.test", FirmColumn("points", "Punkte", tagged_by_chance, "number"))])
    with office.reading_as("advisor") as u:
        for given, descending in product(({}, {"status": "active"}), (False, True)):
            criteria = FirmCriteria(order="points", descending=descending, page_size=5, **given)
            whole = list(ids_listed(u, criteria, extras))
            assert len(whole) > 5 * criteria.page_size
            shown = [
                line.firm.id
                for number in range(1, list_firms(u, criteria, extras, []).pages + 1)
                for line in list_firms(u, replace(criteria, page=number), extras, []).rows
            ]
            assert shown == whole[: len(shown)], (given, descending)
            assert len(shown) == min(
                len(whole), -(-min(len(whole), turned_to) // criteria.page_size) * criteria.page_size
            )


def fields(criteria):
    return {name: getattr(criteria, name) for name in criteria.__slots__}


def listed_kind(firm):
    return firm.kind != "association"


@pytest.mark.parametrize("units", [1, 3])
def test_all_pages_together_are_what_sorting_everything_gives(office, units):
    below = [office.add_unit(f"Ort {n}", 1) for n in range(units - 1)]
    foreign = office.add_unit("Nachbarstadt")
    stocked(office, (1, *below, foreign))
    with office.reading_as("advisor") as u:
        assert len(u.actor.units) == units
        for order, descending in product(ORDERS, (False, True)):
            expected = sorted_in_full(u, order, descending=descending, keep=listed_kind)
            criteria = FirmCriteria(order=order, descending=descending)
            assert ordering.orders_by_pages(u, criteria) == (order != "name" or units > 1)
            assert paged(u, criteria) == expected, (order, descending)
            assert list(ids_listed(u, criteria, Extras())) == expected, (order, descending)


FILTERS = [
    ({"kind": "alle"}, lambda _f: True),
    ({"kind": "company"}, lambda f: f.kind == "company"),
    ({"status": "active"}, lambda f: f.status == "active" and listed_kind(f)),
    ({"abc": "A"}, lambda f: f.abc == "A" and listed_kind(f)),
    ({"abc": "-"}, lambda f: f.abc == "" and listed_kind(f)),
    ({"town": "Ulm"}, lambda f: f.town == "Ulm" and listed_kind(f)),
    ({"officer": "niemand"}, lambda f: f.officer_id is None and listed_kind(f)),
    ({"size": "unter-10"}, lambda f: f.employees in (0, 3) and listed_kind(f)),
    ({"size": "unbekannt"}, lambda f: f.employees is None and listed_kind(f)),
    ({"sector": "28"}, lambda f: f.wz_code == "28.41" and listed_kind(f)),
]  # fmt: skip


@pytest.mark.parametrize(("turned_to", "units"), [(30, 1), (30, 2), (counting.EXACT_UP_TO, 1)])
def test_filtered_lists_keep_the_order_whether_or_not_they_are_too_long_to_count(office, monkeypatch, turned_to, units):
    monkeypatch.setattr(counting, "EXACT_UP_TO", turned_to)
    stocked(office, (1, *(office.add_unit(f"Ort {n}", 1) for n in range(units - 1))), seed=2)
    with office.reading_as("advisor") as u:
        for (given, keep), order, descending in product(FILTERS, ORDERS, (False, True)):
            expected = sorted_in_full(u, order, descending=descending, keep=keep)
            found = paged(u, FirmCriteria(order=order, descending=descending, **given))
            reached = min(len(expected), 50 if len(expected) > turned_to else ROWS)
            assert found == expected[:reached], (given, order, descending)
            assert found


def test_any_page_asks_a_fixed_number_of_questions_of_any_order(office):
    stocked(office, seed=3)
    seen = []
    note = lambda _c, _cur, statement, *_a: seen.append(statement)  # noqa: E731 - removed again below
    engine = office.product.database.engine
    event.listen(engine, "before_cursor_execute", note)
    for order, descending, page in product(OTHERS, (False, True), (1, 2, 4)):
        with office.reading_as("advisor") as u:
            seen.clear()
            list_firms(u, FirmCriteria(order=order, descending=descending, page=page), Extras(), [])
            assert len(seen) <= 8, (order, descending, page)
    event.remove(engine, "before_cursor_execute", note)


def test_sqlite_reads_each_part_through_its_index_and_sorts_nothing(office):
    stocked(office, seed=4)
    seen, engine = [], office.product.database.engine
    note = lambda _c, _cur, statement, given, *_a: seen.append((statement, given))  # noqa: E731 - removed again below
    event.listen(engine, "before_cursor_execute", note)
    with office.reading_as("advisor") as u:
        for order, descending, page in product(OTHERS, (False, True), (1, 2, 4)):
            list_firms(u, FirmCriteria(order=order, descending=descending, page=page), Extras(), [])
    event.remove(engine, "before_cursor_execute", note)
    hinted = [one for one in seen if "INDEXED BY" in one[0]]
    if engine.dialect.name != "sqlite":
        assert not hinted
        return
    parts = [one for one in hinted if "ORDER BY firm.sort_key, firm.id" in one[0] and " IN (" not in one[0]]
    assert len(parts) >= 2 * len(OTHERS)
    assert any(given[-1] > 0 for _statement, given in parts)
    assert not any(
        given[-1] > 0 for one, given in hinted if "sort_key, firm.id" in one and "ORDER BY firm.sort_key" not in one
    )
    with engine.connect() as connection:
        for statement, given in parts:
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
            assert not any("TEMP B-TREE" in step for step in plan), (statement, plan)
            assert any("USING COVERING INDEX" in step for step in plan) or "BY ix_firm_list" in statement, plan
