"""What can be sent: asked of all slices and plugins. A fault there stays there."""

from collections.abc import Collection, Mapping

from wf40.base.errors import DomainError
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.hookspecs import Spec
from wf40.sdk.work import Outreach, Reply


class Broken(Exception):
    """What is sent fails with an error of its own; the message is the reference number."""


def offered(u: UnitOfWork) -> list[Provided[Outreach]]:
    """Return everything that can be sent at present, with whom it comes from."""
    return list(u.service(Hooks).gather(Spec.outreach).provided)


def usable(u: UnitOfWork) -> list[Outreach]:
    """Return what the actor may send."""
    return [p.value for p in offered(u) if u.actor.may(p.value.permission)]


def find(u: UnitOfWork, key: str) -> Provided[Outreach] | None:
    """Return what is sent under a key, ``None`` while its plugin is off."""
    return next((p for p in offered(u) if p.value.key == key), None)


def rests(u: UnitOfWork, found: Provided[Outreach]) -> bool:
    """Tell whether sending is left out for some minutes after several errors in a row."""
    return u.service(Hooks).quarantine.rests(found.plugin, _sending(found), u.now)


def invite(u: UnitOfWork, found: Provided[Outreach], firm_id: int, contact_id: int) -> int:
    """Send to one person and return the number; raises what the outreach refuses with, or :class:`Broken`."""

    def ask() -> int | DomainError:
        try:
            return found.value.invite(u, firm_id, contact_id)
        except DomainError as refusal:  # a refusal is no fault
            return refusal

    result = u.service(Hooks).guard(found.plugin, _sending(found), ask, u)
    if isinstance(result, Failure):
        raise Broken(result.reference)
    if isinstance(result, DomainError):
        raise result
    return result


def replies(u: UnitOfWork, key: str, numbers: Collection[int]) -> Mapping[int, Reply] | None:
    """Return how far each number got; ``None`` when nobody can say at present or the actor may not know."""
    found = find(u, key)
    if found is None:
        return None
    wanted, known = sorted(numbers), dict[int, Reply]()
    for part in portions(wanted):
        some = _ask(u, found, list(part))
        if some is None:
            return None
        known.update(some)
    return known


def standing(u: UnitOfWork, found: Provided[Outreach], firm_ids: Collection[int]) -> Mapping[int, Reply]:
    """Return which firms should not be asked now; where nobody can say, sending itself refuses them."""
    asked = u.service(Hooks).guard(
        found.plugin, f"standing of {found.value.key}", lambda: found.value.standing(u, firm_ids), u
    )
    return {} if isinstance(asked, Failure) else asked


def preview(u: UnitOfWork, found: Provided[Outreach], firm_id: int, contact_id: int) -> tuple[str, str] | None:
    """Return subject and text of the mail to one person; ``None`` where the outreach cannot show them."""
    show = found.value.preview
    if show is None:
        return None

    def ask() -> tuple[str, str] | None:
        try:
            return show(u, firm_id, contact_id)
        except DomainError:
            return None

    result = u.service(Hooks).guard(found.plugin, f"preview of {found.value.key}", ask, u)
    return None if isinstance(result, Failure) else result


def _ask(u: UnitOfWork, found: Provided[Outreach], numbers: list[int]) -> Mapping[int, Reply] | None:
    def ask() -> Mapping[int, Reply] | None:
        try:
            return found.value.replies(u, numbers)
        except DomainError:
            return None

    result = u.service(Hooks).guard(found.plugin, f"replies to {found.value.key}", ask, u)
    return None if isinstance(result, Failure) else result


def _sending(found: Provided[Outreach]) -> str:
    return f"sending of {found.value.key}"
