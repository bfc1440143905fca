"""Tables of an office's own fields: definitions, choices, values of firms."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, ExactNumber, Key, KeyText


class CustomField(Base):
    """One field that a unit has added to its firms. Archived, it is no longer shown; its values stay."""

    __tablename__ = "custom_field"
    __table_args__ = (UniqueConstraint("unit_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """text, number, date or choice; it never changes."""
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(Key)
    help: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int]
    in_panel: Mapped[bool] = mapped_column(default=True)
    in_list: Mapped[bool] = mapped_column(default=True)
    """Whether the firm list offers it as a column and a filter."""
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class CustomFieldOption(Base):
    """One choice of a field; values refer to it, so that a new name holds everywhere."""

    __tablename__ = "custom_field_option"
    __table_args__ = (UniqueConstraint("field_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_field.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(Key)
    position: Mapped[int]


class CustomFieldValue(Base):
    """What a firm has in a field: one column is filled, by the field's kind. Without a value there is no row."""

    __tablename__ = "custom_field_value"
    __table_args__ = (
        Index("ix_custom_field_value_number", "field_id", "number"),
        Index("ix_custom_field_value_day", "field_id", "day"),
        Index("ix_custom_field_value_option", "option_id"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_field.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str | None] = mapped_column(KeyText)
    words_key: Mapped[str | None] = mapped_column(Key)
    """The words folded, for filtering and order."""
    number: Mapped[Decimal | None] = mapped_column(ExactNumber)
    day: Mapped[date | None]
    option_id: Mapped[int | None] = mapped_column(ForeignKey("custom_field_option.id"))


class CustomFieldSheet(Base):
    """Counts how often a firm's own fields were saved, so that two who save at once notice each other."""

    __tablename__ = "custom_field_sheet"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
