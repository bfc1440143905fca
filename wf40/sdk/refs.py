"""References: frozen pictures of core records. Plugins see these, never the records themselves."""

from dataclasses import dataclass


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
    """A person of the office."""

    id: int
    name: str
    email: str = ""
    phone: str = ""
