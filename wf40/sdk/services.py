"""Services of the core as protocols. ``u.service(Firms)`` returns the implementation."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Select

from wf40.base.uow import UnitOfWork
from wf40.sdk.refs import CareGap, ContactRef, FirmRef, HandoverRef, OfficerRef, TaskRef
from wf40.sdk.search import PreparedDoc, SearchDoc
from wf40.sdk.work import NewTask


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

    def present(self, u: UnitOfWork) -> list[OfficerRef]:
        """Return the active people of the daily work in the units that the actor may read, by name."""
        ...


class WorkingDays(Protocol):
    """The office's calendar: weekends, the public holidays of its Land, its own closing days.

    It is the actor's, or that of ``unit_id``: a unit's own one or that of the nearest unit above. The product itself
    belongs to no unit, so work in the background names the one that the day is for.
    """

    def is_working(self, u: UnitOfWork, day: date, *, unit_id: int | None = None) -> bool:
        """Tell whether the office works on a day."""
        ...

    def after(self, u: UnitOfWork, start: date, days: int, *, unit_id: int | None = None) -> date:
        """Return the working day that lies ``days`` working days after ``start``; 0 is ``start`` or the next one."""
        ...

    def between(self, u: UnitOfWork, start: date, end: date, *, unit_id: int | None = None) -> int:
        """Return the number of working days after ``start`` up to and including ``end``; 0 when ``end`` is earlier."""
        ...


class Tasks(Protocol):
    """What people of the office must do and when."""

    def add(self, u: UnitOfWork, given: NewTask) -> int:
        """Store a task and return its id; one whose key was used before is not stored again, its id is returned."""
        ...

    def drop(self, u: UnitOfWork, key: str, why: str) -> None:
        """Close the open task of a key, since it is no longer needed; nothing happens without one."""
        ...

    def due(self, u: UnitOfWork, officer_id: int, day: date) -> list[TaskRef]:
        """Return an officer's open tasks that are due on or before a day, the oldest first."""
        ...

    def open_keys(self, u: UnitOfWork, keys: Collection[str]) -> set[str]:
        """Return those of the keys whose task is open."""
        ...


class Care(Protocol):
    """How regularly the office speaks with its firms."""

    def gaps(self, u: UnitOfWork, day: date) -> list[CareGap]:
        """Return the firms with an interval of care that are due for a contact on a day, the longest wait first."""
        ...


class Handovers(Protocol):
    """Concerns that were handed on."""

    def to(self, u: UnitOfWork, recipient_keys: Collection[str]) -> list[HandoverRef]:
        """Return what was handed on to any of the recipients, the newest first."""
        ...


class Search(Protocol):
    """The index of the search, kept in the transaction that writes the records."""

    def refresh(self, u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Bring the index up to date with these records, as their provider gives them; also after they are gone."""
        ...

    def prepare(self, doc: SearchDoc) -> PreparedDoc:
        """Return what the index keeps of a document, for :meth:`add`; its numbers do not matter."""
        ...

    def add(self, u: UnitOfWork, kind: str, unit_id: int, docs: Sequence[tuple[int, PreparedDoc]]) -> None:
        """Store documents of records that were made in this unit of work, each by its number: nothing is looked up."""
        ...

    def drop(self, u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Take records out of the index."""
        ...

    def matching(self, u: UnitOfWork, kind: str, text: str) -> Select[Any] | None:
        """Return a select of the numbers of all records of a kind that hold the words of ``text``; ``None`` for no words.

        It keeps to the actor's units and knows nothing of rights within them: join it with what the actor may read.
        """
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
