"""Work on very many records in slices: others save between two of them, and whoever is killed leaves whole ones."""

import time
from collections.abc import Callable

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork

PAUSE = 0.005


def until_done(
    database: Database,
    actor: Actor,
    is_done: Callable[[UnitOfWork], bool],
    step: Callable[[UnitOfWork], object],
    seconds: float | None = None,
) -> bool:
    """Take one step a transaction until all is done, or for some seconds; tells whether all is done."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        with database.read(actor) as u:
            if is_done(u):
                return True
        if deadline is not None and time.monotonic() > deadline:
            return False
        with database.write(actor) as u:
            step(u)
        time.sleep(PAUSE)
