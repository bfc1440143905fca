"""Deals with some firms of a change: does it to those that it fits, or takes it back where nobody edited since."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from wf40.base.errors import DomainError, Text
from wf40.base.i18n import _
from wf40.base.stored_texts import to_store
from wf40.base.uow import UnitOfWork
from wf40.core.bulk import codes
from wf40.core.bulk.models import BulkItem, BulkRun
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.firm_data import BulkChange
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms

T = TypeVar("T")


def offered(u: UnitOfWork) -> list[Provided[BulkChange]]:
    """Return the changes that the actor may make, in their order."""
    found = u.service(Hooks).gather(Spec.bulk_changes, u).provided
    return sorted((p for p in found if u.actor.may(p.value.permission)), key=lambda p: (p.value.order, p.value.key))


def find(u: UnitOfWork, key: str) -> Provided[BulkChange] | None:
    """Return a change by its key, if the actor may make it at present."""
    return next((p for p in offered(u) if p.value.key == key), None)


def sort_out(
    u: UnitOfWork, change: Provided[BulkChange], value: str, firm_ids: Sequence[int]
) -> tuple[dict[int, Any], dict[int, Any], dict[int, Text]]:
    """Return of some firms those that will change with their present state, those that are so already, and why not.

    Raises what the change raises for the value.
    """
    firms = u.service(Firms).many(u, firm_ids)
    target, now = asked(u, change, value, list(firms))
    refused = {firm_id: why for firm_id in firm_ids if (why := _reason(u, firms.get(firm_id)))}
    possible = [firm_id for firm_id in firm_ids if firm_id not in refused]
    refused |= _answered(u, change, lambda: dict(change.value.refuses(u, value, possible)))
    left = [firm_id for firm_id in firm_ids if firm_id not in refused]
    return (
        {firm_id: now.get(firm_id) for firm_id in left if now.get(firm_id) != target},
        {firm_id: target for firm_id in left if now.get(firm_id) == target},
        refused,
    )


def asked(
    u: UnitOfWork, change: Provided[BulkChange], value: str, firm_ids: Sequence[int]
) -> tuple[Any, Mapping[int, Any]]:
    """Return the state that is wanted and the present states."""
    target = change.value.target(u, value)
    return target, _answered(u, change, lambda: dict(change.value.present(u, value, firm_ids)))


def _answered(u: UnitOfWork, change: Provided[BulkChange], ask: Callable[[], dict[int, T]]) -> dict[int, T]:
    answer = u.service(Hooks).guard(change.plugin, "bulk_changes", ask, u)
    if isinstance(answer, Failure):
        raise DomainError(_not_available(answer))
    return answer


def deal(u: UnitOfWork, run: BulkRun, change: Provided[BulkChange], items: Sequence[BulkItem]) -> None:
    """Deal with some firms of a run, in the transaction of ``u``."""
    if run.state == codes.UNDOING:
        _take_back(u, run, change, items)
        return
    by_firm = {item.firm_id: item for item in items}
    todo, same, refused = sort_out(u, change, run.value, sorted(by_firm))
    refused |= _store(u, change, run.value, dict.fromkeys(todo, change.value.target(u, run.value)))
    for firm_id, item in by_firm.items():
        if firm_id in refused:
            item.state, item.why = codes.REFUSED, to_store(refused[firm_id])
        else:
            item.state = codes.SAME if firm_id in same else codes.CHANGED
            item.before = todo.get(firm_id)


def _take_back(u: UnitOfWork, run: BulkRun, change: Provided[BulkChange], items: Sequence[BulkItem]) -> None:
    by_firm = {item.firm_id: item for item in items}
    firms = u.service(Firms).many(u, sorted(by_firm))
    kept: dict[int, Text] = {f: why for f in by_firm if (why := _reason(u, firms.get(f)))}
    try:
        target, now = asked(u, change, run.value, sorted(by_firm))
    except DomainError as error:  # what was set is gone altogether, such as a tag
        target, now = None, {}
        kept = {**dict.fromkeys(by_firm, error.message), **kept}
    kept |= {f: codes.EDITED for f in by_firm if f not in kept and now.get(f) != target}
    back = {f: item.before for f, item in by_firm.items() if f not in kept}
    kept |= _store(u, change, run.value, back)
    for firm_id, item in by_firm.items():
        item.state = codes.KEPT if firm_id in kept else codes.PUT_BACK
        item.why = to_store(kept.get(firm_id, ""))


def _store(u: UnitOfWork, change: Provided[BulkChange], value: str, states: Mapping[int, Any]) -> dict[int, Text]:
    """Put firms into states; when one of them is refused, each by itself, so that it holds up no other."""
    if not states:
        return {}
    emitted = len(u.emitted)
    try:
        with u.session.begin_nested():
            return _asked_to_store(u, change, value, states)
    except DomainError as error:
        del u.emitted[emitted:]
        if len(states) == 1:
            return dict.fromkeys(states, error.message)
    refused: dict[int, Text] = {}
    for firm_id, state in states.items():
        refused |= _store(u, change, value, {firm_id: state})
    return refused


def _asked_to_store(
    u: UnitOfWork, change: Provided[BulkChange], value: str, states: Mapping[int, Any]
) -> dict[int, Text]:
    answer = u.service(Hooks).guard(
        change.plugin, "bulk_changes", lambda: dict(change.value.store(u, value, states)), u
    )
    return dict.fromkeys(states, _not_available(answer)) if isinstance(answer, Failure) else answer


def _reason(u: UnitOfWork, firm: FirmRef | None) -> Text | None:
    if firm is None:
        return codes.GONE
    return None if u.actor.may_write_unit(firm.unit_id) else codes.ELSEWHERE


def _not_available(failure: Failure) -> str:
    return _("Eine Erweiterung antwortet nicht (Referenz %(reference)s).", reference=failure.reference)
