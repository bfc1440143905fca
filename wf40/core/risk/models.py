"""Tables of the risk score: the present one of each firm, its history, and what officers set by hand."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class RiskScore(Base):
    """The present score of one firm, with everything that explains it.

    Points (``points``, ``low``, ``high``) are on [0, 100], the three inputs on [0, 1], higher is worse. ``light`` is
    what is shown; it differs from ``computed_light`` while an officer's own setting holds. Without a check the
    vulnerability is missing, without a known sector the exposure.
    """

    __tablename__ = "risk_score"
    __table_args__ = (
        Index("ix_risk_score_unit_light", "unit_id", "light"),
        Index("ix_risk_score_unit_priority", "unit_id", "priority"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    light: Mapped[str] = mapped_column(String(10))
    computed_light: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    """Why the computed light is what it is: score, hard_trigger, no_sector, no_check, too_wide."""
    points: Mapped[float | None]
    low: Mapped[float]
    high: Mapped[float]
    exposure: Mapped[float | None]
    exposure_low: Mapped[float | None]
    exposure_high: Mapped[float | None]
    pressure: Mapped[str] = mapped_column(String(10), default="")
    """Strukturdruck in a word: low, medium, high, or empty without a figure for the sector."""
    vulnerability: Mapped[float | None]
    vulnerability_low: Mapped[float | None]
    vulnerability_high: Mapped[float | None]
    signals: Mapped[float] = mapped_column(default=0.0)
    hard_triggers: Mapped[list[Any]] = mapped_column(default=list)
    narrowing: Mapped[str] = mapped_column(String(20), default="")
    near_boundary: Mapped[bool] = mapped_column(default=False)
    significance: Mapped[float] = mapped_column(default=0.0)
    urgency: Mapped[float] = mapped_column(default=1.0)
    priority: Mapped[float] = mapped_column(default=0.0)
    contributions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Every input with its date and source, as it was when the score was computed."""
    parameters_version: Mapped[str] = mapped_column(String(60))
    exposure_version: Mapped[str] = mapped_column(String(60))
    computed_at: Mapped[datetime]
    not_renewed_since: Mapped[datetime | None]
    """Set while a part of the product that the score rests on cannot be asked."""


class RiskHistory(Base):
    """One change of a firm's light or points, with the reasons."""

    __tablename__ = "risk_history"
    __table_args__ = (Index("ix_risk_history_firm_at", "firm_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    at: Mapped[datetime]
    light: Mapped[str] = mapped_column(String(10))
    points: Mapped[float | None]
    low: Mapped[float]
    high: Mapped[float]
    light_before: Mapped[str] = mapped_column(String(10), default="")
    points_before: Mapped[float | None]
    cause: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    """What moved it: entries with ``kind`` and the values before and after."""
    parameters_version: Mapped[str] = mapped_column(String(60))


class RiskOverride(Base):
    """A light that an officer set by hand, with the reason, until a day."""

    __tablename__ = "risk_override"
    __table_args__ = (Index("ix_risk_override_firm_ended", "firm_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    light: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(20), default="")
    """``expired``, ``withdrawn`` or ``replaced``; empty while it holds."""
