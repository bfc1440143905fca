"""What each filter of the list asks of a firm, in the words of the database."""

from sqlalchemy import ColumnElement, and_, false, or_, select

from wf40.base.checks import whole_number
from wf40.core.firms import sectors
from wf40.core.firms.criteria import NOBODY, FirmCriteria
from wf40.core.firms.models import IN_PARK, SECTORED, Firm, Site
from wf40.core.firms.terms import SIZES, UNKNOWN_SIZE


def of_rows(criteria: FirmCriteria) -> list[ColumnElement[bool]]:
    """Keep the firms of a business park, and those picked by hand."""
    found: list[ColumnElement[bool]] = []
    if criteria.park:
        found.append(Firm.id.in_(select(Site.firm_id).where(Site.business_park == criteria.park, IN_PARK)))
    if criteria.picked:
        found.append(Firm.id.in_(criteria.picked_ids()))
    return found


def in_sector(value: str) -> ColumnElement[bool]:
    """Keep the firms of a sector, a section or a group of divisions."""
    prefixes, divisions = sectors.codes_meant(value)
    return and_(SECTORED, or_(false(), *(_begins(prefix) for prefix in (*prefixes, *divisions))))


def _begins(prefix: str) -> ColumnElement[bool]:
    """Say "begins with" as a span, which an index can answer on both databases."""
    after = prefix.rstrip("9")
    end = after[:-1] + chr(ord(after[-1]) + 1) if after else ""
    return and_(Firm.wz_code >= prefix, Firm.wz_code < end) if end else Firm.wz_code >= prefix


def of_size(value: str) -> ColumnElement[bool]:
    """Keep the firms of a class of size."""
    if value == UNKNOWN_SIZE:
        return Firm.employees.is_(None)
    if value not in SIZES:
        return false()
    _label, low, high = SIZES[value]
    return Firm.employees >= low if high is None else Firm.employees.between(low, high - 1)


def of_officer(value: str) -> ColumnElement[bool]:
    """Keep the firms of an officer, or those of nobody."""
    if value == NOBODY:
        return Firm.officer_id.is_(None)
    officer_id = whole_number(value)
    return false() if officer_id is None else Firm.officer_id == officer_id
