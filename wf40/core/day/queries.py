"""Gathers the boxes of Mein Tag, or the first steps while there is nothing to do yet."""

from dataclasses import dataclass

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms import listing
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import Card


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What the actor may do to fill an empty office."""

    import_firms: bool
    create_firm: bool
    invite: bool


@requires("accounts.own")
def cards(u: UnitOfWork, *, empty_office: bool = False) -> list[Provided[Card] | Failure]:
    """Return the boxes in order, those of failing plugins last.

    In an empty office the core's boxes are left out: "nothing is grey" would sound like good news there.
    """
    gathered = u.service(Hooks).gather(Spec.dashboard_cards, u)
    shown = [p for p in gathered.provided if not (empty_office and p.from_core)]
    return [*sorted(shown, key=lambda p: p.value.order), *gathered.failures]


@requires("firms.read")
def first_steps(u: UnitOfWork) -> FirstSteps | None:
    """Return the first steps while the actor's office has no firm at all, archived ones counted too; else ``None``."""
    if listing.any_firm(u):
        return None
    writes = u.actor.unit_id is not None
    return FirstSteps(
        import_firms=writes and u.actor.may("imports.run"),
        create_firm=writes and u.actor.may("firms.edit"),
        invite=u.actor.may("accounts.manage"),
    )
