"""Tasks as pages show them, and what a list is asked for."""

from dataclasses import dataclass
from datetime import date, datetime

from wf40.core.tasks import codes
from wf40.sdk.refs import FirmRef


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as lists show it. ``title`` is empty and ``readable`` false for people who may not read what it is about.

    ``present`` is false when whoever is responsible has left or takes no part in the daily work any more.
    """

    id: int
    title: str
    readable: bool
    due_on: date
    state: str
    firm_id: int | None
    firm_name: str
    firm_archived: bool
    responsible_id: int | None
    responsible: str
    present: bool
    confidential: bool
    postponed: int
    closed_at: datetime | None
    created_at: datetime
    author: str
    closer: str
    url: str
    word: str
    word_by: str
    unit_id: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with everything its page shows; texts are empty for people who may not read them."""

    line: TaskLine
    note: str
    outcome: str
    origin: str
    record: str
    author_id: int | None
    updated_at: datetime
    version: int
    firm: FirmRef | None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What to keep and how to order.

    ``who``: ``ich``, ``alle``, ``niemand`` or a person's number; ``when``: see :data:`codes.WHEN`; ``order``:
    ``faellig`` or ``unternehmen``, after a ``-`` backwards.
    """

    who: str = codes.ALL
    when: str = "offen"
    firm_id: int | None = None
    q: str = ""
    order: str = ""
