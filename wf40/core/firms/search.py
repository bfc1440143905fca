"""Firms in the search: found by every name, number and address of theirs. One that became part of another is not."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from flask import url_for
from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import terms
from wf40.core.firms.found_by import FIRM_COLUMNS, SITE_COLUMNS, texts_of
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import readable
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText

KIND = "firm"
_FIRM: tuple[Any, ...] = tuple(
    Firm.__table__.c[name] for name in (*FIRM_COLUMNS, "id", "unit_id", "kind", "archived_at")
)
_SITE: tuple[Any, ...] = tuple(Site.__table__.c[name] for name in ("firm_id", *SITE_COLUMNS))


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
    names: dict[int, list[str]] = defaultdict(list)
    sites: dict[int, list[Any]] = defaultdict(list)
    for firm_id, name in u.session.execute(
        select(FirmName.firm_id, FirmName.name).where(FirmName.firm_id.in_(ids)).order_by(FirmName.id)
    ):
        names[firm_id].append(name)
    for site in u.session.execute(select(*_SITE).where(Site.firm_id.in_(ids)).order_by(Site.main.desc(), Site.id)):
        sites[site.firm_id].append(site)
    return {row.id: texts_of(row, names[row.id], sites[row.id]) for row in rows}


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
