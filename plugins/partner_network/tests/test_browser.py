"""The network page in a real browser: light, dark, narrow, without JavaScript, with many points."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from wf40.testing.browser import DESKTOP, NARROW, new_page, watch
from wf40.testing.serving import served

NET = "/p/partner_network/netz"
AXE = Path(__file__).parents[3] / "tests" / "e2e" / "vendor" / "axe.min.js"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
AROUND_A_POINT = """() => {
  const canvas = document.querySelector('[data-pn-canvas]');
  const chart = echarts.getInstanceByDom(canvas);
  const data = chart.getOption().series[0].data.find((node) => node.id.startsWith('f'));
  const [x, y] = chart.convertToPixel({ seriesIndex: 0 }, [data.x, data.y]);
  const frame = canvas.getBoundingClientRect();
  return { x: frame.left + x, y: frame.top + y, url: data.entry.url };
}"""


@pytest.fixture
def visit(office, chromium, add, firm, relate):
    """Open the office with a small network, signed in as an advisor."""
    chamber = f"p-{add('Kammer', 'chamber', topics={'staff': ''})}"
    relate(chamber, "advises", f"f-{firm.id}", source="Besuch")
    relate(f"p-{add('Öko-Hochschule')}", "cooperates", chamber)

    @contextmanager
    def open_page(**kwargs) -> Iterator[Page]:
        cookie = office.client_as("advisor").get_cookie(office.app.config["SESSION_COOKIE_NAME"])
        with served(office.app, free_port()) as url, new_page(chromium, base_url=url, **kwargs) as page:
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
            problems = watch(page)
            yield page
            assert problems.all() == []

    return open_page


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def drawn(page):
    page.wait_for_selector("[data-pn-nodes]")
    return int(page.locator("[data-pn-net]").get_attribute("data-pn-nodes"))


def axe_faults(page):
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES)
    return [f"{v['id']}: {n['target']} {n['html'][:120]}" for v in violations for n in v["nodes"]]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("dark", [False, True])
def test_picture_is_drawn_without_a_fault(visit, dark):
    with visit(dark=dark) as page:
        page.goto(NET)
        assert drawn(page) == 3
        assert page.locator("#bild canvas").count() == 1
        assert page.locator("[data-pn-status]").is_hidden()
        assert axe_faults(page) == []


def test_a_point_tells_its_name_and_leads_to_its_record(visit, firm):
    with visit(size=DESKTOP) as page:
        page.goto(NET)
        drawn(page)
        page.locator("[data-pn-canvas]").scroll_into_view_if_needed()
        point = page.evaluate(AROUND_A_POINT)
        page.mouse.move(point["x"], point["y"])  # the tooltip comes, and breaks no policy
        page.get_by_role("button", name="Größer").click()
        page.get_by_role("button", name="Alles zeigen").click()
        point = page.evaluate(AROUND_A_POINT)
        page.mouse.click(point["x"], point["y"])
        page.wait_for_url(f"**/unternehmen/{firm.id}")
        assert point["url"] == f"/unternehmen/{firm.id}"


def test_narrow_page_does_not_scroll_sideways(visit):
    with visit(size=NARROW) as page:
        page.goto(NET)
        assert drawn(page) == 3
        assert sideways(page) <= 0
        assert page.locator("[data-pn-canvas]").bounding_box()["width"] <= NARROW["width"]


def test_without_javascript_the_table_says_it_all(visit):
    with visit(javascript=False) as page:
        page.goto(NET)
        assert page.locator("#bild").is_hidden()
        assert page.locator("#beziehungen tbody tr").count() == 2
        page.locator("#filter-thema").select_option("staff")
        page.get_by_role("button", name="Filtern").click()
        page.wait_for_url("**thema=staff**")
        page.locator("#beziehungen thead").get_by_role("link", name="Mit wem").click()
        page.wait_for_url("**sortierung=mit**")
        assert page.locator("#beziehungen tbody tr").count() == 2


def test_picture_that_cannot_be_loaded_leaves_the_table(visit):
    with visit() as page:
        page.route("**/netz/daten*", lambda route: route.fulfill(status=404, body=""))
        page.goto(NET)
        page.wait_for_selector("text=Das Bild konnte nicht geladen werden.")
        assert page.locator("#beziehungen tbody tr").count() == 2


def test_a_relation_is_entered_with_the_field_that_searches(visit, firm):
    with visit() as page:
        page.goto(f"/p/partner_network/beziehungen/neu/f-{firm.id}")
        page.locator("#kind").select_option("member_of")
        page.locator("#other").press_sequentially("oeko")
        page.locator("wf-combobox [role=option]").first.click()
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(f"**/unternehmen/{firm.id}")
        assert page.locator("#beziehungen-tabelle").get_by_text("ist Mitglied von").count() == 1


def test_fifteen_hundred_points_are_drawn_and_the_page_stays_at_hand(office, visit):
    moment = "2026-11-20 10:00:00+00:00"
    with office.writing_as("advisor") as u:
        for n in range(1497):
            name = {"n": f"Masse {n}", "k": f"masse {n}", "m": moment}
            u.session.execute(text(
                "INSERT INTO partner_network_partner (unit_id, name, sort_key, search_text, kind, website, email, phone, town,"
                " town_key, note, version, created_at, updated_at)"
                " VALUES (1, :n, :k, '', 'other', '', '', '', '', '', '', 1, :m, :m)"), name)  # fmt: skip
        u.session.execute(text(
            "INSERT INTO partner_network_relation (unit_id, from_partner_id, to_partner_id, kind, note, source, version,"
            " created_at, updated_at) SELECT 1, id, id / 2 + 1, 'supplies', '', '', 1, created_at, updated_at"
            " FROM partner_network_partner WHERE name LIKE 'Masse%'"))  # fmt: skip
    with visit() as page:
        page.goto(NET)
        assert page.locator("#beziehungen tbody tr").count() == 25
        page.wait_for_selector("[data-pn-nodes]", timeout=60_000)
        assert drawn(page) >= 1497
