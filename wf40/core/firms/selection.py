"""The firms that a list shows, meant as a whole: by the filters in its address, whatever its page or order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from wf40.base.access import requires
from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import filters, listing, pages
from wf40.core.firms.criteria import HOOK_PREFIX, FirmCriteria
from wf40.core.firms.models import Firm


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of the firms in the order of their names, and the filters in words; none: all firms.

    ``unknown`` names filters of the address that nobody offers at present: without them it means other firms.
    """

    ids: list[int]
    filters: list[str]
    unknown: list[str] = field(default_factory=list)

    def demand_known(self) -> None:
        """Raise :class:`InvalidInput` where a filter is missing."""
        if self.unknown:
            raise InvalidInput(
                _l(
                    "Ein Filter dieser Auswahl ist zurzeit nicht verfügbar. Ohne ihn wären es andere Unternehmen. Bitte"
                    " wählen Sie die Unternehmen in der Liste neu aus, oder wenden Sie sich an Ihre Administration."
                )
            )


@requires("firms.read")
def firms_listed(u: UnitOfWork, query: str) -> Selection:
    """Return the firms that the list shows for the part of its address after ``?``."""
    added = pages.extras(u)
    keys = [f.value.key for f in added.filters], [c.value.key for c in added.columns]
    args = MultiDict(parse_qsl(query))
    criteria = FirmCriteria.of(args, *keys)
    rows = select(Firm.id).where(*listing.conditions(u, criteria, added)).order_by(Firm.sort_key, Firm.id)
    words = [chip.label for chip in filters.chips(criteria, filters.filter_fields(u, criteria, added))]
    return Selection(list(u.session.scalars(rows)), words, _unknown(args, added))


def demand_known(args: Mapping[str, str], added: listing.Extras) -> None:
    """Raise :class:`InvalidInput` where an address has a filter that nobody offers at present."""
    Selection([], [], _unknown(args, added)).demand_known()


def _unknown(args: Mapping[str, str], added: listing.Extras) -> list[str]:
    known = {f"{HOOK_PREFIX}{f.value.key}{end}" for f in added.filters for end in ("", "-von", "-bis")}
    return [name for name in args if name.startswith(HOOK_PREFIX) and name not in known]
