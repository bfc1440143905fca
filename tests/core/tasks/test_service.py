"""Tasks: made once, closed, put off, handed on, never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.firms.service import archive_firm
from wf40.core.tasks import queries, service
from wf40.core.tasks.rules import TaskInput
from wf40.core.tasks.shapes import TaskFilter
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask

from .conftest import TODAY


@pytest.fixture
def closed(office):
    """What a plugin hears of closed tasks."""
    heard = []
    dispatch = office.product.database.subscribers

    def subscribers(event):
        heard.append(event)
        return dispatch(event)

    office.product.database.subscribers = subscribers
    return lambda: heard.count("wf40.task_closed")


def titles(office, role="advisor", unit_id=1, **wanted):
    with office.reading_as(role, unit_id) as u:
        return [line.title for line in queries.tasks(u, TaskFilter(**wanted)).rows]


def audited(office, task_id):
    with office.reading_as("admin") as u:
        rows = select(AuditEvent.action).where(AuditEvent.subject == f"task:{task_id}").order_by(AuditEvent.id)
        return list(u.session.scalars(rows))


def test_the_same_key_never_makes_a_second_task(office, firm, give):
    first = give(key="rule:1", firm_id=firm.id)
    assert give("Anders", key="rule:1", firm_id=firm.id) == first
    with office.writing_as("advisor") as u:
        service.mark_done(u, first)
    assert give(key="rule:1") == first
    assert titles(office, when="erledigt") == ["Rückruf"]
    assert titles(office) == []


def test_five_workers_with_one_key_at_the_same_moment_make_one_task(office, firm):
    me = office.actor("advisor").user_id

    def send(_turn):
        with office.product.database.write(Actor.system()) as u:
            return u.service(Tasks).add(u, NewTask("Einmal", TODAY, firm.id, me, key="rule:2"))

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(5)))) == 1
    assert titles(office) == ["Einmal"]


def test_a_second_worker_that_waits_for_the_first_gets_its_task(office, firm):
    """The second looks before the first has committed, so only the database can stop it."""
    database = office.product.database

    def send():
        with database.write(Actor.system()) as u:
            return u.service(Tasks).add(u, NewTask("Zweite", TODAY, firm.id, key="rule:9"))

    with ThreadPoolExecutor(1) as pool:
        with database.write(Actor.system()) as u:
            first = u.service(Tasks).add(u, NewTask("Erste", TODAY, firm.id, key="rule:9"))
            second = pool.submit(send)
            while database.engine.dialect.name == "postgresql" and not waits(database) and not second.done():
                pass
        assert second.result() == first
    assert titles(office) == ["Erste"]


def waits(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def test_tasks_without_a_key_stand_beside_each_other(office, give):
    assert give("Gleich") != give("Gleich")
    assert titles(office) == ["Gleich", "Gleich"]


def test_what_a_program_gives_is_made_fit(office, firm, stored):
    with office.product.database.write(Actor.system()) as u:
        given = NewTask(
            "Rückruf:\n" + "x" * 400, date(2020, 1, 2), firm.id, note="a\r\nb\0", url="/anliegen/3", record="concern:3"
        )
        made = u.service(Tasks).add(u, given)
    found = stored(made)
    assert found.line.title.startswith("Rückruf: xxx")
    assert len(found.line.title) == 300
    assert found.line.title.endswith("…")
    assert (found.note, found.line.url, found.line.due_on) == ("a\nb", "/anliegen/3", date(2020, 1, 2))


@pytest.mark.parametrize(
    "url", ["https://anderswo.example/", "//anderswo.example", "javascript:alert(1)", "/\\x.example"]
)
def test_a_record_elsewhere_is_refused(give, url):
    with pytest.raises(InvalidInput, match="aus der Anwendung hinaus"):
        give(url=url)


def test_who_has_left_is_not_made_responsible_by_a_program(office, firm, give, leave, stored):
    leave("assistant")
    for who in ("assistant", "reader", "admin"):
        assert stored(give(f"Für {who}", who=who, firm_id=firm.id)).line.responsible_id is None
    with office.writing_as("advisor") as u:
        made = u.service(Tasks).add(u, NewTask("Für Unbekannt", TODAY, firm.id, 99_999))
    assert stored(made).line.responsible_id is None


@pytest.mark.parametrize("role", ["reader", "admin", "privacy"])
def test_a_person_cannot_choose_somebody_who_does_not_work_on_tasks(add, role):
    with pytest.raises(InvalidInput) as refused:
        add(who=role, role="advisor")
    assert "responsible_id" in refused.value.fields


def test_without_a_firm_the_unit_is_the_actors_or_for_the_product_that_of_the_responsible_person(office, add):
    other = office.add_unit("Nachbarstadt")
    person = office.actor("advisor", other).user_id
    add("Eigene")
    with office.product.database.write(Actor.system()) as u:
        u.service(Tasks).add(u, NewTask("Nachbars", TODAY, responsible_id=person))
        with pytest.raises(InvalidInput, match="zuständige Person"):
            u.service(Tasks).add(u, NewTask("Niemandes", TODAY))
    assert titles(office) == ["Eigene"]
    assert titles(office, unit_id=other) == ["Nachbars"]


def test_somebody_of_another_unit_cannot_be_responsible(office, firm):
    other = office.add_unit("Nachbarstadt")
    stranger = office.actor("advisor", other).user_id
    with office.writing_as("advisor") as u, pytest.raises(InvalidInput):
        service.add_task(u, firm.id, TaskInput("Fremd", TODAY, stranger))


def test_the_district_can_take_over_a_towns_task_and_do_it(office, firm, add, stored):
    district = office.add_unit("Landkreis")
    with office.product.database.write(Actor.system()) as u:
        from wf40.core.accounts.models import Unit

        u.session.get(Unit, 1).parent_id = district
    person = office.actor("advisor", district)
    task_id = add(firm_id=firm.id)
    with office.product.database.write(Actor.system()) as u:
        service.hand_on(u, task_id, person.user_id)
    with office.writing_as("advisor", district) as u:
        service.mark_done(u, task_id)
    assert stored(task_id).line.state == "done"


def test_another_units_task_is_not_there(office, firm, add):
    task_id, other = add(firm_id=firm.id), office.add_unit("Nachbarstadt")
    with office.writing_as("advisor", other) as u:
        for step in (service.mark_done, service.reopen, service.drop, queries.task, queries.changes):
            with pytest.raises(NotFound):
                step(u, task_id)
        with pytest.raises(NotFound):
            service.add_task(u, firm.id, TaskInput("x", TODAY))
    assert titles(office, unit_id=other) == []


def test_who_only_reads_changes_nothing(office, firm, add):
    task_id = add(firm_id=firm.id)
    with office.writing_as("reader") as u:
        for call in (
            lambda: service.mark_done(u, task_id),
            lambda: service.postpone(u, task_id, TODAY),
            lambda: service.hand_over(u, None, 1),
            lambda: u.service(Tasks).add(u, NewTask("x", TODAY)),
        ):
            with pytest.raises(Forbidden):
                call()
    assert titles(office) == ["Rückruf"]


def test_done_is_told_once_and_can_be_taken_back(office, firm, give, stored, closed):
    task_id = give(firm_id=firm.id, key="rule:3", origin="rules")
    with office.writing_as("advisor") as u:
        service.mark_done(u, task_id, " Erreicht. \r\nAlles gut ")
        service.mark_done(u, task_id)
    found = stored(task_id)
    assert (found.line.state, found.outcome, found.line.closer) == ("done", "Erreicht. \nAlles gut", "Beratung 1")
    assert closed() == 1
    with office.writing_as("advisor") as u:
        service.reopen(u, task_id)
        service.reopen(u, task_id)
    found = stored(task_id)
    assert (found.line.state, found.outcome, found.line.closed_at) == ("open", "", None)
    assert audited(office, task_id) == ["task_added", "task_done", "task_reopened"]


def test_dropping_by_key_closes_it_and_nothing_else(office, firm, give, stored, closed):
    kept, dropped = give(key="rule:4"), give(key="rule:5", firm_id=firm.id)
    with office.writing_as("advisor") as u:
        tasks = u.service(Tasks)
        tasks.drop(u, "rule:5", "Das Unternehmen hat abgesagt.")
        tasks.drop(u, "rule:5", "Noch einmal.")
        tasks.drop(u, "rule:6", "Unbekannt.")
        tasks.drop(u, "", "Ohne Schlüssel.")
    assert (stored(dropped).line.state, stored(dropped).outcome) == ("dropped", "Das Unternehmen hat abgesagt.")
    assert stored(kept).line.state == "open"
    assert closed() == 1
    with office.writing_as("advisor") as u, pytest.raises(InvalidInput, match="gestrichen"):
        service.mark_done(u, dropped)


def test_putting_off_counts_and_never_leads_into_the_past(office, add, stored):
    task_id = add()
    with office.writing_as("advisor") as u:
        for day, sentence in ((TODAY - timedelta(1), "schon vorbei"), (date(2126, 1, 1), "prüfen Sie das Jahr")):
            with pytest.raises(InvalidInput, match=sentence):
                service.postpone(u, task_id, day)
        service.postpone(u, task_id, TODAY + timedelta(5))
        service.postpone(u, task_id, TODAY + timedelta(5))
        service.postpone(u, task_id, TODAY + timedelta(3))
    assert (stored(task_id).line.due_on, stored(task_id).line.postponed) == (TODAY + timedelta(3), 1)


def test_handing_on_brings_a_word_along(office, add, stored):
    task_id, colleague = add(), office.actor("assistant").user_id
    with office.writing_as("advisor") as u:
        service.hand_on(u, task_id, colleague, "Bitte bis Montag.")
        service.hand_on(u, task_id, colleague, "Noch einmal.")
    line = stored(task_id).line
    assert (line.responsible, line.word, line.word_by) == ("Assistenz 1", "Bitte bis Montag.", "Beratung 1")
    assert audited(office, task_id) == ["task_added", "task_handed_on"]


def test_a_late_save_is_refused_and_a_past_day_may_stay(office, give, stored):
    task_id = give(due_on=date(2026, 11, 2))
    with office.writing_as("advisor") as u:
        service.change_task(u, task_id, 1, TaskInput("Neu", date(2026, 11, 2), u.actor.user_id))
        with pytest.raises(StaleVersion) as late:
            service.change_task(u, task_id, 1, TaskInput("Zu spät", TODAY))
        assert (late.value.current_version, late.value.changed_by) == (2, "Beratung 1")
        with pytest.raises(InvalidInput, match="schon vorbei"):
            service.change_task(u, task_id, 2, TaskInput("Neu", date(2026, 11, 3)))
    assert (stored(task_id).line.title, stored(task_id).version) == ("Neu", 2)


def test_an_archived_firm_gets_no_new_task_and_keeps_its_old_ones(office, firm, add, give, stored):
    task_id = add(firm_id=firm.id)
    known = give(firm_id=firm.id, key="rule:7")
    with office.writing_as("advisor") as u:
        archive_firm(u, firm.id)
    for call in (lambda: add(firm_id=firm.id), lambda: give(firm_id=firm.id, key="rule:8")):
        with pytest.raises(InvalidInput, match="archiviert"):
            call()
    assert give(firm_id=firm.id, key="rule:7") == known
    assert stored(task_id).line.firm_archived
    with office.writing_as("advisor") as u:
        service.mark_done(u, task_id)


def test_due_are_the_open_ones_up_to_the_day_the_oldest_first(office, firm, give):
    for title, day in (("Morgen", 22), ("Heute", 21), ("Vorgestern", 19)):
        give(title, date(2026, 11, day), firm_id=firm.id)
    give("Fremd", who="lead")
    with office.writing_as("advisor") as u:
        service.mark_done(u, 1)
        found = u.service(Tasks).due(u, u.actor.user_id, TODAY)
        assert [(t.title, t.firm_name, t.url) for t in found] == [
            ("Vorgestern", "Muster Maschinenbau GmbH", "/wiedervorlagen/3"),
            ("Heute", "Muster Maschinenbau GmbH", "/wiedervorlagen/2"),
        ]
        assert queries.waiting(u) == 2


def test_lists_narrow_by_time_person_words_and_firm(office, firm, give, leave):
    give("Über fällig", date(2026, 11, 20), firm_id=firm.id)
    give("Heute", TODAY, who="lead")
    give("Sonntag", date(2026, 11, 22))
    give("Montag", date(2026, 11, 23), who="assistant")
    give("Niemandes", date(2026, 11, 24), who=None)
    leave("assistant")
    assert titles(office, when="ueberfaellig") == ["Über fällig"]
    assert titles(office, when="heute") == ["Heute"]
    assert titles(office, when="woche") == ["Heute", "Sonntag"]
    assert titles(office, who="ich") == ["Über fällig", "Sonntag"]
    assert titles(office, who="niemand") == ["Montag", "Niemandes"]
    assert titles(office, who=str(office.actor("lead").user_id)) == ["Heute"]
    assert titles(office, q="uber") == []
    assert titles(office, q="UEBER maschinenbau") == ["Über fällig"]
    assert titles(office, firm_id=firm.id) == ["Über fällig"]
    assert titles(office, order="-faellig")[0] == "Niemandes"
    assert titles(office, order="-unternehmen")[0] == "Über fällig"


def test_which_keys_are_open_is_told_for_any_number_of_them(office, give):
    give("Offen", key="a:1")
    done = give("Erledigt", key="a:2")
    with office.writing_as("advisor") as u:
        service.mark_done(u, done)
        asked = [f"x:{n}" for n in range(1200)] + ["a:1", "a:2"]
        assert u.service(Tasks).open_keys(u, asked) == {"a:1"}
    with office.reading_as("advisor", office.add_unit("Nachbarstadt")) as u:
        assert u.service(Tasks).open_keys(u, ["a:1"]) == set()
