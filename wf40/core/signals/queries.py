"""Reads signals."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, NotFound, Text
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.signals.catalogue import FIELDS, LABELS, RESOLUTIONS, kind_label
from wf40.core.signals.models import Signal
from wf40.core.signals.strength import is_hard_on, strength_on
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.paging import Page, entities, page_of
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms, Office, Officers
from wf40.sdk.statements import kept, of_units
from wf40.sdk.values import FirmSignal

NEW_DAYS = 14
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class SignalLine:
    """A signal as lists and pages show it. ``today`` is its present strength in [0, 1]."""

    id: int
    firm_id: int
    firm_name: str
    kind: str
    kind_label: Text
    label: str
    note: str
    source: str
    observed_on: date
    until: date | None
    course: str
    months: float | None
    strength: float
    today: float
    hard: bool
    resolved_on: date | None
    resolution: str
    resolution_note: str
    author: str
    created_at: datetime
    source_event: str
    archived: bool
    version: int

    @property
    def title(self) -> Text:
        """What it is called: the officer's own words, or the name of its kind."""
        return self.label or self.kind_label

    @property
    def open(self) -> bool:
        """Whether it still counts."""
        return self.resolved_on is None and not self.archived


def today(u: UnitOfWork) -> date:
    """The calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return of_units(u, Signal.unit_id)


def _lines(u: UnitOfWork, rows: Iterable[Signal], firms: Mapping[int, FirmRef]) -> list[SignalLine]:
    day, officers, names = today(u), u.service(Officers), dict[int, str]()
    lines = []
    for row in rows:
        if row.author_id is not None and row.author_id not in names:
            officer = officers.get(u, row.author_id)
            names[row.author_id] = officer.name if officer else ""
        firm = firms.get(row.firm_id)
        if firm is not None:
            lines.append(_line(row, firm.name, names.get(row.author_id or 0, ""), day))
    return lines


def _with_firms(u: UnitOfWork, rows: list[Signal]) -> list[SignalLine]:
    return _lines(u, rows, u.service(Firms).many(u, {row.firm_id for row in rows}))


def _line(row: Signal, firm_name: str, author: str, day: date) -> SignalLine:
    return SignalLine(
        id=row.id,
        firm_id=row.firm_id,
        firm_name=firm_name,
        kind=row.kind,
        kind_label=kind_label(row.kind),
        label=row.label,
        note=row.note,
        source=row.source,
        observed_on=row.observed_on,
        until=row.until,
        course=row.course,
        months=row.months,
        strength=row.strength,
        today=0.0 if row.archived_at else strength_on(row, day),
        hard=row.archived_at is None and is_hard_on(row, day),
        resolved_on=row.resolved_on,
        resolution=row.resolution,
        resolution_note=row.resolution_note,
        author=author,
        created_at=row.created_at,
        source_event=row.source_event,
        archived=row.archived_at is not None,
        version=row.version,
    )


@requires("signals.read")
def signal(u: UnitOfWork, signal_id: int) -> SignalLine:
    """Return one signal, an archived one too; raises :class:`NotFound`."""
    row = u.session.scalar(select(Signal).where(Signal.id == signal_id, _readable(u)))
    if row is None:
        raise NotFound
    return _lines(u, [row], {row.firm_id: u.service(Firms).get(u, row.firm_id)})[0]


@requires("signals.edit")
def signal_to_edit(u: UnitOfWork, signal_id: int) -> SignalLine:
    """Return a signal for its form; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    line = signal(u, signal_id)
    firm_to_record_on(u, line.firm_id)
    return line


@requires("signals.edit")
def firm_to_record_on(u: UnitOfWork, firm_id: int) -> FirmRef:
    """Return a firm for recording a signal; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden("signals.edit")
    return firm


@requires("signals.read")
def of_firm(u: UnitOfWork, firm: FirmRef) -> list[SignalLine]:
    """Return a firm's signals, open ones first, the newest first; archived ones are left out."""
    rows = u.once(("signals", firm.id), lambda: u.session.scalars(_of_firm(u), {"firm": firm.id}).all())
    return _lines(u, rows, {firm.id: firm})


@kept
def _of_firm(u: UnitOfWork) -> Select[Any]:
    rows = select(Signal).where(Signal.firm_id == bindparam("firm"), Signal.archived_at.is_(None), _readable(u))
    return rows.order_by(Signal.resolved_on.is_not(None), Signal.observed_on.desc(), Signal.id.desc())


@requires("signals.read")
def page_of_signals(u: UnitOfWork, state: str = "open", kind: str = "", page: int = 1) -> Page[SignalLine]:
    """Return one page of signals, the newest first. ``state``: open, new, resolved, archived, all."""
    chosen = select(Signal).where(_readable(u), *_in_state(u, state), *([Signal.kind == kind] if kind else []))
    ordered = chosen.order_by(Signal.observed_on.desc(), Signal.id.desc())
    return page_of(u, ordered, page, PER_PAGE, lambda rows: _with_firms(u, entities(rows)))


def _in_state(u: UnitOfWork, state: str) -> list[ColumnElement[bool]]:
    if state == "archived":
        return [Signal.archived_at.is_not(None)]
    alive = Signal.archived_at.is_(None)
    if state == "resolved":
        return [alive, Signal.resolved_on.is_not(None)]
    if state == "new":
        return [alive, Signal.created_at >= u.now - timedelta(days=NEW_DAYS)]
    return [alive] if state == "all" else [alive, Signal.resolved_on.is_(None)]


@requires("signals.read")
def newest(u: UnitOfWork, limit: int = 5) -> list[SignalLine]:
    """Return the open signals recorded in the last two weeks, the newest first."""
    alive = select(Signal).where(_readable(u), *_in_state(u, "new"), Signal.resolved_on.is_(None))
    rows = list(u.session.scalars(alive.order_by(Signal.created_at.desc(), Signal.id.desc()).limit(limit)))
    return _with_firms(u, rows)


@requires("signals.read")
def changes(u: UnitOfWork, signal_id: int) -> list[ShownChange]:
    """Return the changes of a signal's fields, the newest first; raises :class:`NotFound`."""
    signal(u, signal_id)
    return in_words(
        changes_of(u, f"signal:{signal_id}"), FIELDS, {"created": LABELS, "kind": LABELS, "resolution": RESOLUTIONS}
    )


@requires("signals.read")
def strengths(u: UnitOfWork, firm_ids: Collection[int]) -> list[FirmSignal]:
    """Return what the signals of firms weigh today. Signals of one event carry the same key."""
    day = today(u)
    counted = select(Signal).where(
        Signal.firm_id.in_(firm_ids),
        Signal.archived_at.is_(None),
        or_(Signal.resolved_on.is_(None), Signal.resolved_on > day),
        _readable(u),
    )
    return [
        FirmSignal(
            firm_id=row.firm_id,
            key=row.source_event,
            label=row.label or kind_label(row.kind),
            strength=strength_on(row, day),
            observed_on=row.observed_on,
            source=row.source,
            hard_trigger=is_hard_on(row, day),
            url=f"/signale/{row.id}",
        )
        for row in u.session.scalars(counted.order_by(Signal.id))
    ]
