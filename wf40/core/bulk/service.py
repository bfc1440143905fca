"""Starts changes of many firms, lets them run, and takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, insert, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, Text
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.stored_texts import in_source_language
from wf40.base.uow import UnitOfWork
from wf40.core.bulk import codes, dealing
from wf40.core.bulk.models import BulkItem, BulkRun
from wf40.core.bulk.queries import counts, run_to_change
from wf40.pluginhost.calls import Provided
from wf40.sdk.firm_data import BulkChange

_NO_FILTER = frozenset(
    {"seite", "sortierung", "richtung", "pro_seite", "spalten", "ansicht", "aenderung", "wert", "schritt"}
)
LONGEST_VALUE = 1000


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change will do: how many firms change, are so already, and stay for which reason."""

    changing: int = 0
    same: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def filters_of(query: str) -> str:
    """Return the part of the firm list's address that says which firms, without page, order and what is changed."""
    return urlencode(pairs_of(query))


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Return the same as names and values."""
    found = parse_qsl(query, max_num_fields=500, errors="replace")
    return [(name, value) for name, value in found if name not in _NO_FILTER]


@requires(codes.RUN)
def offered(u: UnitOfWork) -> list[BulkChange]:
    """Return the changes that the actor may make."""
    return [p.value for p in dealing.offered(u)]


@requires(codes.RUN)
def preview(u: UnitOfWork, firm_ids: Sequence[int], key: str, value: str) -> Preview:
    """Count what a change would do; raises :class:`InvalidInput` for a value that it does not take."""
    change = _demanded(u, key)
    changing, same, refused = 0, 0, dict[str, int]()
    for part in portions(firm_ids):
        todo, already, not_possible = dealing.sort_out(u, change, value, part)
        changing += len(todo)
        same += len(already)
        for why in not_possible.values():
            refused[str(why)] = refused.get(str(why), 0) + 1
    return Preview(changing, same, refused)


@requires(codes.RUN)
def begin(u: UnitOfWork, key: str, value: str, filters: Sequence[Text], entry_key: str) -> tuple[int, bool]:
    """Store a change that nothing is done of yet; returns its id and whether it is new (a form may be sent twice)."""
    if u.actor.unit_id is None:
        raise Forbidden(codes.RUN)
    known = select(BulkRun.id).where(BulkRun.entry_key == entry_key, BulkRun.author_id == u.actor.user_id)
    if (stored := u.session.scalar(known)) is not None:
        return stored, False
    change = _demanded(u, key).value
    change.target(u, value)
    with in_source_language():
        label, words = str(change.label)[:200], str(change.words(u, value))
    run = BulkRun(
        unit_id=u.actor.unit_id, author_id=u.actor.user_id, worker_id=u.actor.user_id, change_key=key,
        change_label=label, value=value, words=words,
        filters=[str(words) for words in filters], state=codes.COLLECTING, created_at=u.now, entry_key=entry_key[:64],
    )  # fmt: skip
    u.session.add(run)
    u.session.flush()
    return run.id, True


@requires(codes.RUN)
def collect(u: UnitOfWork, run_id: int, firm_ids: Sequence[int]) -> None:
    """Add firms to a change that has not begun."""
    run = run_to_change(u, run_id)
    if run.state == codes.COLLECTING and firm_ids:
        rows = [{"run_id": run.id, "firm_id": firm_id, "state": codes.WAITING, "why": ""} for firm_id in firm_ids]
        u.session.execute(insert(BulkItem), rows)


@requires(codes.RUN)
def release(u: UnitOfWork, run_id: int, *, at_once: bool) -> None:
    """Let a change begin: within this transaction (``at_once``), or by the worker."""
    run = run_to_change(u, run_id)
    if run.state != codes.COLLECTING:
        return
    run.state = codes.RUNNING
    u.audit("bulk_started", f"bulk_run:{run.id}", {"change": run.change_key, "firms": sum(counts(u, run.id).values())})
    if at_once:
        _deal_all(u, run)


@requires(codes.RUN)
def undo(u: UnitOfWork, run_id: int) -> bool:
    """Take a change back wherever nobody edited since; tells whether that is done already, or left to the worker."""
    run = run_to_change(u, run_id)
    if run.state not in (codes.DONE, codes.STOPPED):
        raise InvalidInput(_l("Diese Änderung lässt sich im Moment nicht zurücknehmen. Bitte laden Sie die Seite neu."))
    if dealing.find(u, run.change_key) is None:
        raise InvalidInput(
            _l(
                "Diese Änderung lässt sich nicht zurücknehmen: Was geändert wurde, gibt es zurzeit nicht oder ist Ihnen nicht erlaubt."
            )
        )
    run.state, run.halt, run.worker_id, run.ended_at = codes.UNDOING, "", u.actor.user_id, None
    found = counts(u, run.id)
    u.audit("bulk_undone", f"bulk_run:{run.id}", {"firms": found.get(codes.CHANGED, 0)})
    if found.get(codes.CHANGED, 0) > codes.AT_ONCE:
        return False
    _deal_all(u, run)
    return True


@requires(codes.RUN)
def forget_old(u: UnitOfWork) -> int:
    """Delete changes that are too old to be taken back, and those that never began; returns how many."""
    old = select(BulkRun.id).where(BulkRun.created_at < u.now - timedelta(days=codes.KEPT_DAYS))
    never = select(BulkRun.id).where(BulkRun.state == codes.COLLECTING, BulkRun.created_at < u.now - timedelta(days=1))
    ids = [*u.session.scalars(old), *u.session.scalars(never)]
    for run_id in ids:
        u.session.execute(delete(BulkItem).where(BulkItem.run_id == run_id))
        u.session.execute(delete(BulkRun).where(BulkRun.id == run_id))
    return len(ids)


def _deal_all(u: UnitOfWork, run: BulkRun) -> None:
    change, state = _demanded(u, run.change_key), codes.CHANGED if run.state == codes.UNDOING else codes.WAITING
    mine = select(BulkItem).where(BulkItem.run_id == run.id, BulkItem.state == state).order_by(BulkItem.id)
    for part in portions(list(u.session.scalars(mine))):
        dealing.deal(u, run, change, part)
    run.state, run.ended_at = codes.UNDONE if run.state == codes.UNDOING else codes.DONE, u.now


def _demanded(u: UnitOfWork, key: str) -> Provided[BulkChange]:
    change = dealing.find(u, key)
    if change is None:
        sentence = _l("Bitte wählen Sie, was geändert werden soll.")
        raise InvalidInput(sentence, {"aenderung": sentence})
    return change
