"""Tables of tags and of the firms that carry them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key


class Tag(Base):
    """A word that a unit puts on firms. ``name_key`` is the name folded: one tag whatever its spelling."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("unit_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(Key)
    description: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class FirmTag(Base):
    """A tag on a firm."""

    __tablename__ = "firm_tag"
    __table_args__ = (Index("ix_firm_tag_tag_id", "tag_id", "firm_id"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
