"""What hangs on records in the bin, as the database itself knows it: tables of plugins too, even of removed ones."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import column, func, select, table

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.pluginhost.references import references

USE = "bin.use"
_GOES_TOO: dict[str, Text] = {
    "site": _l("Betriebsstätten"),
    "contact": _l("Ansprechpersonen"),
    "firm_tag": _l("Schlagwörter"),
    "custom_field_value": _l("Weitere Angaben"),
    "distribution_member": _l("Plätze in Verteilern"),
}
"""What disappears together with a firm and is worth naming."""
_DERIVED = frozenset({
    "firm_name", "firm_match_key", "firm_to_match", "custom_field_sheet", "bulk_item", "risk_score", "risk_history",
    "duplicate_pair", "duplicate_person_pair", "contact_match_key", "contact_to_match",
})  # fmt: skip
"""What is computed or belongs to the record itself; nobody misses it."""
_KEEPS: dict[str, Text] = {
    "consultation": _l("Gespräche"),
    "consultation_participant": _l("Teilnahmen an Gesprächen"),
    "concern": _l("Anliegen"),
    "task": _l("Wiedervorlagen"),
    "signal": _l("Signale"),
    "campaign_member": _l("Aktionen"),
    "consent": _l("Einwilligungen"),
    "contact_opt_out": _l("Widersprüche"),
    "firm_merge": _l("Zusammenführungen"),
    "contact_merge": _l("Zusammenführungen"),
    "firm": _l("Andere Unternehmen, die dazugehören"),
    "risk_override": _l("Von Hand gesetzte Einstufungen"),
}
_OTHER = _l("Einträge aus Erweiterungen")


@dataclass(slots=True)
class Holdings:
    """What disappears with a record, and what keeps it from being deleted for good, each as label and number."""

    goes_too: dict[str, int] = field(default_factory=dict)
    keeps: dict[str, int] = field(default_factory=dict)

    def add(self, found: dict[str, int], label: Text, count: int) -> None:
        """Count something under its label."""
        found[str(label)] = found.get(str(label), 0) + count


@requires(USE)
def holdings(u: UnitOfWork, kind: str, ids: Collection[int]) -> Mapping[int, Holdings]:
    """Return what hangs on firms or persons, by their ids; what hangs on a firm's persons counts for the firm."""
    found: dict[int, Holdings] = defaultdict(Holdings)
    if not ids:
        return found
    owners = {record_id: record_id for record_id in ids}
    _count(u, kind, owners, found)
    if kind == "firm":
        people = table("contact", column("id"), column("firm_id"))
        of_firm: dict[int, int] = {}
        for part in portions(sorted(ids)):
            rows = select(people.c.id, people.c.firm_id).where(people.c.firm_id.in_(part))
            of_firm |= {row[0]: row[1] for row in u.session.execute(rows)}
        _count(u, "contact", of_firm, found)
    return found


def _count(u: UnitOfWork, kind: str, owners: Mapping[int, int], found: dict[int, Holdings]) -> None:
    """Count the rows that refer to records, for those to whom they belong."""
    # Shown as they stood minutes ago; deleting asks anew. What is only emptied does not count.
    for name, key in [(r.table, r.column) for r in references(u, kind, anew=u.writes) if not r.emptied]:
        if name in _DERIVED:
            continue
        rows: Any = table(name, column(key))
        for part in portions(sorted(owners)):
            counted = select(rows.c[key], func.count()).where(rows.c[key].in_(part)).group_by(rows.c[key])
            for record_id, count in u.session.execute(counted):
                mine = found[owners[record_id]]
                if name in _GOES_TOO:
                    mine.add(mine.goes_too, _GOES_TOO[name], count)
                else:
                    mine.add(mine.keeps, _KEEPS.get(name, _OTHER), count)
