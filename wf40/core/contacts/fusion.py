"""Makes one person out of two and two out of one again: the fields of the records. What hangs on them moves by hooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import inspect

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.german import loose
from wf40.base.history import last_changed_by, plain, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, handing_over, permits
from wf40.core.contacts.derived import bring_up_to_date, set_keys
from wf40.core.contacts.models import Contact
from wf40.core.contacts.queries import readable_entry
from wf40.core.contacts.rules import NOTE_LENGTH
from wf40.core.contacts.unsent import Unsent
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms

EDIT = "contacts.edit"
KEEP, GONE, BOTH = "keep", "gone", "both"
GROUPS: dict[str, tuple[str, ...]] = {
    "firm_id": ("firm_id",),
    "salutation": ("salutation",),
    "title": ("title",),
    "given_name": ("given_name",),
    "family_name": ("family_name",),
    "role": ("role",),
    "function": ("function",),
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("mobile",),
    "language": ("language",),
    "main": ("main",),
    "mail_basis": ("mail_basis",),
    "origin": ("origin", "source", "as_of", "informed_on"),
    "note": ("note",),
}
"""What is chosen together."""
_COLUMNS = tuple(column for columns in GROUPS.values() for column in columns)
_NOTHING: dict[str, Any] = {"role": "other", "main": False}
"""Values that say nothing."""
_BOTH_LONG = _l("Beide Notizen zusammen sind zu lang. Bitte behalten Sie eine, oder kürzen Sie vorher.")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries of one person, each with its firm."""

    keep: Contact
    gone: Contact
    firms: Mapping[int, FirmRef]


@dataclass(slots=True)
class Separated:
    """What taking back a merge did to the kept entry: fields that returned and fields that stay."""

    back: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


@requires(EDIT)
def pair(u: UnitOfWork, keep_id: int, gone_id: int) -> Pair:
    """Lock both entries, always in one order; raises :class:`InvalidInput` for what cannot be merged."""
    if keep_id == gone_id:
        raise InvalidInput(_l("Eine Person kann nicht mit sich selbst zusammengeführt werden."))
    rows = {contact_id: _locked(u, contact_id) for contact_id in sorted((keep_id, gone_id))}
    keep, gone = rows[keep_id], rows[gone_id]
    if keep.unit_id != gone.unit_id:
        raise InvalidInput(_l("Beide Personen müssen zur selben Stelle gehören."))
    for row in (keep, gone):
        if row.merged_into_id is not None:
            raise InvalidInput(_l("„%(name)s“ ist bereits zusammengeführt.", name=row.full_name))
        if row.deleted_at is not None:
            raise InvalidInput(
                _l("„%(name)s“ liegt im Papierkorb. Holen Sie die Person zuerst zurück.", name=row.full_name)
            )
    if keep.archived_at is not None:
        raise InvalidInput(
            _l("„%(name)s“ ist im Archiv. Holen Sie die Person zurück, oder behalten Sie den anderen Eintrag.", name=keep.full_name)
        )  # fmt: skip
    return looked_at(u, keep, gone)


@requires("contacts.read")
def looked_at(u: UnitOfWork, keep: Contact, gone: Contact) -> Pair:
    """Return two entries with their firms, unlocked."""
    return Pair(keep, gone, u.service(Firms).many(u, {keep.firm_id, gone.firm_id}))


def held(row: Contact, group: str) -> tuple[Any, ...]:
    """Return the values of a group of fields."""
    return tuple(getattr(row, column) for column in GROUPS[group])


def is_empty(row: Contact, group: str) -> bool:
    """Tell whether an entry says nothing about a group of fields."""
    return all(value in (None, "") or value == _NOTHING.get(group, "") for value in held(row, group))


def options(two: Pair, group: str) -> tuple[str, ...]:
    """Return what may be chosen for a group; nothing where both say the same."""
    if held(two.keep, group) == held(two.gone, group):
        return ()
    both = (BOTH,) if group == "note" and two.keep.note and two.gone.note else ()
    return (KEEP, GONE, *both)


def usual(two: Pair, group: str) -> str:
    """Return what is chosen unless somebody says otherwise.

    What is there beats what is missing, a name that is written out its initial, what the person said themselves what
    others did, and of two of a kind the newer one is taken. Mails without a consent go out only if both entries say so.
    """
    if not options(two, group):
        return KEEP
    if group == "firm_id":
        firm = two.firms.get(two.keep.firm_id)
        return GONE if firm is None or firm.archived else KEEP
    if group == "mail_basis" and not (two.keep.mail_basis and two.gone.mail_basis):
        return GONE if two.keep.mail_basis else KEEP
    if is_empty(two.gone, group) or is_empty(two.keep, group):
        return KEEP if is_empty(two.gone, group) else GONE
    told = _written_out(two.keep.given_name, two.gone.given_name) if group == "given_name" else ""
    return BOTH if group == "note" else told or (GONE if _rank(two.gone) > _rank(two.keep) else KEEP)


def _written_out(keep: str, gone: str) -> str:
    """Return which of two given names the other one shortens ("S." for "Sabine"), nothing where none does."""
    one, other = loose(keep), loose(gone)
    if one.startswith(other):
        return KEEP
    return GONE if other.startswith(one) else ""


