"""Calling hooks: a fault stays with its plugin, also in the database, and is remembered."""

from datetime import timedelta

import faulty
import pytest
from sqlalchemy import select, text

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.pluginhost.calls import Failure
from wf40.pluginhost.quarantine import REST
from wf40.pluginhost.state import KEPT_FAULTS, PluginFault
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import Card, Health, NavItem, Permission

SYSTEM = Actor.system("test")


def actions(product):
    with product.database.read(SYSTEM) as u:
        return list(u.session.scalars(select(AuditEvent.action)))


def faults(product):
    with product.database.read(SYSTEM) as u:
        return [(f.plugin, f.hook, f.reference) for f in u.session.scalars(select(PluginFault))]


def broken_sql(u):
    u.audit("by_plugin")
    u.session.execute(text("SELECT * FROM a_table_that_is_not_there"))


def swallowed_sql(u):
    try:
        u.session.execute(text("SELECT * FROM a_table_that_is_not_there"))
    except Exception:  # noqa: BLE001 - as careless plugins do
        return [Health("fine", ok=True)]


@pytest.mark.parametrize("hook", [broken_sql, swallowed_sql])
def test_broken_sql_in_a_hook_does_not_spoil_what_is_written_around_it(office_with, hook):
    product = office_with(faulty.plugin("broken", health=hook)).product
    with product.database.write(SYSTEM) as u:
        u.audit("before")
        gathered = product.hooks.gather(Spec.health, u)
        u.audit("after")
    assert {"before", "after"} <= set(actions(product))
    assert "by_plugin" not in actions(product)
    if hook is broken_sql:
        (failure,) = gathered.failures
        assert faults(product) == [("broken", "health", failure.reference)]


def test_broken_sql_in_a_hook_does_not_spoil_the_page_that_is_read(office_with):
    office = office_with(faulty.plugin("broken", navigation=broken_sql, dashboard_cards=broken_sql))
    page = office.client_as("lead").get("/")
    assert page.status_code == 200
    assert "Nicht verfügbar" in page.text


def test_what_a_plugin_changed_before_its_fault_is_taken_back_alone(office_with):
    def change_and_fail(u):
        u.audit("half")
        u.session.flush()
        faulty.fail()

    def change(u):
        u.audit("whole")
        return []

    product = office_with(faulty.plugin("half", health=change_and_fail), faulty.plugin("whole", health=change)).product
    with product.database.write(SYSTEM) as u:
        product.hooks.each(Spec.health, u)
    assert "whole" in actions(product)
    assert "half" not in actions(product)


def test_a_generator_that_fails_after_its_first_value_gives_nothing(office_with):
    def give_and_fail():
        yield Health("one", ok=True)
        faulty.fail()

    product = office_with(faulty.plugin("halfway", health=give_and_fail)).product
    with product.database.read(SYSTEM) as u:
        gathered = product.hooks.gather(Spec.health, u)
    assert [p.plugin for p in gathered.provided if not p.from_core] == []
    assert [f.plugin for f in gathered.failures] == ["halfway"]


def test_the_others_are_still_asked(office_with):
    product = office_with(
        faulty.raising("health"), faulty.plugin("well", health=lambda: [Health("well", ok=True)])
    ).product
    with product.database.read(SYSTEM) as u:
        assert "well" in [h.key for h in product.hooks.each(Spec.health, u)]


@pytest.mark.parametrize(
    "value",
    [
        [3.5], [None], 5, "text", {"key": 1}, [Card("a", "b", "c")], [Health("a", ok=True), "b"],
        [Health(None, ok=True)], [Health("a", ok="yes")], [Health("a", ok=True, detail=7)],
    ],
    ids=repr,
)  # fmt: skip
def test_nonsense_is_refused_as_a_whole(office_with, value):
    product = office_with(faulty.giving("nonsense", value)).product
    with product.database.read(SYSTEM) as u:
        gathered = product.hooks.gather(Spec.health, u)
    assert [f.plugin for f in gathered.failures] == ["nonsense"]


@pytest.mark.parametrize("order", ["first", None, 1.5, True], ids=repr)
def test_a_value_that_could_not_be_sorted_with_the_others_is_refused(office_with, order):
    item = NavItem("n", "N", "day.index", order, "accounts.own")
    office = office_with(faulty.plugin("unsorted", navigation=lambda: [item]))
    assert office.client_as("lead").get("/").status_code == 200
    assert faults(office.product)[0][:2] == ("unsorted", "navigation")


