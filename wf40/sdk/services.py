"""Services of the core as protocols. ``u.service(Firms)`` returns the implementation."""

from collections.abc import Collection, Mapping
from typing import Protocol

from wf40.base.uow import UnitOfWork
from wf40.sdk.refs import ContactRef, FirmRef, OfficerRef


class Firms(Protocol):
    """Read access to firms within the units that the actor may read."""

    def get(self, u: UnitOfWork, firm_id: int) -> FirmRef:
        """Return a firm; raises :class:`NotFound` for an unknown or foreign one."""
        ...

    def many(self, u: UnitOfWork, firm_ids: Collection[int]) -> Mapping[int, FirmRef]:
        """Return those of the firms that exist and may be read, by id."""
        ...

    def find(self, u: UnitOfWork, text: str, limit: int = 20) -> list[FirmRef]:
        """Return firms that hold all words of ``text``, in German order, without archived ones; none for no words."""
        ...


class Contacts(Protocol):
    """Read access to the persons of firms."""

    def of_firm(self, u: UnitOfWork, firm_id: int) -> list[ContactRef]:
        """Return the persons of a firm who are not archived, the main one first."""
        ...

    def get(self, u: UnitOfWork, contact_id: int) -> ContactRef:
        """Return a person, also an archived one; raises :class:`NotFound` for an unknown or foreign one."""
        ...


class Officers(Protocol):
    """The people of the office."""

    def get(self, u: UnitOfWork, user_id: int) -> OfficerRef | None:
        """Return an officer, also one who has left, or ``None``."""
        ...


class Office(Protocol):
    """What mails and public pages say about the office."""

    @property
    def name(self) -> str:
        """Name of the office."""
        ...

    @property
    def phone(self) -> str:
        """Telephone number for questions."""
        ...

    @property
    def mail(self) -> str:
        """Address for questions."""
        ...

    @property
    def base_url(self) -> str:
        """Address of the product as the outside reaches it, without a slash at its end."""
        ...

    @property
    def timezone(self) -> str:
        """Name of the time zone, e.g. ``Europe/Berlin``."""
        ...
