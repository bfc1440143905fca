"""What the database knows of plugins: switched on or off, what they declared, and their faults."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from wf40.base.db import Base, insert_for

KEPT_FAULTS = 500


class PluginState(Base):
    """One plugin that was ever enabled. Stays when the distribution is removed, with its map of personal data."""

    __tablename__ = "plugin_state"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    changed_at: Mapped[datetime | None]
    personal_data: Mapped[list[Any]] = mapped_column(default=list)


class PluginGeneration(Base):
    """One row with a number that grows with each switch; every request compares it with what its process knows."""

    __tablename__ = "plugin_generation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class PluginFault(Base):
    """An error of a plugin, with the reference number that people saw on the page."""

    __tablename__ = "plugin_fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), index=True)
    plugin: Mapped[str] = mapped_column(String(40), index=True)
    hook: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    message: Mapped[str] = mapped_column(Text)


_NUMBER = select(PluginGeneration.number).where(PluginGeneration.id == 1)


def generation(session: Session) -> int:
    """Return the present generation, 0 before the first switch."""
    return session.scalar(_NUMBER) or 0


def enabled_keys(session: Session) -> frozenset[str]:
    """Return the keys of the plugins that are switched on."""
    return frozenset(session.scalars(select(PluginState.key).where(PluginState.enabled)))


def switch(session: Session, key: str, *, enabled: bool, now: datetime, **declared: object) -> None:
    """Store a switch and raise the generation; the caller commits."""
    state = session.get(PluginState, key) or PluginState(key=key)
    state.enabled, state.changed_at = enabled, now
    for name, value in declared.items():
        setattr(state, name, value)
    session.add(state)
    first = insert_for(session)(PluginGeneration).values(id=1, number=1)
    session.execute(first.on_conflict_do_update(index_elements=["id"], set_={"number": PluginGeneration.number + 1}))


def faults(session: Session, plugin: str, limit: int = 20) -> list[PluginFault]:
    """Return the newest faults of a plugin."""
    newest = select(PluginFault).where(PluginFault.plugin == plugin).order_by(PluginFault.id.desc()).limit(limit)
    return list(session.scalars(newest))


def forget_old_faults(session: Session) -> None:
    """Keep the newest faults only, so that a plugin that fails all day does not fill the disk."""
    newest = session.scalar(select(func.max(PluginFault.id))) or 0
    session.execute(delete(PluginFault).where(PluginFault.id <= newest - KEPT_FAULTS))