def test_three_errors_in_a_row_give_the_hook_ten_minutes_of_rest_and_then_another_chance(office_with):
    calls, behaviour = [], {"fails": True}

    def health():
        calls.append(1)
        return faulty.fail() if behaviour["fails"] else [Health("back", ok=True)]

    office = office_with(faulty.plugin("tired", health=health, navigation=lambda: []))  # noqa: PIE807 - a hook is marked, and list cannot be
    hooks, database = office.product.hooks, office.product.database

    def ask():
        with database.read(SYSTEM) as u:
            return hooks.gather(Spec.health, u)

    references = [ask().failures[0].reference for _ in range(5)]
    assert len(calls) == 3, "then it rests"
    assert references[2] == references[3] == references[4] != "", "the last reference stays on the page"
    assert hooks.quarantine.resting(office.clock.now()) == [("tired", "health")], "that hook alone"
    assert "ruht nach Fehlern" in office.client_as("admin").get("/verwaltung/erweiterungen").text
    office.clock.advance(REST)
    ask()
    ask()
    assert len(calls) == 4, "one more try, then rest again"
    behaviour["fails"] = False
    office.clock.advance(REST)
    assert [p.value.key for p in ask().provided if p.plugin == "tired"] == ["back"]
    behaviour["fails"] = True
    ask()
    ask()
    assert hooks.quarantine.resting(office.clock.now()) == [], "earlier errors are forgotten after a success"


def test_a_success_between_errors_keeps_a_hook_awake(office_with):
    answers = iter([1, 0, 1, 0, 1, 0, 1])

    def health():
        if next(answers):
            faulty.fail()
        return []

    office = office_with(faulty.plugin("moody", health=health))
    for _ in range(7):
        with office.product.database.read(SYSTEM) as u:
            office.product.hooks.each(Spec.health, u)
    assert next(answers, None) is None


def test_a_fault_while_writing_is_remembered_without_waiting_for_the_write(office_with):
    product = office_with(faulty.raising("health")).product
    with product.database.write(SYSTEM) as u:
        product.hooks.each(Spec.health, u)
    assert [f[:2] for f in faults(product)] == [("raises_in_health", "health")]


def test_only_the_newest_faults_are_kept(office_with):
    product = office_with(faulty.raising("health")).product
    with product.database.write(SYSTEM) as u:
        u.session.add_all(
            PluginFault(id=n, reference="r", plugin="x", hook="h", at=u.now, message="m")
            for n in range(1, KEPT_FAULTS + 50)
        )
    if product.database.engine.dialect.name == "postgresql":
        with product.database.write(SYSTEM) as u:
            u.session.execute(text("SELECT setval('plugin_fault_id_seq', (SELECT max(id) FROM plugin_fault))"))
    with product.database.read(SYSTEM) as u:
        product.hooks.each(Spec.health, u)
    assert len(faults(product)) == KEPT_FAULTS


def test_strict_mode_lets_faults_through_to_the_test(office_with):
    product = office_with(faulty.raising("health"), strict=True).product
    with product.database.read(SYSTEM) as u, pytest.raises(ZeroDivisionError):
        product.hooks.each(Spec.health, u)


def test_the_core_does_not_hide_its_own_faults(office_with):
    hooks = office_with().product.hooks
    with pytest.raises(ZeroDivisionError):
        hooks.guard("core.firms", "firm_panels", faulty.fail)
    assert isinstance(hooks.guard("some_plugin", "firm_panels", faulty.fail), Failure)


def test_arguments_are_bound_by_name_and_may_be_left_out(office_with):
    seen = []

    def help_offers(firm):
        seen.append(firm)
        return []

    product = office_with(faulty.plugin("brief", help_offers=help_offers)).product
    firm = FirmRef(1, "Metallbau", 1)
    with product.database.read(SYSTEM) as u:
        product.hooks.each(Spec.help_offers, u, "export", firm=firm)
    assert seen == [firm]


def test_a_disabled_plugin_is_not_asked(office_with, switch):
    module = faulty.raising("health")
    product = office_with(module).product
    switch(product, module, enabled=False)
    with product.database.read(SYSTEM) as u:
        assert product.hooks.gather(Spec.health, u).failures == []


def test_a_plugin_that_exits_does_not_end_the_process(office_with):
    def health():
        raise SystemExit(1)

    product = office_with(faulty.plugin("exits", health=health)).product
    with product.database.read(SYSTEM) as u:
        assert [f.plugin for f in product.hooks.gather(Spec.health, u).failures] == ["exits"]


def test_the_rest_ends_for_sure(office_with):
    hooks = office_with().product.hooks
    now = hooks.database.clock.now()
    for _ in range(3):
        hooks.quarantine.failed("p", "h", now)
    assert hooks.quarantine.rests("p", "h", now + REST - timedelta(seconds=1))
    assert not hooks.quarantine.rests("p", "h", now + REST)


def test_a_plugin_grants_its_own_rights_and_never_those_of_the_core(office_with):
    own, foreign = (
        Permission("greedy.read", "Lesen", frozenset({"reader"})),
        Permission("firms.edit", "Alles", frozenset({"reader"})),
    )
    modest = faulty.plugin("modest", permissions=lambda: [Permission("modest.read", "Lesen", frozenset({"reader"}))])
    office = office_with(modest, faulty.plugin("greedy", permissions=lambda: [own, foreign]))
    held = office.actor("reader").permissions
    assert "modest.read" in held
    assert not held & {"firms.edit", "greedy.read"}
