"""Table of the signals that officers recorded."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class Signal(Base):
    """One observation about one firm.

    ``strength`` is in [0, 1]. ``course`` says how it moves: ``decays`` (``months`` is the half-life), ``holds`` until
    it is resolved, ``rises`` towards ``until`` (``months`` is how long before it begins to count). Strength, course and
    months are copied from the catalogue on recording, so that a later change of the catalogue alters no old signal.
    """

    __tablename__ = "signal"
    __table_args__ = (
        Index("ix_signal_firm_observed", "firm_id", "observed_on"),
        Index("ix_signal_unit_created", "unit_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200), default="")
    """In short what was observed, where the name of the kind does not say enough."""
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(300))
    observed_on: Mapped[date]
    strength: Mapped[float]
    course: Mapped[str] = mapped_column(String(10))
    months: Mapped[float | None]
    until: Mapped[date | None]
    source_event: Mapped[str] = mapped_column(String(80))
    """Signals of a firm that share it report the same event, which counts once."""
    hard_trigger: Mapped[bool] = mapped_column(default=False)
    resolved_on: Mapped[date | None]
    resolution: Mapped[str] = mapped_column(String(20), default="")
    resolution_note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entry_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made when the empty form was shown: a form that is sent twice makes one signal."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
