"""The firms that a list shows, meant as a whole: by the filters in its address, whatever its page or order."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms import listing, pages
from wf40.core.firms.criteria import FirmCriteria
from wf40.core.firms.models import Firm


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of the firms in the order of their names, and the filters in words; none: all firms."""

    ids: list[int]
    filters: list[str]


@requires("firms.read")
def firms_listed(u: UnitOfWork, query: str) -> Selection:
    """Return the firms that the list shows for the part of its address after ``?``."""
    added = pages.extras(u)
    keys = [f.value.key for f in added.filters], [c.value.key for c in added.columns]
    criteria = FirmCriteria.of(dict(parse_qsl(query)), *keys)
    rows = select(Firm.id).where(*listing.conditions(u, criteria, added)).order_by(Firm.sort_key, Firm.id)
    words = [chip.label for chip in pages.chips(criteria, pages.filter_fields(u, criteria, added))]
    return Selection(list(u.session.scalars(rows)), words)
