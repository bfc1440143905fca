"""What follows from Musterhausen's conversations: concerns, hand-ons with their outcome, tasks. Written in the order of time."""

import heapq
import itertools
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wf40.base.access import Actor
from wf40.base.clock import SettableClock
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, handing_on, service
from wf40.core.concerns.queries import concern
from wf40.core.concerns.recipients import recipients
from wf40.core.concerns.rules import ConcernInput, HandoverInput
from wf40.core.contacts.service import ConsentInput, give_consent
from wf40.core.tasks.service import mark_done
from wf40.demo.plan import SEED, words
from wf40.sdk.services import Firms, Tasks, WorkingDays
from wf40.sdk.work import NewTask

RECENT_DAYS = 200
OPEN_DAYS = 40  # older concerns have come to an end
SHARE = 0.35  # of the conversations that leave something to do
MESSAGE = (
    "Das Unternehmen bittet um ein Gespräch. Bitte melden Sie sich dort und sagen Sie uns kurz, wie es ausgegangen ist."
)
ANSWERS = {
    codes.SOLVED: "Beratungstermin fand statt, der Weg ist klar.",
    codes.ACCEPTED: "Wir haben einen Termin vereinbart.",
    codes.DECLINED: "Dafür sind wir leider nicht zuständig.",
}
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that was written before, and who led it."""

    days_ago: int
    consultation_id: int
    firm_id: int
    contact_ids: tuple[int, ...]
    topic: str
    officer: Actor


class Circle:
    """Writes what follows, each step at its own moment and by its own officer; steps may plan later ones."""

    def __init__(self, u: UnitOfWork, clock: SettableClock, today: datetime) -> None:
        self.u, self.clock, self.today = u, clock, today
        self.chance = random.Random(SEED)  # noqa: S311 - nothing secret is drawn
        self.counts = {"concerns": 0, "handed": 0, "tasks": 0}
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Actor, Step]] = []

    def follow(self, talks: Collection[Talk]) -> list[str]:
        """Write what follows from conversations; returns a sentence that says how much."""
        for talk in talks:
            if talk.days_ago <= RECENT_DAYS and self.chance.random() < SHARE:
                moment = self.today - timedelta(days=talk.days_ago) + timedelta(hours=1)
                self._plan(moment, talk.officer, lambda t=talk: self._begin(t))  # type: ignore[misc]
        while self._waiting:
            self.clock.moment, _number, self.u.actor, step = heapq.heappop(self._waiting)
            step()
        self._due_now(talks)
        return [
            f"{self.counts['concerns']} Anliegen, {self.counts['handed']} weitergeleitet; {self.counts['tasks']} Wiedervorlagen"
        ]

    def _due_now(self, talks: Collection[Talk]) -> None:
        """Leave each officer something for today, and something that is late."""
        newest = {talk.officer.user_id: talk for talk in sorted(talks, key=lambda t: -t.days_ago)}
        self.clock.moment = self.today - timedelta(days=6)
        for officer_id, talk in newest.items():
            for days, title in (
                (0, "Rückruf: Termin für den Besuch absprechen"),
                (3, "Unterlagen zum Gespräch schicken"),
            ):
                due_on = self.today.date() - timedelta(days=days)
                key = f"demo:{talk.consultation_id}:{days}"
                self.u.service(Tasks).add(self.u, NewTask(title, due_on, talk.firm_id, officer_id, key=key))
                self.counts["tasks"] += 1

    def _plan(self, moment: datetime, officer: Actor, step: Step) -> None:
        if moment <= self.today:
            heapq.heappush(self._waiting, (moment, next(self._order), officer, step))

    def _later(self, talk: Talk, days: int, step: Step) -> None:
        self._plan(self.clock.now() + timedelta(days=days, minutes=20), talk.officer, step)

    def _begin(self, talk: Talk) -> None:
        title, promise = self.chance.choice(words()["needs"][talk.topic])
        self._promise(talk, promise)
        if self.chance.random() < 0.45:
            return
        given = ConcernInput(
            talk.topic, title, owner_id=talk.officer.user_id, record=f"consultation:{talk.consultation_id}",
            deadline_on=self.u.service(WorkingDays).after(self.u, self.clock.now().date(), self.chance.randrange(15, 60)),
        )  # fmt: skip
        concern_id = service.add_concern(self.u, talk.firm_id, given)
        self.counts["concerns"] += 1
        young = talk.days_ago < OPEN_DAYS
        fate = self.chance.choices(("alone", "handed", "open"), (30, 50, 20 if young else 0))[0]
        if fate == "alone" or not talk.contact_ids:
            self._later(talk, self.chance.randrange(4, 40), lambda: self._solve(concern_id))
        elif fate == "handed":
            self._later(talk, self.chance.randrange(1, 6), lambda: self._hand_on(talk, concern_id))

    def _promise(self, talk: Talk, title: str) -> None:
        due_on = self.u.service(WorkingDays).after(self.u, self.clock.now().date(), self.chance.randrange(2, 15))
        task = NewTask(
            title, due_on, talk.firm_id, talk.officer.user_id, record=f"consultation:{talk.consultation_id}",
            url=f"/gespraeche/{talk.consultation_id}", key=f"demo:{talk.consultation_id}", origin="consultations",
        )  # fmt: skip
        task_id = self.u.service(Tasks).add(self.u, task)
        self.counts["tasks"] += 1
        overdue_days = (self.today.date() - due_on).days
        if overdue_days > 12 or (overdue_days > 0 and self.chance.random() < 0.6):
            days = max(0, (due_on - self.clock.now().date()).days - self.chance.randrange(3))
            self._later(talk, days, lambda: mark_done(self.u, task_id))

    def _solve(self, concern_id: int) -> None:
        found = concern(self.u, concern_id)
        state = self.chance.choices((codes.SOLVED, codes.UNSOLVABLE, codes.WITHDRAWN), (80, 12, 8))[0]
        if found.state == codes.NEW:
            service.set_state(self.u, concern_id, found.version, codes.IN_PROGRESS)
        words_of_end = {
            codes.SOLVED: "Gelöst, das Unternehmen ist zufrieden.",
            codes.UNSOLVABLE: "Im Ort gibt es nichts Passendes.",
        }
        version = concern(self.u, concern_id).version
        service.set_state(self.u, concern_id, version, state, words_of_end.get(state, "Hat sich erledigt."))

    def _hand_on(self, talk: Talk, concern_id: int) -> None:
        today = self.clock.now().date()
        firm = self.u.service(Firms).get(self.u, talk.firm_id)
        offered = [r for r in recipients(self.u, firm, talk.topic) if r.email]
        if not offered:
            return
        consent = give_consent(self.u, talk.contact_ids[0], ConsentInput("handover", "mail", today, "spoken"))
        answer_by = self.u.service(WorkingDays).after(self.u, today, 15)
        given = HandoverInput(self.chance.choice(offered[:4]).key, MESSAGE, answer_by, consent_id=consent)
        handover_id = handing_on.hand_on(self.u, concern_id, concern(self.u, concern_id).version, given)
        self.counts["handed"] += 1
        outcome = self.chance.choices(tuple(ANSWERS), (55, 30, 15))[0]
        self._later(talk, self.chance.randrange(4, 25), lambda: self._answer(handover_id, outcome))
        if outcome != codes.SOLVED:
            self._later(talk, self.chance.randrange(28, 60), lambda: self._solve(concern_id))

    def _answer(self, handover_id: int, outcome: str) -> None:
        handing_on.record_outcome(self.u, handover_id, outcome, ANSWERS[outcome], close=outcome == codes.SOLVED)
