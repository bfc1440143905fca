"""Takes over firms from files and registers, many at once and with few statements.

A value of the file replaces a stored one unless the stored one is newer or was entered by hand and the file does not
say that it is newer; a rule for a field may say otherwise. Values that the file does not have stay. Nothing is ever
emptied. A newer day in the row itself changes the firm's Stand; one given for the whole file confirms what is stored
without counting as a change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Literal

from wf40.base.access import requires
from wf40.base.errors import Forbidden
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms.drafts import Draft, draft_of, filled_values
from wf40.core.firms.records import EVIDENCE
from wf40.core.firms.service import EDIT
from wf40.core.firms.storing import create_firms, stored_firms, write_updates
from wf40.core.firms.updating import Change, Policies, Update, plan_update
from wf40.sdk.events import FirmEvidenceChanged


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """What one row tells of a firm, already checked and in stored form; ``None`` (or no names) is "not in the row".

    ``seat`` is where the firm is registered, ``town`` belongs to street and postcode. ``as_of`` is the row's own date.
    """

    name: str
    legal_form: str | None = None
    kind: str | None = None
    register_kind: str | None = None
    register_number: str | None = None
    register_suffix: str | None = None
    register_court: str | None = None
    source_key: str | None = None
    status: str | None = None
    former_names: tuple[str, ...] = ()
    seat: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    vat_id: str | None = None
    economic_id: str | None = None
    wz_edition: str | None = None
    wz_code: str | None = None
    employees: int | None = None
    founded_year: int | None = None
    trade_name: str | None = None
    note: str | None = None
    as_of: date | None = None
    ags: str | None = None
    """The key of the municipality, which follows from postcode and town."""

    @classmethod
    def of(cls, parsed: object) -> "ImportedFacts":
        """Take the facts over from any object with attributes of these names."""
        return cls(**{name: getattr(parsed, name) for name in _NAMES if hasattr(parsed, name)})

    def __reduce__(self) -> tuple[type["ImportedFacts"], tuple[Any, ...]]:
        """Travel between processes as plain values: there are many of them."""
        return ImportedFacts, _VALUES(self)


_NAMES = tuple(field.name for field in fields(ImportedFacts))
_VALUES = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of one row, or would become of it (then a new firm has no id).

    ``kept`` names fields in which the file differs, but the stored value is the newer one. ``changes`` are the entries
    of the history, ``before`` is what undoing needs beside them.
    """

    result: Literal["created", "updated", "unchanged"]
    firm_id: int | None
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


Plan = Draft | Update
Item = tuple[int | None, ImportedFacts]


@requires(EDIT)
def plan_imports(
    u: UnitOfWork,
    items: Sequence[Item],
    source: str,
    as_of: date | None = None,
    policies: Policies | None = None,
    drafts: Sequence[Draft | None] = (),
) -> list[Plan]:
    """Decide what becomes of rows, and write nothing: no id is a new firm of the actor's unit, else an update.

    ``drafts`` are the new firms where somebody has made them already. Raises :class:`NotFound` or :class:`Forbidden`
    for a firm that the actor may not read or change.
    """
    if u.actor.unit_id is None and any(firm_id is None for firm_id, _facts in items):
        raise Forbidden(EDIT)
    stored = stored_firms(u, {firm_id for firm_id, _facts in items if firm_id is not None})
    ready = drafts or [None] * len(items)
    return [
        (draft or draft_of(facts, as_of))
        if firm_id is None
        else plan_update(stored[firm_id], facts, filled_values(facts), source, as_of, policies or {})
        for (firm_id, facts), draft in zip(items, ready, strict=True)
    ]


@requires(EDIT)
def apply_imports(
    u: UnitOfWork,
    items: Sequence[Item],
    source: str,
    as_of: date | None = None,
    policies: Policies | None = None,
    drafts: Sequence[Draft | None] = (),
) -> list[ImportOutcome]:
    """Create or update firms as planned; returns the outcomes in the order of the items.

    Meant to be called with some hundred rows a time, each call in a unit of work of its own.
    """
    plans = plan_imports(u, items, source, as_of, policies, drafts)
    u.session.flush()
    created = [plan for plan in plans if isinstance(plan, Draft)]
    ids = create_firms(u, u.actor.unit_id or 0, created, source) if created else []
    write_updates(u, [plan for plan in plans if isinstance(plan, Update)], source)
    outcomes = outcomes_of(plans, ids)
    touched = [o.firm_id for o in outcomes if o.result == "created" or EVIDENCE.intersection(o.changed)]
    for part in portions([firm_id for firm_id in dict.fromkeys(touched) if firm_id is not None]):
        u.emit(FirmEvidenceChanged(list(part), "import"))
    counts = {name: sum(o.result == name for o in outcomes) for name in ("created", "updated", "unchanged")}
    u.audit("firms_imported", "", {"source": source, **counts})
    return outcomes


def outcomes_of(plans: Sequence[Plan], created: Sequence[int] = ()) -> list[ImportOutcome]:
    """Tell what plans come to; ``created`` are the ids of the new firms, once they have some."""
    ids = iter(created)
    found = []
    for plan in plans:
        if isinstance(plan, Draft):
            found.append(ImportOutcome("created", next(ids, None)))
            continue
        result: Literal["updated", "unchanged"] = "updated" if plan.changed else "unchanged"
        found.append(
            ImportOutcome(
                result, plan.stored.row.id, tuple(plan.changed), tuple(plan.kept), tuple(plan.changes), plan.before
            )
        )
    return found
