"""Tables of rules, of what they caused, of what is due, and of who wants the daily mail."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.sdk.tables import plugin_base
from wf40_follow_up.texts import KEY

PluginBase = plugin_base(KEY)
_OPEN = text("closed_at IS NULL")


class Rule(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """What makes which task. ``builtin`` names one that every unit has; such a one is switched off, never removed.

    A removed rule stays as a row: its number stands in the keys of tasks and must not be given to another.
    """

    __tablename__ = "follow_up_rule"
    __table_args__ = (UniqueConstraint("unit_id", "builtin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    builtin: Mapped[str | None] = mapped_column(String(30))
    trigger: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(30), default="any")
    title: Mapped[str] = mapped_column(String(200))
    days: Mapped[int]
    day_kind: Mapped[str] = mapped_column(String(10), default="working")
    responsible: Mapped[str] = mapped_column(String(10), default="officer")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    active: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Firing(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """One task that a rule made. ``slot`` is open at most once a rule; ``lineage`` names the rules that led here.

    ``outcome`` is empty while the task is open, then ``done``, ``dropped`` (by a person) or ``withdrawn`` (by us).
    """

    __tablename__ = "follow_up_firing"
    __table_args__ = (
        Index("uq_follow_up_firing_open", "rule_id", "slot", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_follow_up_firing_rule", "rule_id", "fired_at"),
        Index("ix_follow_up_firing_firm", "firm_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("follow_up_rule.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    slot: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    task_id: Mapped[int | None]
    lineage: Mapped[list[Any]]
    fired_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")


class Due(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """One thing to do once: a digest for an officer and day, or a task for a firm and gap. ``key`` says which.

    ``doubtful`` counts how often a worker vanished between claiming this and noting its end.
    """

    __tablename__ = "follow_up_due"
    __table_args__ = (
        Index("ix_follow_up_due_waiting", "done_at", "failed_at", "not_before"),
        Index("ix_follow_up_due_officer", "officer_id"),
        Index("ix_follow_up_due_firm", "firm_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    day: Mapped[date]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    last_error: Mapped[str] = mapped_column(Text, default="")


class OfficerSetting(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """What an officer chose about the daily mail; without a row they get it."""

    __tablename__ = "follow_up_officer"

    officer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
