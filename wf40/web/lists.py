"""What can be done with all that a list shows."""

from flask import request

from wf40.base.uow import UnitOfWork
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import Action, Listed


def list_actions(u: UnitOfWork, listed: Listed, query: str | None = None) -> list[Action]:
    """Return the buttons of slices and plugins that the actor may press, for the filters of an address.

    ``query`` is its part behind the question mark; without one it is this request's.
    """
    if query is None:
        query = request.query_string.decode("ascii", "replace")
    found = u.service(Hooks).each(Spec.list_actions, u, listed, query)
    return sorted((a for a in found if u.actor.may(a.permission)), key=lambda a: (a.order, a.key))
