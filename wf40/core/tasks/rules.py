"""What a task must keep to, and who may read what it is about."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from wf40.base.access import Actor
from wf40.base.checks import Findings, line, lines
from wf40.base.errors import InvalidInput
from wf40.base.german import tidy
from wf40.base.i18n import _l
from wf40.core.tasks.models import Task
from wf40.sdk.web import local_target
from wf40.sdk.work import NewTask

LONGEST_TITLE: int = Task.__table__.c.title.type.length  # type: ignore[attr-defined]
LONGEST_WORD: int = Task.__table__.c.word.type.length  # type: ignore[attr-defined]
LONGEST_NOTE = 20_000
LONGEST_KEY: int = Task.__table__.c.key.type.length  # type: ignore[attr-defined]
LONGEST_URL: int = Task.__table__.c.url.type.length  # type: ignore[attr-defined]
LONGEST_RECORD: int = Task.__table__.c.record.type.length  # type: ignore[attr-defined]
LONGEST_ORIGIN: int = Task.__table__.c.origin.type.length  # type: ignore[attr-defined]
FARTHEST = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What people may change of a task."""

    title: str
    due_on: date
    responsible_id: int | None = None
    note: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """Whoever has to do with a task: its author, who is responsible for it, and for its firm."""

    author_id: int | None
    responsible_id: int | None
    officer_id: int | None


def may_read_content(actor: Actor, people: People, *, confidential: bool) -> bool:
    """Tell whether somebody who may see that the task exists may also read what it is about.

    A confidential one is read by its author, who is responsible for it or for its firm, and by nobody else: not by
    the head of the office, not by the administration.
    """
    if not confidential or actor.kind == "system":
        return True
    known = (people.author_id, people.responsible_id, people.officer_id)
    return actor.user_id is not None and actor.user_id in known


def checked(given: TaskInput, today: date, *, due_before: date | None = None) -> TaskInput:
    """Return the stored form of what a person entered, or refuse with a sentence for each fault.

    A day in the past is refused unless it stood there before.
    """
    found = Findings()
    title = found.check("title", lambda: title_of(given.title))
    note = found.check("note", lambda: lines(given.note, LONGEST_NOTE))
    if given.due_on != due_before:
        found.check("due_on", lambda: check_day(given.due_on, today))
    found.close()
    return replace(given, title=title, note=note)


def title_of(text: str) -> str:
    """Return a title as it is stored; refuses an empty one and one that is too long."""
    clean = line(text, LONGEST_TITLE)
    if not clean:
        raise InvalidInput(_l("Schreiben Sie in wenigen Worten, was zu tun ist."))
    return clean


def check_day(day: date, today: date) -> None:
    """Refuse a day in the past, and one so far away that the year must be a slip."""
    if day < today:
        raise InvalidInput(_l("Dieser Tag ist schon vorbei. Wählen Sie heute oder einen späteren Tag."))
    if day - today > FARTHEST:
        raise InvalidInput(_l("Dieser Tag liegt mehr als zehn Jahre in der Zukunft. Bitte prüfen Sie das Jahr."))


def from_program(given: NewTask) -> NewTask:
    """Return what a slice or plugin gave, as it is stored: a title that is too long is cut.

    Raises :class:`InvalidInput` for what a program must not give, such as an address elsewhere.
    """
    title = tidy(given.title)
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1].rstrip() + "…"
    if local_target(given.url, "") != given.url:
        raise InvalidInput(_l("Die Adresse zur Wiedervorlage führt aus der Anwendung hinaus."))
    limits = ((given.url, LONGEST_URL), (given.key, LONGEST_KEY), (given.record, LONGEST_RECORD))
    if any(len(text) > longest for text, longest in (*limits, (given.origin, LONGEST_ORIGIN))):
        raise InvalidInput(_l("Die Angaben zur Herkunft der Wiedervorlage sind zu lang."))
    return replace(given, title=title_of(title), note=lines(given.note[:LONGEST_NOTE], LONGEST_NOTE))
