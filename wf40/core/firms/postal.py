"""Postal addresses of firms, many at once: that of the main site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import readable


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where letters to a firm go."""

    street: str
    postcode: str
    town: str

    @property
    def complete(self) -> bool:
        """Whether a letter would arrive."""
        return bool(self.street and self.postcode and self.town)


@requires("firms.read")
def postal_addresses(u: UnitOfWork, firm_ids: Sequence[int]) -> Mapping[int, PostalAddress]:
    """Return the addresses of those of the firms that may be read and have a site: of the main one, else the first."""
    found: dict[int, PostalAddress] = {}
    columns = (Site.firm_id, Site.street, Site.house_number, Site.postcode, Site.town)
    rows = select(*columns).join(Firm, Firm.id == Site.firm_id).where(readable(u))
    for part in portions(firm_ids):
        some = rows.where(Site.firm_id.in_(part))
        for firm_id, street, number, postcode, town in u.session.execute(some.order_by(Site.main.desc(), Site.id)):
            found.setdefault(firm_id, PostalAddress(f"{street} {number}".strip(), postcode, town))
    return found