@requires(EDIT)
def fuse(u: UnitOfWork, two: Pair, choices: Mapping[str, str], versions: tuple[int, int]) -> dict[str, Any]:
    """Write the chosen values into the kept entry, archive the other, and return what :func:`separate` needs, as JSON.

    Raises :class:`StaleVersion` for an entry that was saved since it was looked at.
    """
    keep, gone = two.keep, two.gone
    for row, version in ((keep, versions[0]), (gone, versions[1])):
        if row.version != version:
            raise StaleVersion(row.version, last_changed_by(u, _subject(row)))
    before = _picture(keep)
    for group in GROUPS:
        _take(two, group, choices.get(group, usual(two, group)))
    changed = {name: getattr(keep, name) for name in _COLUMNS if plain(getattr(keep, name)) != before[name]}
    record_changes(u, _subject(keep), before, changed)
    handovers = handing_over.follow(u, keep.id, gone.id) if "firm_id" in changed else {}
    archived = plain(gone.archived_at)
    gone.merged_into_id, gone.archived_at = keep.id, gone.archived_at or u.now
    record_changes(u, _subject(keep), {}, {"merged_with": gone.full_name})
    record_changes(u, _subject(gone), {}, {"merged_into": keep.full_name})
    _settle(u, keep, gone)
    _withhold(u, keep)
    after = _picture(keep)
    fields = {n: [before[n], after[n]] for n in before if before[n] != after[n]}
    return {"fields": fields, "archived_at": archived, "handovers": handovers}


@requires(EDIT)
def loosen(u: UnitOfWork, keep_id: int, gone_id: int, archived_at: str | None) -> Pair:
    """Let the entry that is gone stand on its own again; raises :class:`InvalidInput` where that cannot be."""
    rows = {contact_id: _locked(u, contact_id) for contact_id in sorted((keep_id, gone_id))}
    keep, gone = rows[keep_id], rows[gone_id]
    if gone.merged_into_id != keep.id:
        raise InvalidInput(_l("Diese Personen sind nicht mehr zusammengeführt. Bitte laden Sie die Seite neu."))
    gone.merged_into_id = None
    if archived_at is None:
        gone.archived_at = None
    u.session.flush()
    return looked_at(u, keep, gone)


@requires(EDIT)
def separate(u: UnitOfWork, two: Pair, stored: Mapping[str, Any]) -> Separated:
    """Put back what :func:`fuse` changed in the kept entry and nobody changed since."""
    keep, gone = two.keep, two.gone
    now, (back, stays) = _picture(keep), _returning(u, keep, stored)
    done = Separated(record_changes(u, _subject(keep), now, back), stays)
    for name, value in back.items():
        setattr(keep, name, value)
    record_changes(u, _subject(keep), {}, {"separated_from": gone.full_name})
    record_changes(u, _subject(gone), {}, {"separated_from": keep.full_name})
    handing_over.come_back(u, keep.id, gone.id, stored.get("handovers", {}), firm_back="firm_id" not in stays)
    _settle(u, keep, gone)
    for row in (keep, gone):
        _withhold(u, row)
    return done


@requires("contacts.read")
def kept_fields(u: UnitOfWork, keep_id: int, stored: Mapping[str, Any]) -> Separated:
    """Tell which fields :func:`separate` would put back and which stay."""
    row = readable_entry(u, keep_id)
    now, (back, stays) = _picture(row), _returning(u, row, stored)
    return Separated([name for name in back if plain(back[name]) != now[name]], stays)


def _returning(u: UnitOfWork, keep: Contact, stored: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the values that go back, and the fields that stay: changed since, or a firm that is there no more."""
    now, back, stays = _picture(keep), dict[str, Any](), list[str]()
    for name, before, after in _changed(stored):
        value, left = (_firm_now(u, before), _firm_now(u, after)) if name == "firm_id" else (before, after)
        if now[name] == left and not (name == "firm_id" and value is None):
            back[name] = _typed(name, value)
        else:
            stays.append(name)
    return back, stays


def _firm_now(u: UnitOfWork, firm_id: int) -> int | None:
    """Return the firm that one is by now, or ``None`` if it was removed."""
    try:
        return u.service(Firms).get(u, firm_id).id
    except NotFound:
        return None


def _changed(stored: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the fields that merging changed, in the order of the form, which JSON need not keep."""
    return [(name, *stored["fields"][name]) for name in _COLUMNS if name in stored["fields"]]


def _take(two: Pair, group: str, choice: str) -> None:
    offered = options(two, group)
    if not offered or choice == KEEP:
        return
    if choice not in offered:
        raise InvalidInput(_l("Bitte wählen Sie für jede Angabe, welche bleibt."))
    if choice == BOTH:
        two.keep.note = f"{two.keep.note}\n\n{two.gone.note}"
        if len(two.keep.note) > NOTE_LENGTH:
            raise InvalidInput(_BOTH_LONG)
        return
    for column in GROUPS[group]:
        setattr(two.keep, column, getattr(two.gone, column))


def _rank(row: Contact) -> tuple[bool, date, Any]:
    return row.origin == codes.DIRECT, row.as_of or date.min, row.updated_at


def _picture(row: Contact) -> dict[str, Any]:
    return {column: plain(getattr(row, column)) for column in _COLUMNS}


def _typed(column: str, value: Any) -> Any:
    kind = inspect(Contact).columns[column].type.python_type
    return date.fromisoformat(value) if kind is date and value else value


def _settle(u: UnitOfWork, keep: Contact, gone: Contact) -> None:
    set_keys(keep)
    for row in (keep, gone):
        row.version += 1
        row.updated_at = u.now
    bring_up_to_date(u, [keep.id, gone.id])


def _withhold(u: UnitOfWork, keep: Contact) -> None:
    """Take back unsent mails for whatever the person, as one, does not agree to."""
    permit = permits.of_mails(u, [keep])[keep.id]
    for purpose in sorted(set(codes.PURPOSES) - permit.purposes):
        why = "opted_out" if purpose in permit.opted_out else "not_permitted"
        u.service(Unsent).take_back(u, keep.id, purpose, why)


def _locked(u: UnitOfWork, contact_id: int) -> Contact:
    row = u.session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    return row


def _subject(row: Contact) -> str:
    return f"contact:{row.id}"
