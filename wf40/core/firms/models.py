"""Tables of firms, their former names, and their sites."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key, KeyText, partial

_IN_ARCHIVE = "archived_at IS NOT NULL AND merged_into_id IS NULL AND deleted_at IS NULL"


def _among(name: str, condition: str, *first: str) -> Index:
    return partial(name, condition, *dict.fromkeys((*first, "unit_id", "sort_key", "id", "kind", "archived_at")))


def _listed(name: str, *first: str, condition: str = "archived_at IS NULL", last: tuple[str, ...] = ()) -> Index:
    # What the condition names must stand in the index as well: SQLite would look at each row for it.
    return partial(name, condition, "unit_id", *first, "sort_key", "id", "kind", "archived_at", *last)


class Firm(Base):
    """An organisation that the office looks after.

    ``search_key`` recognises the name again (folded, without legal form), ``sort_key`` orders lists, ``search_text``
    holds every word by which the list finds it. ``employees`` and ``apprentices`` are sums over the sites, or the
    firm's own figure where no site has one. ``provenance`` maps a field to ``[source, as_of]`` where these differ from
    the record's own ``source`` and ``as_of``.
    """

    __tablename__ = "firm"
    __table_args__ = (
        # Filters of the list: each index holds all that counting and ordering need, so that no row is looked at but the
        # ones shown. PostgreSQL orders by them only where the condition on archived_at is the index's own.
        _listed("ix_firm_list", last=("status", "wz_code", "employees", "founded_year")),
        _listed("ix_firm_archive", condition=_IN_ARCHIVE, last=("merged_into_id", "deleted_at")),
        _listed("ix_firm_towns", "town_key"),
        _listed("ix_firm_updated_at", "updated_at"),
        _listed("ix_firm_wz_code", "wz_code", condition="wz_code <> '' AND archived_at IS NULL"),
        _listed("ix_firm_employees", "employees", condition="employees IS NOT NULL AND archived_at IS NULL"),
        _listed("ix_firm_founded_year", "founded_year", condition="founded_year IS NOT NULL AND archived_at IS NULL"),
        _among("ix_firm_kind", "kind <> 'company'", "kind"),
        _among("ix_firm_abc", "abc <> ''", "abc"),
        _among("ix_firm_status", "status <> 'active'", "status"),
        _among("ix_firm_officer_id", "officer_id IS NOT NULL", "officer_id"),
        Index("ix_firm_search_key", "search_key"),
        # What a firm does not have stands in no index: each one more costs an import a page of it for every firm.
        partial("ix_firm_register", "register_number <> ''", "register_number", "register_kind", "register_court"),
        partial("ix_firm_source_key", "source_key <> ''", "source_key", "source"),
        partial("ix_firm_vat_id", "vat_id <> ''", "vat_id"),
        partial("ix_firm_economic_id", "economic_id <> ''", "economic_id"),
        partial("ix_firm_parent_id", "parent_id IS NOT NULL", "parent_id"),
        partial("ix_firm_merged_into_id", "merged_into_id IS NOT NULL", "merged_into_id"),
        # No number comes again: bookmarks, audit and what somebody looked at last would lead to another firm.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(500))
    sort_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    search_text: Mapped[str] = mapped_column(KeyText, default="")
    trade_name: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[str] = mapped_column(String(20), default="company")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    branch_of: Mapped[str] = mapped_column(String(500), default="")
    legal_form: Mapped[str] = mapped_column(String(40), default="")
    register_kind: Mapped[str] = mapped_column(String(10), default="")
    register_number: Mapped[str] = mapped_column(String(20), default="")
    register_suffix: Mapped[str] = mapped_column(String(10), default="")
    register_court: Mapped[str] = mapped_column(String(200), default="")
    vat_id: Mapped[str] = mapped_column(String(20), default="")
    economic_id: Mapped[str] = mapped_column(String(20), default="")
    source_key: Mapped[str] = mapped_column(String(500), default="")
    wz_edition: Mapped[str] = mapped_column(String(4), default="")
    wz_code: Mapped[str] = mapped_column(String(10), default="")
    founded_year: Mapped[int | None]
    website: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    town: Mapped[str] = mapped_column(String(200), default="")
    town_key: Mapped[str] = mapped_column(Key, default="")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    abc: Mapped[str] = mapped_column(String(1), default="")
    care_interval_days: Mapped[int | None]
    employees: Mapped[int | None]
    apprentices: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="active")
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    as_of: Mapped[date | None]
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    """The firm that this one became part of, never one that itself became part of another. Such a row is archived."""
    deleted_at: Mapped[datetime | None]
    """When it was put into the bin; it is then archived, too, so that every list leaves it out."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


USUAL_STATUS, USUAL_KIND = "active", "company"
RATED, SECTORED, UNUSUAL, UNUSUAL_KIND = (
    Firm.abc != literal_column("''"),
    Firm.wz_code != literal_column("''"),
    Firm.status != literal_column(f"'{USUAL_STATUS}'"),
    Firm.kind != literal_column(f"'{USUAL_KIND}'"),
)
"""Conditions of indexes over the firms for which they hold; a query must state them without parameters."""


class FirmName(Base):
    """A name that a firm had before."""

    __tablename__ = "firm_name"
    __table_args__ = (
        Index("ix_firm_name_firm_id", "firm_id"),
        Index("ix_firm_name_search_key", "search_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(500))
    sort_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)


class Site(Base):
    """A place where a firm works (Betriebsstätte). A firm has one main site at most."""

    __tablename__ = "site"
    __table_args__ = (
        Index("ix_site_firm_id", "firm_id"),
        Index("ix_site_postcode", "postcode"),
        partial("ix_site_business_park", "business_park <> ''", "business_park"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    house_number: Mapped[str] = mapped_column(String(30), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    town: Mapped[str] = mapped_column(String(200), default="")
    ags: Mapped[str] = mapped_column(String(8), default="")
    business_park: Mapped[str] = mapped_column(String(200), default="")
    employees: Mapped[int | None]
    employees_as_of: Mapped[date | None]
    apprentices: Mapped[int | None]
    tenure: Mapped[str] = mapped_column(String(10), default="")
    lease_ends_on: Mapped[date | None]
    main: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


IN_PARK = Site.business_park != literal_column("''")
"""The condition of the index over business parks."""


class FirmMatchKey(Base):
    """One feature by which a firm may be recognised again: firms that share a key are worth comparing.

    ``key`` is a digest of what :func:`wf40.matching.blocking.firm_keys` says, so no name can be read in it.
    """

    __tablename__ = "firm_match_key"
    # The primary key is all that a look-up reads; the other index is for replacing and removing a firm's keys.
    __table_args__ = (Index("ix_firm_match_key_firm_id", "firm_id"), {"sqlite_with_rowid": False})

    # The firm's own unit, without a foreign key of its own: it would be checked for every key of every firm.
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)


class FirmKeyState(Base):
    """By which rules the keys of firms are made: a single row. Up to which firm, where not all of them are."""

    __tablename__ = "firm_key_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    rules: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    complete: Mapped[bool] = mapped_column(default=False)


class FirmToMatch(Base):
    """A firm whose facts changed, for whoever looks for others like it. ``changed_at`` is the latest change."""

    __tablename__ = "firm_to_match"

    firm_id: Mapped[int] = mapped_column(
        ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    changed_at: Mapped[datetime]
