"""Calls of hooks: typed, results checked, and a plugin's fault stays with the plugin, in the database too."""

import contextlib
import logging
import secrets
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from sqlalchemy.exc import SQLAlchemyError

from wf40.base.access import Actor
from wf40.base.db import is_spoiled
from wf40.base.uow import Database, UnitOfWork
from wf40.pluginhost import state
from wf40.pluginhost.answers import refuse_foreign_rights, refuse_wrong_types
from wf40.pluginhost.quarantine import Quarantine
from wf40.pluginhost.registry import CORE, Registry

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Provided(Generic[T]):
    """A value and the slice or plugin that it comes from."""

    plugin: str
    value: T

    @property
    def from_core(self) -> bool:
        """Whether a slice of the core provided it."""
        return self.plugin.startswith(CORE)


@dataclass(frozen=True, slots=True)
class Failure:
    """A plugin's fault in one call. ``reference`` stands on the page and in the plugin's list of faults."""

    plugin: str
    reference: str


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """What a hook gave, and who failed to give."""

    provided: list[Provided[T]]
    failures: list[Failure]


class Hooks:
    """The one way in which hooks are called."""

    def __init__(self, registry: Registry, database: Database, *, strict: bool = False) -> None:
        self.registry = registry
        self.database = database
        self.strict = strict
        self.quarantine = Quarantine()

    def each(self, spec: Callable[P, Iterable[T]], /, *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """Return what all participants give, e.g. ``hooks.each(Spec.firm_panels, u, firm)``."""
        return [p.value for p in self.gather(spec, *args, **kwargs).provided]

    def gather(self, spec: Callable[P, Iterable[T]], /, *args: P.args, **kwargs: P.kwargs) -> Gathered[T]:
        """Return what all participants give, each with its provider, and the failures."""
        provided: list[Provided[T]] = []
        failures: list[Failure] = []
        bound: dict[str, Any] = {**dict(zip(_parameters(spec), args, strict=False)), **kwargs}
        u = next((a for a in bound.values() if isinstance(a, UnitOfWork)), None)
        for name in self.registry.participants(spec.__name__):
            values = self.guard(name, spec.__name__, lambda n=name: self._ask(n, spec, bound), u)  # type: ignore[misc]
            if isinstance(values, Failure):
                failures.append(values)
            else:
                provided.extend(Provided(name, value) for value in values)
        return Gathered(provided, failures)

    def guard(self, name: str, hook: str, work: Callable[[], T], u: UnitOfWork | None = None) -> T | Failure:
        """Do one participant's work. The core's own errors and, in strict mode, all errors pass through.

        ``u`` is the unit of work that the work uses, if any. A failed statement would spoil PostgreSQL's whole
        transaction, silently: a writing unit gets a savepoint, and a reading one, which has nothing to lose, goes on
        in a new transaction after a fault. So reading, which every page does many times, costs no statement more.
        """
        now = self.database.clock.now()
        if name.startswith(CORE):
            return work()
        if self.quarantine.rests(name, hook, now):
            return Failure(name, self.quarantine.reference(name, hook))
        try:
            with u.session.begin_nested() if u and u.writes else contextlib.nullcontext():
                result = work()
                _refuse_spoiled(u)
        except (Exception, SystemExit) as error:
            if u and not u.writes:
                u.session.rollback()
            if self.strict:
                raise
            reference = self._remember(name, hook, error)
            self.quarantine.failed(name, hook, now, reference)
            return Failure(name, reference)
        self.quarantine.succeeded(name, hook)
        return result

    def _ask(self, name: str, spec: Callable[..., Iterable[T]], bound: dict[str, Any]) -> list[T]:
        answers = self.registry.caller(name, spec.__name__)(**bound)
        values = [value for answer in answers for value in answer]
        refuse_wrong_types(spec.__name__, values)
        if not name.startswith(CORE):
            refuse_foreign_rights(name, values)
        return values

    def _remember(self, plugin: str, hook: str, error: BaseException) -> str:
        reference = secrets.token_hex(4)
        log.error("plugin %s failed in %s (reference %s)", plugin, hook, reference, exc_info=error)
        message = "".join(traceback.format_exception(error, limit=-6))[-4000:]
        at = self.database.clock.now()

        def store() -> None:
            with contextlib.suppress(SQLAlchemyError), self.database.write(Actor.system("pluginhost")) as u:
                u.session.add(state.PluginFault(reference=reference, plugin=plugin, hook=hook, at=at, message=message))
                state.forget_old_faults(u.session)

        self.database.when_free(store)
        return reference


def _refuse_spoiled(u: UnitOfWork | None) -> None:
    """A statement that failed and was passed over leaves a transaction that can only be taken back."""
    if u and is_spoiled(u.session):
        message = "a statement failed in the database and the plugin passed over it"
        raise RuntimeError(message)


@cache
def _parameters(spec: Callable[..., Any]) -> list[str]:
    return [name for name in get_type_hints(spec) if name != "return"]
