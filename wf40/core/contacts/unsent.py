"""What contacts ask of whoever writes to persons: to take back what has not left yet."""

from typing import Protocol

from wf40.base.uow import UnitOfWork


class Unsent(Protocol):
    """Mails to persons that wait for being sent."""

    def take_back(self, u: UnitOfWork, contact_id: int, purpose: str, why: str) -> None:
        """Take back a person's unsent mails for a purpose; ``why`` is ``opted_out`` or ``not_permitted``."""
        ...
