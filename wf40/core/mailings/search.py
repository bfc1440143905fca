"""Distribution lists in the search: found by title."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select, true

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.mailings.models import Distribution
from wf40.sdk.search import SearchDoc, SearchHit, SearchProvider

KIND = "distribution"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return lists as they can be found, archived ones too."""
    rows = select(Distribution.id, Distribution.unit_id, Distribution.title).where(Distribution.id.in_(ids))
    return [SearchDoc(row.id, row.unit_id, row.title) for row in u.session.execute(rows)]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next lists."""
    rows = select(Distribution.id).where(Distribution.id > after).order_by(Distribution.id)
    return list(u.session.scalars(rows.limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the lists of the actor's units."""
    own = true() if u.actor.units is None else Distribution.unit_id.in_(u.actor.units)
    rows = u.session.scalars(select(Distribution).where(Distribution.id.in_(ids), own))
    return [
        SearchHit(
            row.id, row.title, url_for("mailings.show", distribution_id=row.id),
            mark=_l("archiviert") if row.archived_at else "",
        )
        for row in rows
    ]  # fmt: skip


PROVIDER = SearchProvider(
    KIND, _l("Verteiler"), "mailings.read", documents, numbers, hits,
    icon="mail", order=90, page="mailings.show", argument="distribution_id",
)  # fmt: skip
