"""What the plugin tells the host, and its demo town."""

from follow_up_support import SYSTEM
from wf40_follow_up import plugin as hooks
from wf40_follow_up import queries, service

from wf40.sdk.uow import Actor


def test_every_column_about_a_person_is_declared():
    declared = {(c.table.removeprefix("follow_up_"), c.column) for c in hooks.personal_data()}
    assert {("rule", "officer_id"), ("rule", "title"), ("due", "officer_id"), ("officer", "digest")} <= declared


def test_rules_are_seeded_once_however_often_and_beside_own_ones(town):
    own = town.add_rule("light_red", "Vorbeigehen", 3)
    for _ in range(3):
        with town.database.write(SYSTEM) as u:
            service.seed(u, 1)
    with town.database.read(SYSTEM) as u:
        assert [(r.builtin, r.active) for r in queries.rules(u, 1)] == [
            ("light_red", True), ("responded", True), ("care_gap", True), ("concern_closed", False), (None, True),
        ]  # fmt: skip
        assert queries.rules(u, 1)[-1].id == own
    town.light("red")
    assert sorted(t.title for t in town.tasks()) == ["Anrufen: Ampel ist rot", "Vorbeigehen"]


def test_the_demo_town_has_rules_and_tasks_that_they_made(town):
    firms = [
        town.office.add_firm(f"Betrieb {n} GmbH", officer_id=town.officer.user_id, care_interval_days=30)
        for n in range(12)
    ]
    town.office.clock.moment = town.office.clock.moment.replace(year=2027)
    for actor in (town.office.actor("lead"), Actor.system("demo", unit_id=1)):
        with town.database.write(actor) as u:
            (said,) = hooks.demo_data(u, firms, 40)
    assert said == "0 Wiedervorlagen aus Regeln", "the same firms a second time"
    titles = [t.title for t in town.tasks("open")]
    assert (titles.count("Besuch planen"), titles.count("Kontakt aufnehmen: Antwort ist eingegangen")) == (5, 4)
    before = len(town.tasks())
    town.plan_and_work()
    assert len(town.tasks()) == before, "nobody gets more than five at a time, and none comes a second time"


def test_switched_off_the_plugin_does_nothing(town):
    admin = town.office.client_as("admin")
    assert admin.post("/verwaltung/erweiterungen/follow_up/ausschalten").status_code == 303
    assert town.office.client_as("lead").get("/p/follow_up/").status_code == 404
    town.light("red")
    town.office.work()
    assert town.tasks() == []
