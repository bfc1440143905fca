"""What happened elsewhere, and which rules heed it. Each handler may run twice and then changes nothing."""

from flask_babel import force_locale

from wf40.sdk.events import ConcernClosed, FirmLightChanged, FirmResponded, TaskClosed
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import local_target
from wf40_follow_up import terms
from wf40_follow_up.firing import Cause, fire, note_closed, rules_for, withdraw
from wf40_follow_up.texts import KEY, OFFICE_LANGUAGE, _

LONGEST_URL = 300


def light_changed(u: UnitOfWork, event: FirmLightChanged) -> None:
    """Red: somebody calls. No longer red: nobody has to."""
    firm = _firm(u, event.firm_id)
    if firm is None:
        return
    if event.light == "red":
        cause = Cause(f"{firm.id}:{event.on}", f"firm:{firm.id}")
        for row in rules_for(u, firm.unit_id, terms.LIGHT_RED):
            fire(u, row, firm, cause)
    else:
        with force_locale(OFFICE_LANGUAGE):
            why = _("Die Ampel ist nicht mehr rot.")
        withdraw(u, terms.LIGHT_RED, firm.id, why)


def responded(u: UnitOfWork, event: FirmResponded) -> None:
    """A firm sent something: somebody answers."""
    firm = _firm(u, event.firm_id)
    if firm is None:
        return
    url = local_target(event.url, "")
    cause = Cause(f"{firm.id}:{event.key}", f"firm:{firm.id}", url if len(url) <= LONGEST_URL else "")
    for row in rules_for(u, firm.unit_id, terms.RESPONDED):
        fire(u, row, firm, cause)


def concern_closed(u: UnitOfWork, event: ConcernClosed) -> None:
    """A concern is over: somebody asks again later."""
    firm = _firm(u, event.firm_id)
    if firm is None:
        return
    cause = Cause(f"{firm.id}:concern:{event.concern_id}", f"concern:{event.concern_id}")
    for row in rules_for(u, firm.unit_id, terms.CONCERN_CLOSED):
        fire(u, row, firm, cause)


def task_closed(u: UnitOfWork, event: TaskClosed) -> None:
    """A task is closed: note it where it was ours, and let the rules heed one that was done."""
    lineage = note_closed(u, event.key, done=event.done) if event.origin == KEY else ()
    firm = _firm(u, event.firm_id) if event.firm_id and event.done else None
    if firm is None:
        return
    cause = Cause(f"{firm.id}:task:{event.task_id}", f"task:{event.task_id}", lineage=lineage)
    for row in rules_for(u, firm.unit_id, terms.TASK_DONE):
        if _heeds(row.source, event):
            fire(u, row, firm, cause)


def _heeds(source: str, event: TaskClosed) -> bool:
    if source.startswith(terms.AFTER_RULE):
        made_by = f"{KEY}:{source.removeprefix(terms.AFTER_RULE)}:"
        return event.origin == KEY and event.key.startswith(made_by)
    return source == terms.ANY or not event.origin


def _firm(u: UnitOfWork, firm_id: int) -> FirmRef | None:
    return u.service(Firms).many(u, [firm_id]).get(firm_id)
