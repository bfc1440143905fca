"""Sets one field of many firms, each with the same checks, history and events as a single edit."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound, Text
from wf40.base.history import record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived, rules
from wf40.core.firms.models import Firm
from wf40.core.firms.queries import firm_subject, readable
from wf40.core.firms.records import EVIDENCE, apply_values, touch
from wf40.core.firms.service import EDIT, OWN_SOURCE, today
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.services import Officers

ARCHIVED = "archived"
FIELDS = ("officer_id", "abc", "care_interval_days", "status")
"""What can be set on many firms at once, besides whether they are in the archive."""


@requires("firms.read")
def present(u: UnitOfWork, field: str, firm_ids: Collection[int]) -> dict[int, Any]:
    """Return what firms that may be read have in a field; in the archive is ``True``, not in it ``None``."""
    column: Any = Firm.archived_at if field == ARCHIVED else getattr(Firm, _known(field))
    found: dict[int, Any] = {}
    for part in portions(sorted(firm_ids)):
        rows = u.session.execute(select(Firm.id, column).where(Firm.id.in_(part), readable(u)))
        found |= {row[0]: ((row[1] is not None) or None) if field == ARCHIVED else row[1] for row in rows}
    return found


@requires(EDIT)
def put(u: UnitOfWork, field: str, values: Mapping[int, Any]) -> dict[int, Text]:
    """Set a field of firms of the actor's unit; returns a sentence for each firm that stays as it is.

    Raises :class:`NotFound` for a firm that may not be read, and :class:`InvalidInput` for a value that no firm can have.
    """
    for value in set(values.values()):
        checked(u, field, value)
    refused: dict[int, Text] = {}
    for part in portions(sorted(values)):
        rows = {
            row.id: row
            for row in u.session.scalars(
                select(Firm).where(Firm.id.in_(part), readable(u)).order_by(Firm.id).with_for_update(),
                execution_options={"populate_existing": True},
            )
        }
        if len(rows) != len(part):
            raise NotFound
        changed = []
        for row in rows.values():
            if sentence := reason(u, row):
                refused[row.id] = sentence
            elif _put(u, row, field, values[row.id]):
                changed.append(row.id)
        if changed:
            derived.bring_up_to_date(u, changed)
            if field in EVIDENCE or field == ARCHIVED:
                u.emit(FirmEvidenceChanged(changed, field))
    return refused


@requires(EDIT)
def checked(u: UnitOfWork, field: str, value: Any) -> Any:
    """Return a value in its stored form; raises :class:`InvalidInput`."""
    if field == ARCHIVED:
        return value
    if field == "officer_id":
        if value is not None and u.service(Officers).get(u, value) is None:
            raise InvalidInput(_l("Diese Person gibt es nicht. Bitte wählen Sie jemanden aus der Liste."))
        return value
    return rules.FIRM_CHECKS[_known(field)](value)


def _known(field: str) -> str:
    if field not in FIELDS:
        message = f"{field} cannot be set on many firms"
        raise ValueError(message)
    return field


def reason(u: UnitOfWork, row: Firm) -> Text | None:
    """Say why a firm stays as it is, or ``None``."""
    if not u.actor.may_write_unit(row.unit_id):
        return _l("gehört zu einer anderen Gemeinde")
    if row.merged_into_id is not None:
        return _l("wurde mit einem anderen Unternehmen zusammengeführt")
    return _l("liegt im Papierkorb") if row.deleted_at is not None else None


def _put(u: UnitOfWork, row: Firm, field: str, value: Any) -> bool:
    if field != ARCHIVED:
        if not apply_values(u, row, {field: value}, OWN_SOURCE, today(u)):
            return False
        touch(u, row)
        u.audit("firm_changed", firm_subject(row.id), {"fields": [field]})
        return True
    if (row.archived_at is not None) == bool(value):
        return False
    after = u.now if value else None
    record_changes(u, firm_subject(row.id), {"archived_at": row.archived_at}, {"archived_at": after})
    row.archived_at = after
    touch(u, row)
    u.audit("firm_archived" if value else "firm_restored", firm_subject(row.id))
    return True
