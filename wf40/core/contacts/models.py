"""Tables of contacts and their consents."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base

_IS_MERGED = text("merged_into_id IS NOT NULL")


class Contact(Base):
    """A person in a firm, with what the office needs for reaching them there and nothing private."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_unit_sort", "unit_id", "sort_key"),
        Index("ix_contact_merged_into_id", "merged_into_id", sqlite_where=_IS_MERGED, postgresql_where=_IS_MERGED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    salutation: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(60), default="")
    given_name: Mapped[str] = mapped_column(String(100), default="")
    family_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20), default="other", index=True)
    function: Mapped[str] = mapped_column(String(150), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    mobile: Mapped[str] = mapped_column(String(60), default="")
    language: Mapped[str] = mapped_column(String(5), default="de")
    main: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    mail_basis: Mapped[str] = mapped_column(String(20), default="")
    """Code of the legal basis on which mails may go out without a consent, or empty."""
    origin: Mapped[str] = mapped_column(String(20), default="person")
    """Code of how the data came to the office; all but ``person`` were collected indirectly."""
    source: Mapped[str] = mapped_column(String(300), default="")
    as_of: Mapped[date | None]
    informed_on: Mapped[date | None]
    """When a person whose data were collected indirectly was told so."""
    sort_key: Mapped[str] = mapped_column(String(300))
    search_key: Mapped[str] = mapped_column(String(800))
    """Name, function and address in loose spelling: "Muller" and "Müller" are one."""
    phone_key: Mapped[str] = mapped_column(String(150), default="")
    """Digits of both numbers in the national form, separated by a blank."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    """The entry that this one became part of, never one that itself became part of another. Such a row is archived."""
    deleted_at: Mapped[datetime | None]
    """When the person was put into the bin; archived then, too."""
    version: Mapped[int] = mapped_column(default=1)

    @property
    def full_name(self) -> str:
        """Title, given and family name."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)


class Consent(Base):
    """What a person agreed to, for one purpose and one channel, in which words, and until when."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    given_how: Mapped[str] = mapped_column(String(20))
    text_version: Mapped[str] = mapped_column(String(30))
    text_hash: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(200))


class OptOut(Base):
    """What a person no longer wants, for one purpose and one channel; stronger than any legal basis until lifted."""

    __tablename__ = "contact_opt_out"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    """When it ended: by a later consent for the same, or because it was entered by mistake."""


class ContactMatchKey(Base):
    """A key by which persons of a unit meet who may be the same; see :mod:`wf40.matching.blocking`."""

    __tablename__ = "contact_match_key"
    # As for firms: the primary key is all that a look-up reads; the other index is for replacing a person's keys.
    __table_args__ = (Index("ix_contact_match_key_contact_id", "contact_id"), {"sqlite_with_rowid": False})

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)


class ContactKeyState(Base):
    """By which rules the keys of persons are made: a single row. Up to which person, where not all of them are."""

    __tablename__ = "contact_key_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    rules: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    complete: Mapped[bool] = mapped_column(default=False)


class ContactToMatch(Base):
    """A person whose data changed, for whoever looks for others like them. ``changed_at`` is the latest change."""

    __tablename__ = "contact_to_match"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    changed_at: Mapped[datetime]
