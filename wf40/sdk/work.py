"""What an office does for firms: things to do, concerns to hand on, many firms to reach. Frozen data, no HTML."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork

Reply = Literal["sent", "opened", "answered", "revoked", "expired"]
"""How far somebody got with what a campaign sent."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside the office who can take over a firm's concern.

    ``key`` stays the same for ever, e.g. ``office-3``; ``group`` heads the list, e.g. "Fachämter". Without ``email``
    the office hands on by telephone. ``note`` says why this one fits; lower ``order`` comes first in its group.
    ``formerly`` are keys under which it was known before, such as those of partners that were merged into it.
    """

    key: str
    label: Text
    group: Text
    email: str = ""
    note: Text = ""
    url: str = ""
    order: int = 100
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outreach:
    """Something that a campaign sends to many firms, such as the invitation to a check.

    ``purpose`` is what a person must have agreed to (see :class:`ContactRef`). ``invite(u, firm_id, contact_id)`` sends
    to one and returns a number to ask for later; it raises :class:`InvalidInput` where that is not possible.
    ``replies(u, numbers)`` says how far each got. ``standing(u, firm_ids)`` names the firms that should not be asked
    now, since they were asked (``sent``) or answered (``answered``) not long ago, by whatever way.
    ``preview(u, firm_id, contact_id)`` returns subject and text of the mail to one, as it would be sent but without
    secrets: people read it before they send.
    """

    key: str
    label: Text
    purpose: str
    permission: str
    invite: Callable[[UnitOfWork, int, int], int]
    replies: Callable[[UnitOfWork, Collection[int]], Mapping[int, Reply]]
    url: Callable[[int], str] = lambda _number: ""
    standing: Callable[[UnitOfWork, Collection[int]], Mapping[int, Reply]] = lambda _u, _firm_ids: {}
    preview: Callable[[UnitOfWork, int, int], tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A dated thing somebody must do.

    ``key`` makes it unique for ever: the same key never makes a second task. ``record`` names what it is about as
    ``kind:id``, ``url`` is where that stands. Without ``responsible_id`` the head sees it as not assigned. A
    ``confidential`` one is read by its author, who is responsible for it or for the firm, and nobody else.
    """

    title: str
    due_on: date
    firm_id: int | None = None
    responsible_id: int | None = None
    note: str = ""
    record: str = ""
    url: str = ""
    key: str = ""
    origin: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved from one firm to another when both were merged; ``label`` is in the plural, e.g. "Gespräche".

    ``data`` is JSON and says exactly which rows these were and what they were before, so that unmerging puts back those
    and no others. ``count`` is how many there are for people; ``note`` is a sentence about what did not simply move.
    """

    key: str
    label: Text
    count: int
    data: dict[str, Any] = field(default_factory=dict)
    note: Text = ""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What returned to a firm when a merge was taken back. ``stays`` counts what had changed hands or was removed."""

    key: str
    label: Text
    count: int
    stays: int = 0
