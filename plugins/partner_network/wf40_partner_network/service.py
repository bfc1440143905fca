"""Adds and changes partners, archives them, and ties them to the firm that they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wf40.sdk import checks
from wf40.sdk.errors import Forbidden, StaleVersion
from wf40.sdk.german import sort_key
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.services import Firms, Search
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.models import Competence, Partner
from wf40_partner_network.queries import partner_to_write, subject
from wf40_partner_network.records import set_search_text, touch
from wf40_partner_network.terms import KINDS
from wf40_partner_network.texts import KEY, _l

EDIT = "partner_network.edit"
FIELDS = ("name", "kind", "town", "website", "email", "phone", "topics", "note")
NAME_LENGTH, SHORT_LENGTH, NOTE_LENGTH = 300, 200, 20_000


@dataclass(frozen=True, slots=True)
class PartnerInput:
    """A partner as somebody enters it. ``topics`` maps each topic it helps with to a note, which may be empty."""

    name: str
    kind: str
    town: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@requires(EDIT)
def add_partner(u: UnitOfWork, given: PartnerInput, unit_id: int | None = None) -> int:
    """Add a partner to the actor's unit (or, for the product itself, to ``unit_id``); returns its id."""
    unit_id = u.actor.unit_id if unit_id is None else unit_id
    if unit_id is None or not u.actor.may_write_unit(unit_id):
        raise Forbidden(EDIT)
    values = checked(given)
    row = Partner(unit_id=unit_id, created_at=u.now, updated_at=u.now)
    _fill(u, row, values)
    u.session.add(row)
    u.session.flush()
    record_changes(u, subject(row.id), {}, {"created": row.name})
    u.audit("partner_network_added", subject(row.id))
    u.service(Search).refresh(u, KEY, [row.id])
    return row.id


@requires(EDIT)
def change_partner(u: UnitOfWork, partner_id: int, version: int, given: PartnerInput) -> None:
    """Save a partner; raises :class:`InvalidInput`, or :class:`StaleVersion` when somebody else saved meanwhile."""
    row, values = partner_to_write(u, partner_id), checked(given)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, subject(row.id)))
    if changed := record_changes(u, subject(row.id), stored(row), values):
        _fill(u, row, values)
        touch(u, row, changed)


@requires(EDIT)
def archive_partner(u: UnitOfWork, partner_id: int) -> None:
    """Take a partner out of lists and offers; nothing is lost."""
    _set(u, partner_id, "archived_at", u.now)


@requires(EDIT)
def restore_partner(u: UnitOfWork, partner_id: int) -> None:
    """Bring an archived partner back."""
    _set(u, partner_id, "archived_at", None)


@requires(EDIT)
def tie_to_firm(u: UnitOfWork, partner_id: int, firm_id: int | None) -> None:
    """Say that a partner is one of the office's firms (``None``: that it is not)."""
    if firm_id is not None:
        u.service(Firms).get(u, firm_id)
    _set(u, partner_id, "firm_id", firm_id)


def stored(row: Partner) -> dict[str, Any]:
    """Return what a form can change, as it is stored."""
    return {name: getattr(row, name) for name in FIELDS}


def _set(u: UnitOfWork, partner_id: int, name: str, value: datetime | int | None) -> None:
    row = partner_to_write(u, partner_id)
    before = getattr(row, name)
    if before == value or (name == "archived_at" and bool(before) == bool(value)):
        return
    setattr(row, name, value)
    touch(u, row, record_changes(u, subject(row.id), {name: before}, {name: value}))


def checked(given: PartnerInput) -> dict[str, Any]:
    """Return the values to store; raises :class:`InvalidInput` with all faults at once."""
    found = checks.Findings()
    values: dict[str, Any] = {
        name: found.check(name, lambda n=name, most=most: checks.line(getattr(given, n), most))  # type: ignore[misc]
        for name, most in (("name", NAME_LENGTH), ("town", SHORT_LENGTH))
    }
    for name, check in (("website", checks.website), ("email", checks.email), ("phone", checks.phone)):
        values[name] = found.check(name, lambda n=name, c=check: c(getattr(given, n)))  # type: ignore[misc]
    values["kind"] = found.check("kind", lambda: checks.one_of(given.kind, KINDS))
    values["note"] = found.check("note", lambda: checks.lines(given.note, NOTE_LENGTH))
    values["topics"] = {
        found.check("topics", lambda t=topic: checks.one_of(t, TOPICS)): found.check(  # type: ignore[misc]
            f"note_{topic}",
            lambda n=note: checks.line(n, NAME_LENGTH),  # type: ignore[misc]
        )
        for topic, note in given.topics.items()
    }
    if not values["name"] and "name" not in found.fields:
        found.fields["name"] = _l("Geben Sie den Namen des Partners ein.")
    found.close()
    return {name: values[name] for name in FIELDS}


def _fill(u: UnitOfWork, row: Partner, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name != "topics":
            setattr(row, name, values[name])
    known = {c.topic: c for c in row.competences}
    row.competences = [known.get(t) or Competence(topic=t) for t in TOPICS if t in values["topics"]]
    for competence in row.competences:
        competence.note = values["topics"][competence.topic]
    row.sort_key, row.town_key = sort_key(row.name), sort_key(row.town)
    set_search_text(row)
    row.updated_at = u.now
