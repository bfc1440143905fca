"""The page of the list: columns, ticked rows, estimated counts, filters that apply as they change, a fixed number of questions."""

import re

import pytest
from sqlalchemy import event, select

from wf40.core.firms import offered
from wf40.core.firms.criteria import FirmCriteria
from wf40.core.firms.listing import Extras, list_firms
from wf40.core.firms.models import Firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.listviews import counting


@pytest.fixture
def stock(office):
    return [
        office.add_firm(f"Firma {n:02}", town="Ulm" if n % 2 else "Köln", abc="A", employees=n).id for n in range(12)
    ]


def statements(office, work):
    seen, engine = [], office.product.database.engine
    note = lambda _c, _cur, statement, *_a: seen.append(statement)  # noqa: E731 - removed again below
    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize(
    "query", ["", "?ort=Ulm", "?abc=A&sortierung=employees", "?spalten=street,park,officer,register"]
)
def test_a_page_asks_a_fixed_number_of_questions_however_many_rows(office, stock, query):
    client = office.client_as("advisor")
    client.get(f"/unternehmen{query}")
    few = statements(office, lambda: client.get(f"/unternehmen{query}"))
    for n in range(12, 40):
        office.add_firm(f"Firma {n}", town="Ulm", abc="A", employees=n)
    assert (
        statements(office, lambda: client.get(f"/unternehmen{query}")) <= few + 1
    )  # names of officers, once there are some
    assert few <= MOST_OF_A_LIST


MOST_OF_A_LIST, MOST_OF_A_RECORD = 45, 85
"""All statements of a request, those of the session and the navigation too."""


def test_a_record_page_asks_a_fixed_number_of_questions(office, stock):
    client = office.client_as("advisor")
    client.get(f"/unternehmen/{stock[0]}")
    assert statements(office, lambda: client.get(f"/unternehmen/{stock[0]}")) <= MOST_OF_A_RECORD


def test_large_results_are_counted_about_and_pages_end(office, stock, monkeypatch):
    monkeypatch.setattr(counting, "EXACT_UP_TO", 5)
    if office.product.database.engine.dialect.name == "postgresql":
        with office.product.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    with office.reading_as("advisor") as u:
        page = list_firms(u, FirmCriteria(page_size=2, page=99), Extras())
        assert page.count.about
        assert page.total >= 5
        assert (page.number, page.pages) == (3, 3)
    assert "von etwa" in office.client_as("advisor").get("/unternehmen").text
    assert "von etwa" not in office.client_as("advisor").get(f"/unternehmen?auswahl={stock[0]}").text


def test_an_estimate_is_kept_for_who_asked(office, stock, monkeypatch):
    monkeypatch.setattr(counting, "EXACT_UP_TO", 1)
    for number, role in enumerate(("advisor", "lead"), 1):
        monkeypatch.setattr(counting, "_planned", lambda *_a, number=number: 100 * number)
        monkeypatch.setattr(counting, "_sampled", lambda *_a, number=number: 100 * number)
        with office.reading_as(role) as u:
            assert list_firms(u, FirmCriteria(), Extras()).total == 100 * number


def test_an_estimate_of_everything_is_everything_where_the_sample_holds_all(office, stock):
    if office.product.database.engine.dialect.name == "sqlite":
        with office.reading_as("advisor") as u:
            assert counting._sampled(u, select(Firm.id).where(Firm.town == "Ulm"), Firm.id) == 6


def test_columns_of_the_main_site_are_shown(office, stock):
    with office.writing_as("advisor") as u:
        add_site(u, stock[0], SiteInput(street="Nebenweg", house_number="2", postcode="89075", town="Ulm"))
        add_site(u, stock[0], SiteInput(street="Hauptweg", house_number="1", postcode="89073", town="Ulm", main=True))
    page = office.client_as("advisor").get("/unternehmen?spalten=street,postcode").text
    assert "Hauptweg 1" in page
    assert "89073" in page
    assert "Nebenweg" not in page


def test_towns_and_parks_are_offered_in_german_order_within_reach(office, stock):
    other = office.add_unit("Nachbarstadt")
    foreign = office.add_firm("Fremd", other, town="Fremdstadt").id
    with office.writing_as("advisor", other) as u:
        add_site(u, foreign, SiteInput(town="Fremdstadt", business_park="Fremdpark"))
    office.add_firm("Ö", town="Öhringen")
    with office.writing_as("advisor") as u:
        for park in ("Nord", "Äußerer Ring"):
            add_site(u, stock[0], SiteInput(street="Weg", town="Ulm", business_park=park))
    with office.reading_as("advisor") as u:
        assert offered.towns(u) == ["Köln", "Öhringen", "Ulm"]
        assert offered.business_parks(u) == ["Äußerer Ring", "Nord"]


def test_too_many_towns_are_typed(office, stock, monkeypatch):
    monkeypatch.setattr(offered, "MOST_OFFERED", 1)
    page = office.client_as("advisor").get("/unternehmen?ort=Ulm").text
    assert re.search(r'<input[^>]*id="filter-ort"[^>]*value="Ulm"', page)


def test_ticked_rows_go_where_their_button_leads(office, stock):
    client = office.client_as("advisor")
    query = f"ort=Ulm&auswahl={stock[1]}&auswahl={stock[3]}"
    assert (
        client.get(f"/unternehmen?{query}&aktion=export").location
        == f"/exporte/unternehmen?ort=Ulm&auswahl={stock[1]}.{stock[3]}"
    )
    assert "Auswahl: 2 Unternehmen" in client.get(f"/unternehmen?{query}").text
    nothing = client.get("/unternehmen?ort=Ulm&aktion=export")
    assert nothing.location == "/unternehmen?ort=Ulm"
    assert "kreuzen Sie zuerst" in client.get(nothing.location).text


def test_too_many_ticked_rows_mean_none_and_say_so(office, stock):
    page = office.client_as("advisor").get("/unternehmen?auswahl=" + ".".join(map(str, range(1, 202)))).text
    assert "höchstens 200 einzelne Unternehmen" in page
    assert "Firma 01" not in page


def test_a_changed_filter_gets_the_lines_alone(office, stock):
    part = office.client_as("advisor").get("/unternehmen?ort=Ulm", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="treffer">')
    assert "Firma 01" in part
    assert "Firma 00" not in part
    assert "<html" not in part


def test_the_sorted_column_says_how(office, stock):
    page = office.client_as("advisor").get("/unternehmen?sortierung=employees&richtung=ab").text
    assert re.search(r'<th scope="col" class="wf-num" aria-sort="descending">.*?Beschäftigte', page)
    assert page.index("Firma 11") < page.index("Firma 00")


def test_nothing_found_offers_to_clear_the_filters(office, stock):
    page = office.client_as("advisor").get("/unternehmen?ort=Ulm&abc=C").text
    assert "Kein Unternehmen gefunden" in page
    assert 'href="/unternehmen?ansicht=0"' in page
