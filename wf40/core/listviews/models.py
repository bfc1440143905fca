"""Tables of saved views and of what each person chose for a list."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key


class ListView(Base):
    """A list with its filters, order and columns under a name; private, or shared with everybody in the unit."""

    __tablename__ = "list_view"
    __table_args__ = (
        Index("ix_list_view_owner", "owner_id", "list"),
        Index("ix_list_view_unit", "unit_id", "list", "shared"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    list: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    sort_key: Mapped[str] = mapped_column(Key)
    query: Mapped[str] = mapped_column(String(4000), default="")
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ListChoice(Base):
    """What a person sees when opening a list: columns, and a view; empty for the usual ones."""

    __tablename__ = "list_choice"
    __table_args__ = (Index("ix_list_choice_view_id", "view_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    list: Mapped[str] = mapped_column(String(20), primary_key=True)
    columns: Mapped[str] = mapped_column(String(2000), default="")
    view_id: Mapped[int | None] = mapped_column(ForeignKey("list_view.id", ondelete="SET NULL"))
