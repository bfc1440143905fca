"""Keeps rules: seeds those that come with the plugin, adds, changes, switches and removes; and the own daily mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wf40.sdk import checks
from wf40.sdk.errors import Forbidden, InvalidInput, StaleVersion
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.i18n import Text
from wf40.sdk.uow import UnitOfWork, requires
from wf40_follow_up import terms
from wf40_follow_up.models import OfficerSetting, Rule
from wf40_follow_up.queries import MANAGE, READ, officers_of, rule_to_write, rules, subject
from wf40_follow_up.statements import insert_new
from wf40_follow_up.texts import _l

TITLE_LENGTH, MOST_DAYS = 200, 3650
FIELDS = ("trigger", "source", "title", "days", "day_kind", "responsible", "officer_id")


@dataclass(frozen=True, slots=True)
class RuleInput:
    """A rule as somebody enters it. ``officer_id`` counts with ``responsible="named"`` only, ``source`` with tasks."""

    trigger: str
    title: str
    days: int
    day_kind: str = "working"
    responsible: str = "officer"
    officer_id: int | None = None
    source: str = terms.ANY


@requires(READ)
def seed(u: UnitOfWork, unit_id: int) -> None:
    """Give a unit the rules that come with the plugin, those it lacks."""
    common = {"unit_id": unit_id, "created_at": u.now, "updated_at": u.now}
    insert_new(u, Rule, [{"builtin": b.trigger, **_values(b), **common} for b in terms.BUILT_IN])


def _values(built: terms.BuiltIn) -> dict[str, Any]:
    return {
        "trigger": built.trigger,
        "title": built.title,
        "days": built.days,
        "day_kind": built.day_kind,
        "active": built.active,
    }


@requires(MANAGE)
def add_rule(u: UnitOfWork, given: RuleInput) -> int:
    """Add a rule to the actor's unit and return its id; raises :class:`InvalidInput`."""
    unit_id = u.actor.unit_id
    if unit_id is None or not u.actor.may_write_unit(unit_id):
        raise Forbidden(MANAGE)
    seed(u, unit_id)
    row = Rule(unit_id=unit_id, created_at=u.now, updated_at=u.now, **checked(u, unit_id, given))
    u.session.add(row)
    u.session.flush()
    record_changes(u, subject(row.id), {}, stored(row))
    u.audit("follow_up_rule_added", subject(row.id))
    return row.id


@requires(MANAGE)
def change_rule(u: UnitOfWork, rule_id: int, version: int, given: RuleInput) -> None:
    """Save a rule; what triggers it stays. Raises :class:`InvalidInput`, or :class:`StaleVersion`."""
    row = rule_to_write(u, rule_id)
    values = {**checked(u, row.unit_id, given, row), "trigger": row.trigger}
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, subject(row.id)))
    _save(u, row, values)


@requires(MANAGE)
def switch_rule(u: UnitOfWork, rule_id: int, *, active: bool) -> None:
    """Switch a rule on or off; tasks that it made stay."""
    _save(u, rule_to_write(u, rule_id), {"active": active})


@requires(MANAGE)
def remove_rule(u: UnitOfWork, rule_id: int) -> None:
    """Take an own rule away; raises :class:`InvalidInput` for one that is needed."""
    row = rule_to_write(u, rule_id)
    if row.builtin:
        raise InvalidInput(_l("Diese Regel gehört zur Erweiterung. Sie lässt sich ausschalten, aber nicht entfernen."))
    if any(other.source == f"{terms.AFTER_RULE}{row.id}" for other in rules(u, row.unit_id)):
        raise InvalidInput(_l("Eine andere Regel baut auf dieser auf. Ändern oder entfernen Sie zuerst die andere."))
    row.removed_at, row.updated_at = u.now, u.now
    row.version += 1
    u.audit("follow_up_rule_removed", subject(row.id), {"title": row.title})


@requires(READ)
def choose_digest(u: UnitOfWork, *, wanted: bool) -> None:
    """Switch the actor's own daily mail on or off."""
    if u.actor.user_id is None:
        raise Forbidden(READ)
    row = u.session.get(OfficerSetting, u.actor.user_id)
    if row is None:
        insert_new(u, OfficerSetting, [{"officer_id": u.actor.user_id, "digest": wanted, "changed_at": u.now}])
        row = u.session.get_one(OfficerSetting, u.actor.user_id)
    row.digest, row.changed_at = wanted, u.now


def stored(row: Rule) -> dict[str, Any]:
    """Return what a form can change, as it is stored."""
    return {name: getattr(row, name) for name in FIELDS}


def _save(u: UnitOfWork, row: Rule, values: Mapping[str, Any]) -> None:
    before = {name: getattr(row, name) for name in values}
    changed = record_changes(u, subject(row.id), before, values)
    if not changed:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = u.now
    u.audit("follow_up_rule_changed", subject(row.id), {"fields": changed})


@requires(MANAGE)
def checked(u: UnitOfWork, unit_id: int, given: RuleInput, row: Rule | None = None) -> dict[str, Any]:
    """Return the values to store; raises :class:`InvalidInput` with all faults at once."""
    found = checks.Findings()
    values: dict[str, Any] = {
        "trigger": found.check("trigger", lambda: checks.one_of(given.trigger, terms.TRIGGERS)),
        "title": found.check("title", lambda: checks.line(given.title, TITLE_LENGTH)),
        "day_kind": found.check("day_kind", lambda: checks.one_of(given.day_kind, terms.DAY_KINDS)),
        "responsible": found.check("responsible", lambda: checks.one_of(given.responsible, terms.RESPONSIBLE)),
        "days": given.days,
        "source": terms.ANY,
        "officer_id": None,
    }
    faults = _faults(given, values["title"])
    if given.trigger == terms.TASK_DONE:
        values["source"] = found.check("source", lambda: checks.one_of(given.source, sources(u, unit_id, row)))
    if given.responsible == "named":
        values["officer_id"] = given.officer_id
        if given.officer_id not in {o.id for o in officers_of(u, unit_id)} | {row.officer_id if row else None} - {None}:
            faults["officer_id"] = _l("Wählen Sie die Person, an die die Wiedervorlage gehen soll.")
    found.fields.update(faults)
    found.close()
    return values


def _faults(given: RuleInput, title: str | None) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if title == "":
        faults["title"] = _l("Schreiben Sie, was zu tun ist, zum Beispiel „Anrufen“.")
    if not 0 <= given.days <= MOST_DAYS:
        faults["days"] = _l("Geben Sie eine ganze Zahl von 0 bis %(most)s ein.", most=MOST_DAYS)
    return faults


@requires(READ)
def sources(u: UnitOfWork, unit_id: int, row: Rule | None = None) -> dict[str, Text]:
    """Return which finished tasks a rule may heed: all, those written by hand, those of another rule of the unit."""
    known: dict[str, Text] = {
        terms.ANY: _l("jede, gleich woher sie kommt"),
        terms.BY_HAND: _l("nur von Hand angelegte"),
    }
    others = [other for other in rules(u, unit_id) if row is None or other.id != row.id]
    known.update({f"{terms.AFTER_RULE}{o.id}": _l("nur aus der Regel „%(title)s“", title=o.title) for o in others})
    return known
