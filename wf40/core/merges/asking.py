"""Asks slices and plugins to move what is theirs, one by one, and keeps what each of them said."""

from collections.abc import Mapping
from typing import Any, cast

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.base.stored_texts import to_store
from wf40.base.uow import UnitOfWork
from wf40.core.merges.kinds import Kind
from wf40.pluginhost.answers import refuse_wrong_types
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.work import Moved, PutBack

Told = dict[str, Any]
"""What one participant moved: ``parts`` and, once it put that back, ``returned``."""


def movers(u: UnitOfWork, kind: Kind) -> list[str]:
    """Return who is there and has something to move."""
    return u.service(Hooks).registry.participants(kind.merge_hook)


def move(u: UnitOfWork, kind: Kind, name: str, keep: int, gone: int) -> Told:
    """Let one participant move what it has; raises :class:`InvalidInput` that names a plugin that cannot."""
    found = cast("list[Moved]", _ask(u, name, kind.merge_hook, {"u": u, "keep": keep, "gone": gone}))
    parts = [
        {"key": m.key, "label": to_store(m.label), "count": m.count, "data": m.data, "note": to_store(m.note)}
        for m in found
    ]
    return {"parts": parts}


def put_back(u: UnitOfWork, kind: Kind, name: str, keep: int, gone: int, told: Told) -> list[PutBack]:
    """Let one participant put back what it moved, what it moved last first."""
    found: list[PutBack] = []
    for data in reversed(_rounds(told)):
        given = {"u": u, "keep": keep, "gone": gone, "moved": data}
        found += cast("list[PutBack]", _ask(u, name, kind.unmerge_hook, given))
    return found


def _rounds(told: Told) -> list[Mapping[str, Any]]:
    """Return what was moved each time that the participant was asked, by key."""
    rounds: list[dict[str, Any]] = []
    for part in told["parts"]:
        if not rounds or part["key"] in rounds[-1]:
            rounds.append({})
        rounds[-1][part["key"]] = part["data"]
    return list(rounds)


def _ask(u: UnitOfWork, name: str, hook: str, given: Mapping[str, Any]) -> list[Any]:
    hooks = u.service(Hooks)

    def work() -> list[Any]:
        values = [value for answer in hooks.registry.caller(name, hook)(**given) for value in answer]
        refuse_wrong_types(hook, values)
        u.session.flush()
        return values

    answer = hooks.guard(name, hook, work, u)
    if isinstance(answer, Failure):
        plugin = hooks.registry.installed[name].manifest
        raise InvalidInput(
            _l(
                "Die Erweiterung „%(name)s“ kann ihre Daten gerade nicht umziehen (Referenz %(reference)s). Es wurde"
                " nichts geändert. Bitte versuchen Sie es später erneut, oder bitten Sie Ihre Administration um Hilfe.",
                name=plugin.title if plugin else name,
                reference=answer.reference,
            )
        )
    return answer
