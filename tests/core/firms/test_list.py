"""The list of firms: found as people type, ordered as Germans order, filtered, paged, and all of it in the address."""

from collections.abc import Iterable

import pytest
from sqlalchemy import event, select
from werkzeug.datastructures import MultiDict

from wf40.core.firms import service, sites
from wf40.core.firms.criteria import FirmCriteria
from wf40.core.firms.listing import Extras, list_firms
from wf40.core.firms.models import Firm
from wf40.core.firms.selection import firms_listed
from wf40.core.firms.service import FirmInput
from wf40.pluginhost.calls import Provided
from wf40.sdk.values import FirmColumn, FirmFilter

FIRMS = (
    FirmInput("Zahn GmbH", employees=9, wz="2008:45.20", town="Überlingen", abc="A"),
    FirmInput("Ärztehaus GmbH", employees=10, town="Konstanz"),
    FirmInput("Adler Metallbau", employees=60, wz="25.11", town="Ulm", status="dissolved"),
    FirmInput("Müller & Groß OHG", employees=400, wz="2008:28.41", register_number="380008", register_kind="HRA"),
    FirmInput("Muster Werkzeugmaschinen SE", wz="28.41", former_names=("Grüninger AG",), abc="B"),
    FirmInput("Ruderverein", kind="association"),
    FirmInput("Anna Gründerin", kind="founder"),
)
NOTHING_ADDED = Extras()
LISTED = [
    "Adler Metallbau", "Ärztehaus GmbH", "Anna Gründerin", "Müller & Groß OHG", "Muster Werkzeugmaschinen SE", "Zahn GmbH",
]  # fmt: skip


@pytest.fixture
def stock(writing_as):
    with writing_as() as u:
        ids = {given.name: service.create_firm(u, given) for given in FIRMS}
        site = sites.SiteInput(street="Hafenweg", postcode="78467", town="Konstanz", business_park="Nord")
        sites.add_site(u, ids["Zahn GmbH"], site)
        service.assign_officer(u, ids["Zahn GmbH"], u.actor.user_id)
    return ids


@pytest.fixture
def names(writing_as, stock):
    def ask(address: Iterable[tuple[str, str]] | dict[str, str] = (), extras=NOTHING_ADDED):
        with writing_as() as u:
            keys = [f.value.key for f in extras.filters], [c.value.key for c in extras.columns]
            found = list_firms(u, FirmCriteria.of(MultiDict(address), *keys), extras)
            return [line.firm.name for line in found.rows]

    return ask


def test_names_are_in_german_order_and_associations_stay_out(names):
    assert names() == LISTED
    assert names({"richtung": "ab"}) == LISTED[::-1]


@pytest.mark.parametrize(
    "text", ["Müller", "Mueller", "Muller", "muell", "gross", "GROß", "groß mull", "380008", "hra 380008"]
)
def test_a_firm_is_found_however_it_is_typed(names, text):
    assert names({"q": text}) == ["Müller & Groß OHG"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maschinen", "Muster Werkzeugmaschinen SE"),
        ("grueninger", "Muster Werkzeugmaschinen SE"),
        ("78467", "Zahn GmbH"),
        ("hafenweg", "Zahn GmbH"),
        ("uberlingen", "Zahn GmbH"),
    ],
)
def test_parts_of_words_former_names_postcodes_streets_and_towns_are_found(names, text, expected):
    assert names({"q": text}) == [expected]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1", "\x00", "zzz"])
def test_odd_searches_find_nothing_and_break_nothing(names, text):
    assert names({"q": text}) in ([], LISTED if text == "\x00" else [])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"groesse": "unter-10"}, ["Zahn GmbH"]),
        ({"groesse": "unter-50"}, ["Ärztehaus GmbH"]),
        ({"groesse": "unter-250"}, ["Adler Metallbau"]),
        ({"groesse": "ab-250"}, ["Müller & Groß OHG"]),
        ({"groesse": "unbekannt"}, ["Anna Gründerin", "Muster Werkzeugmaschinen SE"]),
        ({"art": "association"}, ["Ruderverein"]),
        ({"art": "founder"}, ["Anna Gründerin"]),
        ({"ort": "Konstanz"}, ["Ärztehaus GmbH"]),
        ({"abc": "A"}, ["Zahn GmbH"]),
        ({"zustand": "dissolved"}, ["Adler Metallbau"]),
        ({"zustand": "archiv"}, []),
        ({"gewerbegebiet": "Nord"}, ["Zahn GmbH"]),
        ({"zustaendig": "niemand", "abc": "A"}, []),
        ({"branche": "28"}, ["Müller & Groß OHG", "Muster Werkzeugmaschinen SE"]),
        ({"branche": "C"}, ["Adler Metallbau", "Müller & Groß OHG", "Muster Werkzeugmaschinen SE"]),
        ({"branche": "G"}, ["Zahn GmbH"]),
        ({"branche": "Werkzeugmaschinen"}, ["Müller & Groß OHG", "Muster Werkzeugmaschinen SE"]),
        ({"branche": "gibtesnicht"}, []),
        ({"zustaendig": "1e9"}, []),
        ({"groesse": "riesig"}, []),
    ],
)
def test_filters_keep_what_fits(names, address, expected):
    assert names(address) == expected


def test_all_kinds_can_be_shown(names):
    assert "Ruderverein" in names({"art": "alle"})


@pytest.mark.parametrize(
    "order", ["sector", "employees", "town", "officer", "abc", "kind", "status", "founded", "changed"]
)
def test_every_column_orders_both_ways_and_loses_nobody(names, order):
    assert (
        sorted(names({"sortierung": order})) == sorted(names({"sortierung": order, "richtung": "ab"})) == sorted(LISTED)
    )


