"""Works off changes of many firms, slice by slice. Any number of workers may; each firm is dealt with once.

A slice is one short transaction that holds the firms and what became of them, so that a worker that is killed leaves
whole slices only.
"""

import time

from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.errors import DomainError
from wf40.base.i18n import _
from wf40.base.uow import Database, UnitOfWork
from wf40.core.accounts.identity import permissions_of
from wf40.core.accounts.queries import readable_units
from wf40.core.bulk import codes, dealing, service
from wf40.core.bulk.models import BulkItem, BulkRun
from wf40.pluginhost.calls import Hooks
from wf40.sdk.services import Officers

LONGEST_SLICE = 0.15
"""Seconds that a slice aims at; other writers wait for one or two of them."""
FIRST, MOST = 20, 200
PAUSE = 0.02
_SYSTEM = Actor.system("bulk")
_WORKS = (codes.RUNNING, codes.UNDOING)


def work(database: Database) -> None:
    """Work off what runs or is taken back. The worker's job."""
    with database.read(_SYSTEM) as u:
        ids = list(u.session.scalars(select(BulkRun.id).where(BulkRun.state.in_(_WORKS)).order_by(BulkRun.id)))
    for run_id in ids:
        size = FIRST
        while size:
            size = work_slice(database, run_id, size)
            time.sleep(PAUSE)


def forget(database: Database) -> None:
    """Forget old changes. The worker's job."""
    with database.write(_SYSTEM) as u:
        service.forget_old(u)


def work_slice(database: Database, run_id: int, size: int = FIRST) -> int:
    """Deal with some firms of a change; returns how many to take next, 0 when there is nothing more to do."""
    with database.read(_SYSTEM) as u:
        person = _person(u, run_id)
    if person is None:
        _end(database, run_id, _("Wer diese Änderung angestoßen hat, darf sie nicht mehr ausführen."))
        return 0
    try:
        with database.write(person) as u:
            started, left = time.monotonic(), _one_slice(u, run_id, size)
    except DomainError as refusal:
        _end(database, run_id, str(refusal))
        return 0
    if not left:
        _end(database, run_id)
        return 0
    took = max(time.monotonic() - started, 0.001)
    return max(5, min(MOST, size * 2, int(size * LONGEST_SLICE / took)))


def _one_slice(u: UnitOfWork, run_id: int, size: int) -> bool:
    row = select(BulkRun).where(BulkRun.id == run_id, BulkRun.state.in_(_WORKS))
    run = u.session.scalar(row.with_for_update(read=True))
    if run is None:
        return False
    change = dealing.find(u, run.change_key)
    if change is None:
        raise DomainError(_("Was geändert werden soll, gibt es zurzeit nicht."))
    state = codes.CHANGED if run.state == codes.UNDOING else codes.WAITING
    mine = select(BulkItem).where(BulkItem.run_id == run_id, BulkItem.state == state).order_by(BulkItem.id)
    items = list(u.session.scalars(mine.limit(size).with_for_update(skip_locked=True)))
    if items:
        dealing.deal(u, run, change, items)
    return bool(items)


def _person(u: UnitOfWork, run_id: int) -> Actor | None:
    """Return whose rights of today the change is made with."""
    run = u.session.get(BulkRun, run_id)
    person = u.service(Officers).get(u, run.worker_id) if run and run.worker_id else None
    if run is None or person is None or not person.active or person.unit_id != run.unit_id:
        return None
    rights = permissions_of(u.service(Hooks), person.role)
    if codes.RUN not in rights:
        return None
    units = readable_units(u, person.unit_id)
    return Actor("user", person.name, person.id, person.unit_id, units, person.role, rights)


def _end(database: Database, run_id: int, halt: str = "") -> None:
    """Close a change whose firms are all dealt with, or stop one that cannot go on."""
    with database.write(_SYSTEM) as u:
        run = u.session.get(BulkRun, run_id, with_for_update=True)
        if run is None or run.state not in _WORKS:
            return
        state = codes.CHANGED if run.state == codes.UNDOING else codes.WAITING
        left = select(BulkItem.id).where(BulkItem.run_id == run_id, BulkItem.state == state).limit(1)
        if not halt and u.session.scalar(left) is not None:  # another worker still deals with some
            return
        run.state = codes.STOPPED if halt else codes.UNDONE if run.state == codes.UNDOING else codes.DONE
        run.halt, run.ended_at = halt, u.now
        u.audit(f"bulk_{run.state}", f"bulk_run:{run_id}")
