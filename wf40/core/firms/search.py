"""Firms in the search: found by every name, number and address of theirs. One that became part of another is not."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from flask import url_for
from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import terms
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import readable
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText

KIND = "firm"
_FIRM: tuple[Any, ...] = (
    Firm.id, Firm.unit_id, Firm.name, Firm.trade_name, Firm.branch_of, Firm.register_kind, Firm.register_number,
    Firm.register_suffix, Firm.vat_id, Firm.economic_id, Firm.source_key, Firm.website, Firm.email, Firm.phone,
    Firm.town, Firm.kind, Firm.archived_at,
)  # fmt: skip
_SITE: tuple[Any, ...] = (
    Site.firm_id, Site.label, Site.street, Site.house_number, Site.postcode, Site.town, Site.business_park,
)  # fmt: skip


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return the firms as they can be found, archived ones too."""
    rows = u.session.execute(
        select(*_FIRM).where(Firm.id.in_(ids), Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None))
    ).all()
    texts = _texts(u, rows)
    return [SearchDoc(row.id, row.unit_id, row.name, texts[row.id]) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next firms."""
    return list(u.session.scalars(select(Firm.id).where(Firm.id > after).order_by(Firm.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the firms of the actor's units."""
    wanted = (Firm.id.in_(ids), Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None), readable(u))
    rows = u.session.execute(select(*_FIRM).where(*wanted)).all()
    texts = _texts(u, rows)
    return [
        SearchHit(
            row.id, row.name, url_for("firms.show", firm_id=row.id), detail=row.town or terms.KINDS.get(row.kind, ""),
            mark=_l("archiviert") if row.archived_at else "", texts=texts[row.id],
        )
        for row in rows
    ]  # fmt: skip


def _texts(u: UnitOfWork, rows: Collection[Any]) -> dict[int, tuple[SearchText, ...]]:
    ids = [row.id for row in rows]
    names: dict[int, list[SearchText]] = defaultdict(list)
    sites: dict[int, list[SearchText]] = defaultdict(list)
    for firm_id, name in u.session.execute(
        select(FirmName.firm_id, FirmName.name).where(FirmName.firm_id.in_(ids)).order_by(FirmName.id)
    ):
        names[firm_id].append(SearchText("former_names", name))
    for site in u.session.execute(select(*_SITE).where(Site.firm_id.in_(ids)).order_by(Site.main.desc(), Site.id)):
        sites[site.firm_id] += _of_site(site)
    return {row.id: tuple(t for t in (*_of_firm(row), *names[row.id], *sites[row.id]) if t.text) for row in rows}


def _of_firm(row: Any) -> list[SearchText]:
    register = f"{row.register_kind} {row.register_number} {row.register_suffix}" if row.register_number else ""
    return [
        SearchText("trade_name", row.trade_name),
        SearchText("register_number", register.strip(), "code"),
        SearchText("vat_id", row.vat_id, "code"),
        SearchText("economic_id", row.economic_id, "code"),
        SearchText("source_key", row.source_key, "code"),
        SearchText("phone", row.phone, "phone"),
        SearchText("email", row.email, "mail"),
        SearchText("website", row.website, "web"),
        SearchText("town", row.town),
        SearchText("branch_of", row.branch_of),
    ]


def _of_site(site: Any) -> list[SearchText]:
    return [
        SearchText("street", f"{site.street} {site.house_number}".strip()),
        SearchText("postcode", f"{site.postcode} {site.town}".strip()),
        SearchText("business_park", site.business_park),
        SearchText("label", site.label),
    ]


PROVIDER = SearchProvider(
    KIND, _l("Unternehmen"), "firms.read", documents, numbers, hits,
    labels={
        **{code: terms.FIELDS[code] for code in ("trade_name", "register_number", "vat_id", "economic_id", "source_key")},
        **{code: terms.FIELDS[code] for code in ("phone", "email", "website", "town", "branch_of")},
        "former_names": _l("Früherer Name"),
        "street": _l("Straße"),
        "postcode": _l("Anschrift"),
        "business_park": _l("Gewerbegebiet"),
        "label": _l("Betriebsstätte"),
    },
    icon="wf-building", order=10, page="firms.show", argument="firm_id",
    creation=Creation(_l("Unternehmen anlegen"), "firms.create", "firms.edit"),
)  # fmt: skip
