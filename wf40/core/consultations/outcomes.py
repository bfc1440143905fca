"""What follows from a conversation: needs that become concerns, promises that become tasks, stored with it in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns.listing import ALL, ConcernFilter, ConcernLine, some
from wf40.core.concerns.rules import LONGEST_TITLE, ConcernInput
from wf40.core.concerns.service import add_concern
from wf40.core.consultations import codes
from wf40.core.consultations.rules import ConsultationInput
from wf40.core.tasks.queries import of_record
from wf40.core.tasks.shapes import TaskLine
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask

PROMISES = 4
"""How many promises a form has room for."""
LONGEST_TASK = 300
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Need:
    """A topic that becomes a concern; without a title the occasion says what it is about."""

    topic: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody of the office will do and until when. ``place`` is its line in the form, from 1."""

    place: int
    title: str
    due_on: date | None
    responsible_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everything that follows from one conversation."""

    needs: tuple[Need, ...] = ()
    promises: tuple[Promise, ...] = ()


NOTHING = Outcomes()


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of a conversation so far: concerns and tasks as their own lists show them."""

    concerns: Sequence[ConcernLine]
    tasks: Sequence[TaskLine]

    def __bool__(self) -> bool:
        return bool(self.concerns or self.tasks)


@requires("consultations.read")
def followed(u: UnitOfWork, consultation_id: int) -> Followed:
    """Return what came of a conversation, of that what the actor may read."""
    record = f"consultation:{consultation_id}"
    raised = some(u, ConcernFilter(state=ALL, record=record), MOST_SHOWN) if u.actor.may("concerns.read") else ()
    return Followed(raised, of_record(u, record) if u.actor.may("tasks.read") else ())


def check(given: Outcomes, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each line that breaks a rule; fields as the form names them."""
    found: dict[str, Text] = {}
    for need in given.needs:
        if len(need.title) > LONGEST_TITLE:
            found[f"need_title_{need.topic}"] = _l(
                "Das ist zu lang, möglich sind %(most)s Zeichen.", most=LONGEST_TITLE
            )
    for promise in given.promises:
        if not promise.title:
            found[f"task_{promise.place}"] = _l("Schreiben Sie, was zu tun ist.")
        elif len(promise.title) > LONGEST_TASK:
            found[f"task_{promise.place}"] = _l("Das ist zu lang, möglich sind %(most)s Zeichen.", most=LONGEST_TASK)
        if promise.due_on is None:
            found[f"task_due_{promise.place}"] = _l("Geben Sie an, bis wann das zu tun ist.")
        elif promise.due_on < today:
            found[f"task_due_{promise.place}"] = _l("Dieser Tag ist schon vorbei.")
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)


def store(u: UnitOfWork, firm: FirmRef, consultation_id: int, given: ConsultationInput, outcomes: Outcomes, key: str) -> None:  # fmt: skip
    """Add the concerns and tasks that follow from a conversation; ``key`` makes each of them once.

    What follows from a confidential conversation is as confidential.
    """
    record, confidential = f"consultation:{consultation_id}", given.confidentiality == codes.OFFICER
    for need in outcomes.needs:
        title = need.title or f"{codes.TOPICS[need.topic]}: {given.occasion or codes.KINDS[given.kind]}"
        concern = ConcernInput(
            topic=need.topic, title=title[:LONGEST_TITLE], owner_id=u.actor.user_id, record=record, confidential=confidential
        )  # fmt: skip
        add_concern(u, firm.id, concern, f"{key}-{need.topic}")
    for promise in outcomes.promises:
        assert promise.due_on is not None  # noqa: S101 - checked before
        task = NewTask(
            title=promise.title, due_on=promise.due_on, firm_id=firm.id,
            responsible_id=promise.responsible_id or u.actor.user_id, record=record,
            url=f"/gespraeche/{consultation_id}", key=f"{key}-{promise.place}", origin="consultations",
            confidential=confidential,
        )  # fmt: skip
        u.service(Tasks).add(u, task)
