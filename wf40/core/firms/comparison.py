"""Two firms side by side, field by field, in words: what differs with what is proposed, and what is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.firms import fusion, pages, queries, rules, sectors, terms
from wf40.core.firms.models import Firm
from wf40.sdk.services import Firms
from wf40.web.formats import EMPTY

_LABELS: dict[str, Text] = {"register_number": _l("Register"), "wz_code": _l("Branche (WZ)")}


@dataclass(frozen=True, slots=True)
class Side:
    """One firm's value in words, and where it comes from."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both firms; ``options`` is empty where there is nothing to choose."""

    key: str
    label: Text
    keep: Side
    gone: Side
    options: tuple[str, ...]
    usual: str


@requires("firms.read")
def fields(u: UnitOfWork, keep_id: int, gone_id: int) -> list[Field]:
    """Return all fields of two firms side by side, without those that are empty at both."""
    two = fusion.Pair(queries.firm(u, keep_id), queries.firm(u, gone_id), fusion.summed(u, keep_id, gone_id))
    names = _names(u, (two.keep, two.gone))
    found = [_field(two, group, names) for group in fusion.GROUPS if group not in two.summed]
    return [field for field in found if (field.keep.text, field.gone.text) != (EMPTY, EMPTY)]


def label(column: str) -> Text:
    """Return the words for a column."""
    return _LABELS.get(column) or terms.field_label(column)


def _field(two: fusion.Pair, group: str, names: dict[str, dict[int, str]]) -> Field:
    keep, gone = (Side(_words(row, group, names), _origin(row, group)) for row in (two.keep, two.gone))
    return Field(group, label(group), keep, gone, fusion.options(two, group), fusion.usual(two, group))


def _origin(row: Firm, group: str) -> str:
    """Return where a value comes from, where that is not where the record comes from."""
    if group not in row.provenance or all(value in (None, "") for value in fusion.held(row, group)):
        return ""
    return pages.origin_text(*queries.provenance_of(row, group))


def _names(u: UnitOfWork, rows: Sequence[Firm]) -> dict[str, dict[int, str]]:
    officers = {row.officer_id for row in rows if row.officer_id is not None}
    parents = u.service(Firms).many(u, {row.parent_id for row in rows if row.parent_id is not None})
    return {
        "officer_id": dict(officer_names(u, officers)),
        "parent_id": {key: ref.name for key, ref in parents.items()},
    }


def _words(row: Firm, group: str, names: dict[str, dict[int, str]]) -> str:
    value: Any = getattr(row, group)
    if group == "register_number":
        number = " ".join(part for part in (row.register_kind, value, row.register_suffix) if part)
        value = ", ".join(part for part in (number, row.register_court) if part)
    elif group == "wz_code":
        sector = sectors.sector(row.wz_edition, row.wz_code)
        value = f"{sector.label} (WZ {row.wz_edition})" if sector else row.wz_code
    elif group in names and value is not None:
        value = names[group].get(value, _("nicht mehr vorhanden"))
    if value in (None, ""):
        return EMPTY
    codes = {"kind": terms.KINDS, "status": terms.STATUSES, "abc": terms.ABC}.get(group)
    if codes is not None:
        return str(codes.get(value, value))
    if group == "legal_form":
        return terms.legal_form_label(value) or str(value)
    return rules.spoken_phone(value) if group == "phone" else str(value)
