"""Tables of partners, of what they help with, of the people there, and of relations to other organisations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
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


class Person(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """Somebody to speak with at a partner; ``informed_on`` is when they were told that the office keeps this."""

    __tablename__ = "partner_network_person"
    __table_args__ = (Index("ix_partner_network_person_partner_id", "partner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(
        ForeignKey("partner_network_partner.id", ondelete="CASCADE", name="fk_partner_network_person_partner")
    )
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    topics: Mapped[str] = mapped_column(String(300), default="")
    informed_on: Mapped[date | None]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Partner(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """An organisation that helps firms. ``firm_id`` is set when it is itself one of the office's firms.

    One that was merged is archived and stays, so that its address and what was handed on to it lead to the kept one.

    ``sort_key`` and ``town_key`` are German sort keys; ``search_text`` holds every word by which the list finds it.
    """

    __tablename__ = "partner_network_partner"
    __table_args__ = (
        Index("ix_partner_network_partner_list", "unit_id", "archived_at", "sort_key"),
        Index("ix_partner_network_partner_firm_id", "firm_id"),
        Index("ix_partner_network_partner_merged_into_id", "merged_into_id"),
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
    town: Mapped[str] = mapped_column(String(200), default="")
    town_key: Mapped[str] = mapped_column(Key, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("partner_network_partner.id", ondelete="SET NULL", name="fk_partner_network_partner_merged_into")
    )
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    competences: Mapped[list[Competence]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=Competence.id
    )

    people: Mapped[list[Person]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=(Person.archived_at.is_not(None), Person.id)
    )

    @property
    def first_person(self) -> Person | None:
        """Whom to ask for first: who was entered first among those who are not archived."""
        return next((p for p in self.people if p.archived_at is None), None)

    @property
    def topics(self) -> dict[str, str]:
        """What it helps with: topic -> note."""
        return {c.topic: c.note for c in self.competences}


class Relation(PluginBase):  # type: ignore[valid-type, misc]  # a class made by a call
    """What one organisation is to another, from a day on and perhaps up to one; each side is a partner or a firm.

    ``open_key`` names the pair and the kind while no end is known: the same relation is open once in a unit.
    """

    __tablename__ = "partner_network_relation"
    __table_args__ = (
        UniqueConstraint("unit_id", "open_key", name="uq_partner_network_relation_open"),
        CheckConstraint("(from_partner_id IS NULL) <> (from_firm_id IS NULL)", name="one_from"),
        CheckConstraint("(to_partner_id IS NULL) <> (to_firm_id IS NULL)", name="one_to"),
        *(
            Index(f"ix_partner_network_relation_{name}", name)
            for name in ("from_partner_id", "from_firm_id", "to_partner_id", "to_firm_id")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    from_partner_id: Mapped[int | None] = mapped_column(
        ForeignKey("partner_network_partner.id", ondelete="CASCADE", name="fk_partner_network_relation_from_partner")
    )
    from_firm_id: Mapped[int | None] = mapped_column(
        ForeignKey("firm.id", ondelete="CASCADE", name="fk_partner_network_relation_from_firm")
    )
    to_partner_id: Mapped[int | None] = mapped_column(
        ForeignKey("partner_network_partner.id", ondelete="CASCADE", name="fk_partner_network_relation_to_partner")
    )
    to_firm_id: Mapped[int | None] = mapped_column(
        ForeignKey("firm.id", ondelete="CASCADE", name="fk_partner_network_relation_to_firm")
    )
    kind: Mapped[str] = mapped_column(String(20))
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(300), default="")
    open_key: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def from_key(self) -> str:
        """The side that does it, e.g. ``p-3`` for a partner or ``f-17`` for a firm."""
        return f"p-{self.from_partner_id}" if self.from_partner_id else f"f-{self.from_firm_id}"

    @property
    def to_key(self) -> str:
        """The side to which it is done."""
        return f"p-{self.to_partner_id}" if self.to_partner_id else f"f-{self.to_firm_id}"
