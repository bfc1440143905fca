"""Keeps the addresses of plugins that are off shut, by path, before routing answers anything."""

import re
from typing import TYPE_CHECKING

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_PATH = re.compile(r"/+(?:p|public)/+([^/]+)(?:/|$)")


class Gate:
    """Follows the switches of all processes through the generation number."""

    def __init__(self, registry: Registry, database: Database) -> None:
        self._registry = registry
        self._database = database
        self._generation = -1

    def follow(self) -> None:
        """Read the generation and, when another process switched something, the states."""
        with self._database.read(Actor.system("pluginhost")) as u:
            self.follow_in(u.session)

    def follow_in(self, session: "Session") -> None:
        """Do so in a transaction that is open anyway."""
        number = state.generation(session)
        if number != self._generation:
            usable = {p.key for p in self._registry.usable()}
            self._registry.enabled = state.enabled_keys(session) & usable
            self._generation = number

    def shuts(self, path: str) -> bool:
        """Tell whether a path belongs to a plugin that is off or unknown. Deciding by endpoint would leak 405 and 308."""
        match = _PATH.match(path)
        return match is not None and match.group(1) not in self._registry.enabled
