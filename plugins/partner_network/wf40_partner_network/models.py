"""Tables of partners and of what they help with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wf40.sdk.tables import Key, KeyText, plugin_base
from wf40_partner_network.texts import KEY

PluginBase = plugin_base(KEY)


class Competence(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """One topic that a partner helps with; ``note`` says with what exactly."""

    __tablename__ = "partner_network_competence"
    __table_args__ = (UniqueConstraint("partner_id", "topic"), Index("ix_partner_network_competence_topic", "topic"))

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(
        # Named by hand: the name by convention is one letter longer than PostgreSQL takes.
        ForeignKey("partner_network_partner.id", ondelete="CASCADE", name="fk_partner_network_competence_partner")
    )
    topic: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(300), default="")


class Partner(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """An organisation that helps firms. ``firm_id`` is set when it is itself one of the office's firms.

    ``sort_key`` and ``town_key`` are German sort keys; ``search_text`` holds every word by which the list finds it.
    """

    __tablename__ = "partner_network_partner"
    __table_args__ = (
        Index("ix_partner_network_partner_list", "unit_id", "archived_at", "sort_key"),
        Index("ix_partner_network_partner_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    sort_key: Mapped[str] = mapped_column(Key)
    search_text: Mapped[str] = mapped_column(KeyText, default="")
    kind: Mapped[str] = mapped_column(String(20))
    website: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_role: Mapped[str] = mapped_column(String(200), default="")
    town: Mapped[str] = mapped_column(String(200), default="")
    town_key: Mapped[str] = mapped_column(Key, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    competences: Mapped[list[Competence]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=Competence.id
    )

    @property
    def topics(self) -> dict[str, str]:
        """What it helps with: topic -> note."""
        return {c.topic: c.note for c in self.competences}
