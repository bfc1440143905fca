"""Makes one partner out of two entries of the same: what differs is chosen, what hangs on them moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.german import fold, sort_key
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.i18n import Text
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.clock import today
from wf40_partner_network.models import Competence, Partner, Person, Relation
from wf40_partner_network.network import relation_subject
from wf40_partner_network.people import NOTE as PERSON_NOTE
from wf40_partner_network.queries import partner_to_edit, person_subject, subject
from wf40_partner_network.records import set_search_text, touch
from wf40_partner_network.relations import columns, open_key
from wf40_partner_network.service import NAME_LENGTH, NOTE_LENGTH
from wf40_partner_network.terms import FIELDS, RELATIONS
from wf40_partner_network.texts import _, _l
from wf40_partner_network.words import word

EDIT = "partner_network.edit"
CHOSEN = ("name", "kind", "town", "website", "email", "phone", "firm_id", "note")
KEPT, OTHER, BOTH = "kept", "other", "both"


@dataclass(frozen=True, slots=True)
class MergeInput:
    """Which entry goes into which, the versions that were looked at, and for each field which value shall stay."""

    kept_id: int
    other_id: int
    kept_version: int
    other_version: int
    take: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of both entries side by side; ``choices`` is empty where there is nothing to choose."""

    name: str
    label: Text
    kept: str
    other: str
    choices: tuple[str, ...]
    usual: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What came along with a merge."""

    people: int = 0
    relations: int = 0
    joined: int = 0
    dropped: int = 0

    @property
    def words(self) -> str:
        """What the history says."""
        return _(
            "Personen: %(people)s, Beziehungen: %(relations)s, zusammengefasst: %(joined)s, entfallen: %(dropped)s",
            people=self.people, relations=self.relations, joined=self.joined, dropped=self.dropped,
        )  # fmt: skip


@requires(EDIT)
def pair(u: UnitOfWork, kept_id: int, other_id: int) -> tuple[Partner, Partner]:
    """Return both entries, or refuse what cannot be merged."""
    kept, other = partner_to_edit(u, kept_id), partner_to_edit(u, other_id)
    if kept.id == other.id:
        raise InvalidInput(_l("Ein Partner kann nicht mit sich selbst zusammengeführt werden."))
    if kept.unit_id != other.unit_id:
        raise InvalidInput(_l("Beide Partner müssen zur selben Einheit gehören."))
    if kept.archived_at is not None:
        raise InvalidInput(
            _l("„%(name)s“ ist archiviert. Stellen Sie den Eintrag wieder her oder behalten Sie den anderen.", name=kept.name)
        )  # fmt: skip
    return kept, other


def side_by_side(kept: Partner, other: Partner, firms: Mapping[int, str]) -> list[Choice]:
    """Return the fields of both entries; ``firms`` names the firms that they are."""
    found = []
    for name in CHOSEN:
        one, two = getattr(kept, name), getattr(other, name)
        shown = [firms.get(v or 0, "–") if name == "firm_id" else word(name, v) for v in (one, two)]
        choices = () if one == two else (KEPT, OTHER, *((BOTH,) if name == "note" and one and two else ()))
        usual = OTHER if not one and two else (BOTH if BOTH in choices else KEPT)
        found.append(Choice(name, FIELDS[name], shown[0], shown[1], choices, usual))
    return found


@requires(EDIT)
def merge(u: UnitOfWork, given: MergeInput) -> Moves:
    """Put one partner into another; raises :class:`InvalidInput`, or :class:`StaleVersion` for one changed meanwhile."""
    _lock(u, given.kept_id, given.other_id)
    kept, other = pair(u, given.kept_id, given.other_id)
    for row, version in ((kept, given.kept_version), (other, given.other_version)):
        if row.version != version:
            raise StaleVersion(row.version, last_changed_by(u, subject(row.id)))
    values = _chosen(kept, other, given.take)
    before = {name: getattr(kept, name) for name in (*CHOSEN, "topics")}
    for name, value in values.items():
        setattr(kept, name, value)
    kept.sort_key, kept.town_key = sort_key(kept.name), sort_key(kept.town)
    _move_topics(kept, other)
    people = _move_people(u, kept, other)
    u.session.flush()
    relations, joined, dropped = _move_relations(u, kept, other)
    moves = Moves(people, relations, joined, dropped)
    after = {**values, "topics": kept.topics, "merged_with": other.name, "moved": moves.words}
    set_search_text(kept)
    touch(u, kept, record_changes(u, subject(kept.id), before, after), "partner_network_merged")
    _leave_behind(u, kept, other)
    return moves


def _lock(u: UnitOfWork, *partner_ids: int) -> None:
    """Read both partners as they are now and let nobody else change them; always in one order, so that none waits for ever."""
    rows = select(Partner).where(Partner.id.in_(partner_ids)).order_by(Partner.id).with_for_update()
    u.session.scalars(rows.execution_options(populate_existing=True)).all()


def _leave_behind(u: UnitOfWork, kept: Partner, other: Partner) -> None:
    """Archive the other entry; whatever was merged into it before now leads to the kept one too."""
    before = {"archived_at": other.archived_at, "merged_into": None}
    other.merged_into_id, other.archived_at = kept.id, other.archived_at or u.now
    for older in u.session.scalars(select(Partner).where(Partner.merged_into_id == other.id)):
        older.merged_into_id = kept.id
    after = {"archived_at": other.archived_at, "merged_into": kept.name}
    touch(u, other, record_changes(u, subject(other.id), before, after), "partner_network_merged")


def _chosen(kept: Partner, other: Partner, take: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for choice in side_by_side(kept, other, {}):
        wanted = take.get(choice.name, choice.usual) if choice.choices else KEPT
        if choice.choices and wanted not in choice.choices:
            raise InvalidInput(_l("Bitte wählen Sie für „%(field)s“, welche Angabe bleibt.", field=choice.label))
        both = f"{kept.note}\n\n{other.note}" if wanted == BOTH else ""
        values[choice.name] = both or getattr(other if wanted == OTHER else kept, choice.name)
    if len(values["note"]) > NOTE_LENGTH:
        raise InvalidInput(_l("Beide Notizen zusammen sind zu lang. Bitte behalten Sie nur eine."))
    return values


def _move_topics(kept: Partner, other: Partner) -> None:
    mine, theirs = kept.topics, other.topics
    for competence in kept.competences:
        competence.note = _joined((competence.note, theirs.get(competence.topic, "")), NAME_LENGTH)
    kept.competences += [Competence(topic=t, note=theirs[t]) for t in TOPICS if t in theirs and t not in mine]


def _joined(texts: Iterable[str], most: int) -> str:
    """Return different texts as one, or only the first where both are too long for the field."""
    found = list(dict.fromkeys(text for text in texts if text))
    whole = "; ".join(found)
    return whole if len(whole) <= most else found[0]


def _move_people(u: UnitOfWork, kept: Partner, other: Partner) -> int:
    """Move the people; one who stands at both by name and address is archived instead of standing there twice."""
    known = {(fold(p.name), p.email): p for p in kept.people if p.archived_at is None}
    moved = list(other.people)
    for person in moved:
        before = {"partner_id": other.name, "archived_at": person.archived_at}
        twin = known.get((fold(person.name), person.email))
        if twin is not None and person.archived_at is None:
            person.archived_at = u.now
            _complete(twin, person)
        # The rows move; as parts of the other partner they would be deleted with their place there.
        u.session.expire(other, ["people"])
        person.partner_id = kept.id
        person.version += 1
        after = {"partner_id": kept.name, "archived_at": person.archived_at}
        record_changes(u, person_subject(person.id), before, after)
    u.session.flush()
    u.session.expire(kept, ["people"])
    return len(moved)


def _complete(twin: Person, person: Person) -> None:
    twin.role, twin.phone = twin.role or person.role, twin.phone or person.phone
    twin.informed_on = twin.informed_on or person.informed_on
    twin.topics = _joined((twin.topics, person.topics), PERSON_NOTE)


def _move_relations(u: UnitOfWork, kept: Partner, other: Partner) -> tuple[int, int, int]:
    """Move the relations; one between both entries goes, one that the kept one has already becomes one with it."""
    of_both = or_(Relation.from_partner_id.in_((kept.id, other.id)), Relation.to_partner_id.in_((kept.id, other.id)))
    touching = select(Relation).where(of_both).order_by(Relation.id).with_for_update()
    rows = list(u.session.scalars(touching.execution_options(populate_existing=True)))
    old = f"p-{other.id}"
    day = today(u)
    known = {_pair(r): r for r in rows if _runs(r, day) and old not in (r.from_key, r.to_key)}
    moved = joined = dropped = 0
    for row in (r for r in rows if old in (r.from_key, r.to_key)):
        for side, key in (("from", row.from_key), ("to", row.to_key)):
            for name, value in columns(side, f"p-{kept.id}" if key == old else key).items():
                setattr(row, name, value)
        twin = known.get(_pair(row)) if _runs(row, day) else None
        if row.from_key == row.to_key or twin is not None:
            dropped += row.from_key == row.to_key
            joined += row.from_key != row.to_key
            if twin is not None:
                _take_over(twin, row)
            record_changes(u, relation_subject(row.id), {}, {"merged_into": kept.name})
            u.session.delete(row)
            continue
        if _runs(row, day):
            known[_pair(row)] = row
        moved += 1
        row.open_key, row.version, row.updated_at = open_key(row), row.version + 1, u.now
        record_changes(u, relation_subject(row.id), {"moved": other.name}, {"moved": kept.name})
    u.session.flush()
    return moved, joined, dropped


def _runs(row: Relation, day: date) -> bool:
    return row.until is None or row.until > day


def _pair(row: Relation) -> tuple[int, str, tuple[str, ...]]:
    sides = (row.from_key, row.to_key)
    return row.unit_id, row.kind, tuple(sorted(sides)) if RELATIONS[row.kind].mutual else sides


def _take_over(twin: Relation, row: Relation) -> None:
    """Keep the earlier beginning, the later end, both notes and both sources of two relations that become one."""
    twin.since = min(filter(None, (twin.since, row.since)), default=None)
    twin.until = max(twin.until, row.until) if twin.until and row.until else None
    twin.open_key = open_key(twin)
    twin.note = _joined((twin.note, row.note), NOTE_LENGTH)
    twin.source = _joined((twin.source, row.source), NAME_LENGTH)
    twin.version += 1
