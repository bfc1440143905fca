"""References: frozen pictures of core records. Plugins see these, never the records themselves."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class FirmRef:
    """An organisation. ``division`` is the two-digit WZ division or empty; ``employees`` is ``None`` when unknown."""

    id: int
    name: str
    unit_id: int
    kind: str = "company"
    town: str = ""
    wz_edition: str = ""
    wz_code: str = ""
    employees: int | None = None
    officer_id: int | None = None
    archived: bool = False

    @property
    def division(self) -> str:
        """The WZ division, e.g. ``28`` of ``28.41``."""
        return self.wz_code[:2]

    @property
    def subject(self) -> str:
        """How histories, audit and mails name this record."""
        return f"firm:{self.id}"


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A person in a firm.

    ``mail_purposes`` are the purposes (``information``, ``survey``, ``handover``) for which a consent or another
    recorded legal basis permits mails to ``email``; empty when there is no address or nothing permits them.
    """

    id: int
    firm_id: int
    name: str
    email: str = ""
    phone: str = ""
    role: str = ""
    language: str = "de"
    salutation: str = ""
    mail_purposes: frozenset[str] = frozenset()

    @property
    def mail_allowed(self) -> bool:
        """Whether mails are permitted for any purpose."""
        return bool(self.mail_purposes)


@dataclass(frozen=True, slots=True)
class OfficerRef:
    """A person of the office; ``active`` is false for one who has left."""

    id: int
    name: str
    email: str = ""
    phone: str = ""
    unit_id: int = 0
    role: str = ""
    language: str = "de"
    active: bool = True


@dataclass(frozen=True, slots=True)
class TaskRef:
    """An open task. ``url`` leads to its page, ``record_url`` to what it is about."""

    id: int
    title: str
    due_on: date
    unit_id: int
    firm_id: int | None = None
    firm_name: str = ""
    responsible_id: int | None = None
    origin: str = ""
    url: str = ""
    record_url: str = ""


@dataclass(frozen=True, slots=True)
class CareGap:
    """A firm whose last substantive contact is longer ago than its interval of care; ``None``: there was none yet."""

    firm_id: int
    officer_id: int | None
    last_contact: date | None
    due_on: date


@dataclass(frozen=True, slots=True)
class HandoverRef:
    """A concern as it was handed on. ``outcome`` is empty while the answer is outstanding."""

    id: int
    concern_id: int
    concern_title: str
    firm_id: int
    firm_name: str
    recipient_key: str
    handed_on_at: datetime
    answer_by: date
    outcome: str = ""
    outcome_label: str = ""
    answered_at: datetime | None = None
    url: str = ""
