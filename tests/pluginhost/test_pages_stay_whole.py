"""Plugins that fail wherever they can: the pages of the core stay whole and say quietly what is missing."""

import re

import faulty
import pytest
from sqlalchemy import Integer, select, text

from wf40.pluginhost.state import PluginFault
from wf40.sdk.values import Card, FirmColumn, FirmFilter, NavItem

ROLES = ("lead", "advisor", "assistant", "reader", "privacy", "admin")


def addresses(app):
    """Return every address of the core that can be opened without knowing a record, and record 1 of each kind."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.rule.startswith(("/p/", "/public/", "/static/")):
            continue
        if not rule.arguments:
            found.append(rule.rule)
        elif len(rule.arguments) == 1 and (record := re.sub(r"<int:\w+>", "1", rule.rule)) != rule.rule:
            found.append(record)
    return sorted(found)


def walk(office, role):
    client = office.client_as(role)
    return {address: client.get(address).status_code for address in addresses(office.app)}


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_every_page_answers_as_without_plugins_when_a_plugin_fails_in_every_hook(office_with, role):
    expected = walk(office_with(), role)
    assert {200} <= set(expected.values()) <= {200, 302, 303, 308, 403, 404}
    faulty_plugins = [faulty.raising_everywhere(), *(faulty.raising(hook) for hook in faulty.AT_START)]
    nonsense = [
        faulty.giving("gives_text", "text"),
        faulty.giving("gives_nothing", None),
        faulty.giving("gives_objects", [object()]),
    ]
    office = office_with(*faulty_plugins, *nonsense)
    for _ in range(4):  # so that the quarantine is passed through as well
        assert walk(office, role) == expected


def test_the_fault_on_the_page_is_found_again_under_verwaltung(office_with):
    office = office_with(faulty.raising_everywhere())
    page = office.client_as("lead").get("/").text
    (reference,) = set(re.findall(r"Nicht verfügbar\. Referenz: ([0-9a-f]{8})", page))
    listed = office.client_as("admin").get("/verwaltung/erweiterungen").text
    assert reference in listed
    assert "ZeroDivisionError: the plugin divides by zero" in listed
    assert "the plugin divides by zero" not in page, "the inside of a fault is for the administration"


@pytest.mark.parametrize("hook", faulty.AT_START)
def test_a_plugin_whose_pages_cannot_be_built_is_shown_as_unusable(office_with, hook):
    office = office_with(faulty.raising(hook))
    page = office.client_as("admin").get("/verwaltung/erweiterungen").text
    assert "kann nicht geladen werden" in page
    assert "ZeroDivisionError" in page


@pytest.mark.parametrize(
    "card",
    [
        Card("a", "A", "nowhere.html"),
        Card("a", "A", "wf40/unavailable.html"),
        Card("a", "A", "wf40/unavailable.html", {"failure": 5}),
    ],
    ids=["no template", "value missing", "value of the wrong kind"],
)
def test_a_box_whose_template_fails_is_left_out_and_the_rest_of_the_page_is_whole(office_with, card):
    office = office_with(faulty.plugin("boxes", dashboard_cards=lambda: [card]))
    page = office.client_as("lead").get("/")
    assert page.status_code == 200
    assert "Nicht verfügbar. Referenz:" in page.text
    assert page.text.rstrip().endswith("</html>")


def test_a_box_that_asks_the_database_for_nonsense_while_it_is_drawn_spoils_nothing(office_with):
    from sqlalchemy import text

    def cards(u):
        def late():
            u.session.execute(text("SELECT * FROM a_table_that_is_not_there"))

        return [
            Card(
                "late",
                "Spät",
                "wf40/unavailable.html",
                {"failure": type("F", (), {"plugin": property(lambda _self: late())})()},
            )
        ]

    office = office_with(faulty.plugin("late", dashboard_cards=cards))
    page = office.client_as("lead").get("/")
    assert page.status_code == 200
    assert "Nicht verfügbar" in page.text


@pytest.mark.parametrize("endpoint", ["nowhere.index", "admin.enable", ""], ids=repr)
def test_an_entry_of_the_navigation_that_leads_nowhere_is_left_out(office_with, endpoint):
    item = NavItem("lost", "Verirrt", endpoint, 1, "accounts.own")
    office = office_with(faulty.plugin("lost", navigation=lambda: [item]))
    page = office.client_as("lead").get("/")
    assert page.status_code == 200
    assert "Mein Tag" in page.text
    assert "Verirrt" not in page.text
    with office.product.database.read(office.actor("admin")) as u:
        assert {f.plugin for f in u.session.scalars(select(PluginFault))} == {"lost"}


def test_the_error_page_itself_needs_no_plugin(office_with):
    office = office_with(faulty.raising_everywhere())
    answer = office.client_as("lead").get("/gibt-es-nicht")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_health_reports_a_failing_plugin_and_stays_up(office_with):
    office = office_with(faulty.raising_everywhere())
    office.work()
    answer = office.visitor().get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["plugins"]["raises_everywhere"]["checks"]["health"]["ok"] is False


def test_the_worker_goes_on_beside_failing_plugins(office_with):
    office = office_with(faulty.raising_everywhere(), faulty.giving("gives_text", "text"))
    for _ in range(4):
        office.work()
    assert office.visitor().get("/healthz").json["worker"]["alive"] is True


def test_text_of_a_plugin_is_escaped(office_with):
    item = NavItem("evil", "<script>alert(1)</script>", "day.index", 1, "accounts.own")
    office = office_with(faulty.plugin("evil", navigation=lambda: [item]))
    assert "<script>alert" not in office.client_as("lead").get("/").text


@pytest.mark.parametrize(
    "select_of_plugin", [faulty.fail, lambda *_args: text("SELECT nowhere FROM nothing").columns(id=Integer)], ids=["raises", "wrong SQL"]
)  # fmt: skip
@pytest.mark.parametrize(("address", "shown"), [("?sortierung=broken", True), ("?f-broken=x", False)])
def test_a_broken_order_or_filter_of_a_plugin_leaves_the_list_whole_and_never_finds_too_much(
    office_with, select_of_plugin, address, shown
):
    """A filter that cannot answer finds nothing: a campaign to all that is listed must not reach everybody."""
    column = FirmColumn("broken", "Kaputt", select_of_plugin)
    choice = FirmFilter("broken", "Kaputt", lambda _u: [("x", "X")], select_of_plugin)
    office = office_with(faulty.plugin("lists", firm_columns=lambda: [column], firm_filters=lambda: [choice]))
    office.add_firm("Muster GmbH")
    for _ in range(4):  # so that the quarantine is passed through as well
        page = office.client_as("advisor").get(f"/unternehmen{address}")
        assert page.status_code == 200
        assert "„Kaputt“ ist im Moment nicht verfügbar" in page.text
        assert ("Muster GmbH" in page.text) is shown