def test_firms_without_a_value_come_last_in_both_directions(names):
    assert names({"sortierung": "employees"})[:2] == ["Zahn GmbH", "Ärztehaus GmbH"]
    assert names({"sortierung": "employees", "richtung": "ab"})[0] == "Müller & Groß OHG"
    assert names({"sortierung": "employees"})[-2:] == names({"sortierung": "employees", "richtung": "ab"})[-2:]


def test_towns_are_in_german_order(names):
    towns = [n for n in names({"sortierung": "town"}) if n in {"Zahn GmbH", "Adler Metallbau", "Ärztehaus GmbH"}]
    assert towns == ["Ärztehaus GmbH", "Zahn GmbH", "Adler Metallbau"]


def test_added_columns_order_and_added_filters_keep(names, writing_as, stock):
    column = FirmColumn("score", "Wert", lambda _u: select(Firm.id, Firm.id * -1).where(Firm.abc != ""), "number")
    odd = FirmFilter(
        "odd", "Ungerade", lambda _u: [("1", "ja")], lambda _u, _value: select(Firm.id).where(Firm.abc != "")
    )
    extras = Extras([Provided("core.test", column)], [Provided("core.test", odd)])
    assert names({"sortierung": "score"}, extras)[:2] == ["Muster Werkzeugmaschinen SE", "Zahn GmbH"]
    assert names({"sortierung": "score", "richtung": "ab"}, extras)[:2] == [
        "Zahn GmbH",
        "Muster Werkzeugmaschinen SE",
    ]
    assert names({"f-odd": "1"}, extras) == ["Muster Werkzeugmaschinen SE", "Zahn GmbH"]
    with writing_as() as u:
        lines = list_firms(u, FirmCriteria(), extras).rows
        assert {line.firm.name: line.values["score"] for line in lines}["Zahn GmbH"] == -stock["Zahn GmbH"]


def test_pages_cover_everything_once_and_a_page_too_far_is_the_last(writing_as, stock):
    with writing_as() as u:
        for number in range(60):
            service.create_firm(u, FirmInput(f"Firma {number:02}"))
        shown = [line.firm.name for page in (1, 2, 3) for line in list_firms(u, FirmCriteria(page=page), Extras()).rows]
        assert len(shown) == len(set(shown)) == 66
        last = list_firms(u, FirmCriteria(page=99), Extras())
        assert (last.number, last.pages, last.first, last.last, last.total) == (3, 3, 51, 66, 66)


def test_the_number_of_statements_does_not_grow_with_the_rows(writing_as, product, stock):
    def count():
        seen = []
        listen = lambda *a: seen.append(a[2])  # noqa: E731 - removed again below
        with writing_as() as u:
            event.listen(product.database.engine, "before_cursor_execute", listen)
            list_firms(u, FirmCriteria(page_size=100), Extras())
            event.remove(product.database.engine, "before_cursor_execute", listen)
        return len(seen)

    few = count()
    with writing_as() as u:
        for number in range(90):
            service.create_firm(u, FirmInput(f"Firma {number}", officer_id=u.actor.user_id))
    assert count() == few


@pytest.mark.parametrize("address", [
    {"seite": "0"}, {"seite": "-1"}, {"seite": "abc"}, {"seite": "99999999999999999999"}, {"pro_seite": "1000000"},
    {"sortierung": "password"}, {"richtung": "seitwärts"}, {"unbekannt": "x"},
])  # fmt: skip
def test_nonsense_in_the_address_is_as_if_it_were_not_there(names, address):
    assert names(address) == LISTED


def test_the_address_says_everything_and_nothing_else():
    address = {
        "q": "x",
        "branche": "28",
        "f-ampel": "red",
        "sortierung": "town",
        "richtung": "ab",
        "seite": "3",
        "pro_seite": "50",
    }
    criteria = FirmCriteria.of(address, filters=["ampel"])
    assert criteria.args() == address
    assert criteria.without("f-ampel").args() == {k: v for k, v in address.items() if k not in ("f-ampel", "seite")}
    assert FirmCriteria.of({}).args() == {}


@pytest.mark.parametrize(
    ("given", "picked"),
    [
        ([("auswahl", "3.1.7")], [1, 3, 7]),
        ([("auswahl", "3"), ("auswahl", "1"), ("auswahl", "3")], [1, 3]),
        ([("auswahl", "x.-1")], [0]),
        ([("auswahl", "")], []),
    ],
)
def test_rows_picked_by_hand_stand_in_the_address(given, picked):
    assert FirmCriteria.of(MultiDict(given)).picked_ids() == picked


def test_picked_rows_are_a_filter_like_any_other(names, stock):
    picked = f"{stock['Zahn GmbH']}.{stock['Ärztehaus GmbH']}"
    assert names({"auswahl": picked}) == ["Ärztehaus GmbH", "Zahn GmbH"]
    assert names({"auswahl": picked, "ort": "Konstanz"}) == ["Ärztehaus GmbH"]
    assert names({"auswahl": "nonsense"}) == []


def test_what_is_done_with_picked_rows_reaches_only_them(writing_as, stock, office):
    with office.app.test_request_context(), writing_as() as u:
        chosen = firms_listed(u, f"auswahl={stock['Zahn GmbH']}&auswahl={stock['Ärztehaus GmbH']}")
        assert chosen.ids == [stock["Ärztehaus GmbH"], stock["Zahn GmbH"]]
        assert chosen.filters == ["Auswahl: 2 Unternehmen"]
