"""What hooks return: frozen data. Nothing here is HTML; the host renders it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import Select

from wf40.base.errors import Text
from wf40.base.uow import Database, UnitOfWork

Level = Literal["info", "success", "warning", "danger"]
Listed = Literal["firms", "contacts"]
"""The lists that can be acted on as a whole."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a plugin is. ``key`` is its table prefix, its address ``/p/<key>/`` and its template folder.

    ``sdk`` is the SDK version it was written for; ``min_core_revision`` the core migration that it needs.
    """

    key: str
    title: Text
    version: str
    description: Text = ""
    sdk: str = "1.0"
    min_core_revision: str = ""
    licence: str = ""
    homepage: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that a plugin or slice knows, and the roles that hold it from the start.

    A plugin's ``key`` starts with the plugin's own and a dot, e.g. ``follow_up.read``.
    """

    key: str
    title: Text
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation. ``count`` is shown as a badge when above zero.

    The entry is marked on its own page, on those below it, and on those at and below the addresses of ``covers``.
    """

    key: str
    label: Text
    endpoint: str
    order: int
    permission: str
    icon: str = "arrow-forward"
    count: int = 0
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A box on a record page: a template of the plugin and the values it gets."""

    key: str
    title: Text
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100
    place: Literal["main", "side"] = "side"


@dataclass(frozen=True, slots=True)
class Card:
    """A box on Mein Tag."""

    key: str
    title: Text
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the firm's record page that leads to an address of its own."""

    key: str
    label: Text
    url: str
    order: int = 100
    count: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """A button in the head of a record page. One that changes something at once (``post``) stands in the menu there."""

    key: str
    label: Text
    url: str
    permission: str
    icon: str = "add"
    order: int = 100
    post: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word beside the name in the head of a record page, e.g. the Ampel. ``title`` says more, ``url`` leads on.

    ``level`` gives colour and icon; ``None`` is neutral.
    """

    key: str
    label: Text
    level: Level | None = None
    title: Text = ""
    url: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a firm's history. ``kind`` groups entries for the filter; its label is ``kind_label``.

    ``at`` at midnight of the office's time zone means that only the day is known. A ``confidential`` entry says that
    something happened and never what: its ``text`` stays empty.
    """

    at: datetime
    kind: str
    kind_label: Text
    title: Text
    text: Text = ""
    url: str = ""
    actor: str = ""
    icon: str = "draft"
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class FirmColumn:
    """A column of the firm list. ``select`` yields (firm_id, value): the list is sorted in the database by it.

    ``present`` turns a value into what is shown: a text, or (``kind='meter'``) a number of 0 to 100, or
    (``kind='badge'``) a :class:`Badge`. A firm has one row at most. ``shown``: it stands in the list before anybody
    chooses columns.
    """

    key: str
    label: Text
    select: Callable[[UnitOfWork], Select[Any]]
    kind: Literal["text", "number", "meter", "date", "badge"] = "text"
    present: Callable[[Any], Text] = str
    order: int = 100
    shown: bool = True


@dataclass(frozen=True, slots=True)
class FirmFilter:
    """A filter of the firm list: choices, and for the chosen value a select of the firm ids that stay.

    ``kind`` says how the value is entered and written: one choice; several choices (``3.7`` any of them, ``alle.3.7``
    all, see :func:`wf40.sdk.firm_data.several`); a text; or a span of numbers or days (``from..to``, either may be
    empty, see :func:`wf40.sdk.firm_data.span`). Without anything to choose, a filter with choices is left out.
    """

    key: str
    label: Text
    choices: Callable[[UnitOfWork], list[tuple[str, Text]]]
    select: Callable[[UnitOfWork, str], Select[Any]]
    order: int = 100
    kind: Literal["choice", "choices", "text", "number", "date"] = "choice"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is known of a firm about one concept, from 0 (nothing in place) to 1 (fully in place).

    ``low`` and ``high`` are equal when the answer is known and span [0, 1] when the firm answered "unknown". The
    newest indicator of a concept counts. ``label`` is the question in short, ``url`` where the answer stands. With
    ``applies=False`` the concept does not apply to the firm and leaves the denominator.
    """

    firm_id: int
    concept: str
    low: float
    high: float
    observed_on: date
    source: Text
    label: Text = ""
    url: str = ""
    applies: bool = True


@dataclass(frozen=True, slots=True)
class FirmSignal:
    """A dated, sourced observation that raises a firm's risk by ``strength`` in [0, 1] on the day asked for.

    ``key`` names the underlying event: signals of a firm that share it count once, by the strongest.
    """

    firm_id: int
    key: str
    label: Text
    strength: float
    observed_on: date
    source: Text
    hard_trigger: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class HelpOffer:
    """Somebody or something that can help a firm with a topic, and why it is listed."""

    key: str
    title: Text
    reason: Text
    url: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Every:
    """A job that is due again and again after a number of minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Daily:
    """A job that is due once a calendar day at a local time, on the days of clock changes too."""

    at: time


@dataclass(frozen=True, slots=True)
class Continuous:
    """A job that looks for work at every tick, such as imports that wait; it claims what it works on by itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the worker does. ``run`` opens its own units of work and must be repeatable: it may be killed.

    A job with a time runs in a process of its own, which is ended after ``limit_minutes``.
    """

    key: str
    title: Text
    rule: Every | Daily | Continuous
    run: Callable[[Database], None]
    limit_minutes: int = 30


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """Declares a column with personal data: what for, on which legal basis, and when it is erased."""

    table: str
    column: str
    category: Text
    purpose: Text
    legal_basis: Text
    erase: Text


@dataclass(frozen=True, slots=True)
class EventHandler:
    """Work to do after an event was committed. Handlers may run twice and must then change nothing."""

    event: type[Any]
    handle: Callable[[UnitOfWork, Any], None]


@dataclass(frozen=True, slots=True)
class Health:
    """One line of the health report."""

    key: str
    ok: bool
    detail: str = ""
