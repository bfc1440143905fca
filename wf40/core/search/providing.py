"""Who can be asked about which kind of record: slices, and plugins that are on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import units
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.hookspecs import Spec
from wf40.sdk.search import SearchProvider

T = TypeVar("T")
Providers = dict[str, Provided[SearchProvider]]


def providers(u: UnitOfWork) -> Providers:
    """Return the providers by kind, in the order in which their hits are shown. A plugin keeps to its own kinds."""
    given = u.service(Hooks).gather(Spec.search_providers).provided
    own = [p for p in given if p.from_core or p.value.kind == p.plugin or p.value.kind.startswith(f"{p.plugin}_")]
    found: Providers = {}
    for provided in sorted(own, key=lambda p: (p.value.order, p.value.kind)):
        found.setdefault(provided.value.kind, provided)
    return found


def allowed(u: UnitOfWork) -> Providers:
    """Return those whose records the actor may read at all."""
    return {kind: p for kind, p in providers(u).items() if u.actor.may(p.value.permission)}


def asked(u: UnitOfWork, provider: Provided[SearchProvider], work: Callable[[], Iterable[T]]) -> list[T] | Failure:
    """Let a provider do a part of its work; a plugin's fault leaves its part out."""
    return u.service(Hooks).guard(provider.plugin, f"search for {provider.value.kind}", lambda: list(work()), u)


def units_of(u: UnitOfWork) -> list[int]:
    """Return the numbers of the units that the actor may read."""
    return sorted(u.actor.units) if u.actor.units is not None else [unit.id for unit in units(u)]
