"""What tests of the rules do again and again: let something happen, and see which tasks there are."""

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select, text
from wf40_follow_up import handlers, jobs, queries, service
from wf40_follow_up.models import Due, Firing

from wf40.sdk.events import ConcernClosed, FirmLightChanged, FirmResponded, TaskClosed
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Tasks
from wf40.sdk.uow import Actor
from wf40.sdk.work import NewTask

SYSTEM = Actor.system("test")
MONDAY = date(2026, 11, 23)
TASKS = text(
    "SELECT id, title, due_on, state, responsible_id, key, firm_id, note, outcome, url FROM task"
    " WHERE origin = 'follow_up' ORDER BY id"
)


@dataclass
class Helper:
    """One office under test."""

    office: object
    firm: FirmRef = field(init=False)
    officer: Actor = field(init=False)

    def __post_init__(self):
        self.officer = self.office.actor("advisor")
        self.firm = self.office.add_firm("Müller Metallbau GmbH", officer_id=self.officer.user_id)

    @property
    def database(self):
        return self.office.product.database

    def emit(self, *events):
        """Let events happen; they are handled right after the commit."""
        for event in events:
            with self.database.write(SYSTEM) as u:
                u.emit(event)

    def light(self, light, before="yellow", on="2026-11-23", firm=None):
        self.emit(FirmLightChanged((firm or self.firm).id, light, before, on))

    def respond(self, key="digital_readiness:1", url="/p/digital_readiness/antworten/1", firm=None):
        self.emit(FirmResponded((firm or self.firm).id, "digital_readiness", key, url))

    def close_concern(self, number=1):
        self.emit(ConcernClosed(number, self.firm.id, None, "solved"))

    def twice(self, event):
        """Run the handlers of an event once more, as after a retry."""
        known = {
            FirmLightChanged: handlers.light_changed, FirmResponded: handlers.responded,
            ConcernClosed: handlers.concern_closed, TaskClosed: handlers.task_closed,
        }  # fmt: skip
        with self.database.write(Actor.system("follow_up")) as u:
            known[type(event)](u, event)

    def tasks(self, state=None):
        with self.database.read(SYSTEM) as u:
            rows = u.session.execute(TASKS).all()
        return [row for row in rows if state in (None, row.state)]

    def only(self, state="open"):
        (found,) = self.tasks(state)
        return found

    def rule(self, trigger, unit_id=1):
        """Return the rule that comes with the plugin."""
        with self.database.write(SYSTEM) as u:
            service.seed(u, unit_id)
        with self.database.read(SYSTEM) as u:
            return next(row for row in queries.rules(u, unit_id) if row.builtin == trigger)

    def change(self, trigger, **values):
        row = self.rule(trigger)
        given = service.RuleInput(**{name: getattr(row, name) for name in service.FIELDS})
        with self.office.writing_as("lead") as u:
            service.change_rule(u, row.id, row.version, replace(given, **values))

    def switch(self, trigger, *, active):
        row = self.rule(trigger)
        with self.office.writing_as("lead") as u:
            service.switch_rule(u, row.id, active=active)

    def add_rule(self, *args, **values):
        with self.office.writing_as("lead") as u:
            return service.add_rule(u, service.RuleInput(*args, **values))

    def close(self, task_id, *, done=True):
        """Close a task as an officer does."""
        step = "erledigt" if done else "streichen"
        answer = self.office.client_as("advisor").post(f"/wiedervorlagen/{task_id}/{step}")
        assert answer.status_code == 303, answer.status_code

    def leave(self, user_id):
        """Let somebody leave the office."""
        with self.database.write(SYSTEM) as u:
            left = text("UPDATE user_account SET active = :no WHERE id = :id")
            u.session.execute(left, {"no": False, "id": user_id})

    def dues(self, kind=None):
        with self.database.read(SYSTEM) as u:
            rows = list(u.session.scalars(select(Due).order_by(Due.id)))
        return [row for row in rows if kind in (None, row.kind)]

    def firings(self):
        with self.database.read(SYSTEM) as u:
            return list(u.session.scalars(select(Firing).order_by(Firing.id)))

    def plan_and_work(self):
        """Do what the daily jobs and the worker do."""
        jobs.plan_gaps(self.database)
        jobs.plan_digests(self.database)
        jobs.work_off(self.database)

    def mails(self):
        with self.database.read(SYSTEM) as u:
            rows = u.session.execute(text("SELECT recipient, subject, body FROM outbox_mail ORDER BY id"))
            return list(rows.all())


def day_of(value):
    """Return a day that a plain SELECT gave: a text on SQLite, a date on PostgreSQL."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def add_task(town, title, due_on, role="advisor", firm=True, **values):
    with town.database.write(SYSTEM) as u:
        given = NewTask(title, due_on, town.firm.id if firm else None, town.office.actor(role).user_id, **values)
        return u.service(Tasks).add(u, given)
