"""Defines an office's fields: adds, renames, orders and archives them, and keeps their choices."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select

from wf40.base.access import requires
from wf40.base.checks import Findings, line
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion, Text
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l, _n
from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields import codes
from wf40.core.custom_fields.models import CustomField, CustomFieldOption
from wf40.core.custom_fields.queries import definition, forget_fields, option_use
from wf40.core.custom_fields.rules import FieldInput, OptionInput, checked, name_key

_COLUMNS = ("name", "help", "in_panel", "in_list")


@requires(codes.MANAGE)
def add_field(u: UnitOfWork, given: FieldInput, options: Sequence[OptionInput] = ()) -> int:
    """Add a field to the firms of the actor's unit and return its id; raises :class:`InvalidInput`."""
    unit_id = u.actor.unit_id
    if unit_id is None:
        raise Forbidden(codes.MANAGE)
    values = checked(given)
    _demand_unused(u, unit_id, values["name_key"], None)
    own = select(func.count(), func.max(CustomField.position)).where(CustomField.unit_id == unit_id)
    count, last = u.session.execute(own).one()
    if count >= codes.MOST_FIELDS:
        raise InvalidInput(_l("Es gibt schon %(most)s Felder. Mehr sind nicht möglich.", most=codes.MOST_FIELDS))
    row = CustomField(
        unit_id=unit_id, kind=given.kind, position=(last or 0) + 1, created_at=u.now, updated_at=u.now, version=1, **values
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    _set_options(u, row, options)
    u.audit("custom_field_added", _subject(row))
    forget_fields(u)
    return row.id


@requires(codes.MANAGE)
def change_field(
    u: UnitOfWork, field_id: int, version: int, given: FieldInput, options: Sequence[OptionInput] = ()
) -> None:
    """Change a field and its choices; its kind stays. Raises :class:`InvalidInput` or :class:`StaleVersion`."""
    row = _locked(u, field_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, _subject(row)))
    values = checked(given)
    _demand_unused(u, row.unit_id, values["name_key"], row.id)
    before, options_before = {name: getattr(row, name) for name in _COLUMNS}, _stored_options(u, row)
    for name, value in values.items():
        setattr(row, name, value)
    _set_options(u, row, options)
    after, options_after = {name: getattr(row, name) for name in _COLUMNS}, _stored_options(u, row)
    changed = record_changes(u, _subject(row), before, after)
    if options_before != options_after:
        old, new = ({"options": "; ".join(name for _id, name in each)} for each in (options_before, options_after))
        record_changes(u, _subject(row), old, new)
        changed.append("options")
    if changed:
        _touch(u, row)
        u.audit("custom_field_changed", _subject(row), {"fields": changed})


@requires(codes.MANAGE)
def archive_field(u: UnitOfWork, field_id: int) -> None:
    """Show a field no longer; the values of firms stay."""
    row = _locked(u, field_id)
    if row.archived_at is None:
        row.archived_at = u.now
        _touch(u, row)
        u.audit("custom_field_archived", _subject(row))


@requires(codes.MANAGE)
def restore_field(u: UnitOfWork, field_id: int) -> None:
    """Show a field again, with the values that it had."""
    row = _locked(u, field_id)
    if row.archived_at is not None:
        row.archived_at = None
        _touch(u, row)
        u.audit("custom_field_restored", _subject(row))


@requires(codes.MANAGE)
def move_field(u: UnitOfWork, field_id: int, *, up: bool) -> None:
    """Swap places with the neighbour among the fields in use; at either end nothing happens."""
    row = _locked(u, field_id)
    own = select(CustomField).where(CustomField.unit_id == row.unit_id).with_for_update()
    rows = sorted(u.session.scalars(own), key=lambda r: (r.archived_at is not None, r.position, r.id))
    at = rows.index(row)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows) and rows[to].archived_at is None:
        rows[at], rows[to] = rows[to], rows[at]
        for position, each in enumerate(rows, 1):
            each.position = position
        forget_fields(u)


def _set_options(u: UnitOfWork, row: CustomField, given: Sequence[OptionInput]) -> None:
    """Bring the choices in line with what was entered; one in use that shall go is refused with the count."""
    if row.kind != codes.CHOICE:
        return
    known = {o.id: o for o in u.session.scalars(select(CustomFieldOption).where(CustomFieldOption.field_id == row.id))}
    used, faults = option_use(u, row.id), dict[str, Text]()
    kept = _kept(given, set(known), faults)
    for option_id in sorted(set(known) - {option.id for option, _name in kept}):
        if count := used.get(option_id):
            faults.setdefault(f"option_{option_id}", _in_use(known[option_id].name, count))
    if not kept and not faults:
        faults["new_options"] = _l("Eine Auswahl braucht mindestens einen Eintrag. Schreiben Sie je Zeile einen.")
    if len(kept) > codes.MOST_OPTIONS:
        faults["new_options"] = _l("Möglich sind höchstens %(most)s Einträge.", most=codes.MOST_OPTIONS)
    if faults:
        raise InvalidInput(next(iter(faults.values())), faults)
    gone = set(known) - {option.id for option, _name in kept}
    u.session.execute(delete(CustomFieldOption).where(CustomFieldOption.id.in_(gone)))
    _store_options(u, row, known, kept)
    forget_fields(u)


def _kept(
    given: Sequence[OptionInput], known: Collection[int], faults: dict[str, Text]
) -> list[tuple[OptionInput, str]]:
    """Return the choices that stay or come, in their places, with their names; notes what is wrong with them."""
    kept: list[tuple[OptionInput, str]] = []
    seen: set[str] = set()
    for option in sorted(given, key=lambda o: o.place):
        where = f"option_{option.id}" if option.id else "new_options"
        found = Findings()
        name = found.check("name", lambda o=option: line(o.name, codes.LONGEST_NAME))  # type: ignore[misc]
        if found.fields:
            faults[where] = found.fields["name"]
        elif not name or option.remove or (option.id and option.id not in known):
            continue
        elif name_key(name) in seen:
            faults[where] = _l("„%(name)s“ steht zweimal in der Auswahl.", name=name)
        else:
            kept.append((option, name))
            seen.add(name_key(name))
    return kept


def _store_options(
    u: UnitOfWork, row: CustomField, known: dict[int, CustomFieldOption], kept: list[tuple[OptionInput, str]]
) -> None:
    """Two that swap names pass through names that nobody has, since names are unique."""
    for option, _name in kept:
        if stored := known.get(option.id or 0):
            stored.name_key = f"#{stored.id}"
    u.session.flush()
    for position, (option, name) in enumerate(kept):
        stored = known.get(option.id or 0)
        if stored is None:
            stored = CustomFieldOption(field_id=row.id, name="", name_key="", position=0)
            u.session.add(stored)
        stored.name, stored.name_key, stored.position = name, name_key(name), position
    u.session.flush()


def _in_use(name: str, count: int) -> Text:
    return _n(
        "„%(name)s“ ist bei %(num)s Unternehmen eingetragen und kann nicht entfernt werden. Ändern Sie zuerst das"
        " Unternehmen, oder benennen Sie den Eintrag um.",
        "„%(name)s“ ist bei %(num)s Unternehmen eingetragen und kann nicht entfernt werden. Ändern Sie zuerst diese"
        " Unternehmen, oder benennen Sie den Eintrag um.",
        count,
        name=name,
    )


def _stored_options(u: UnitOfWork, row: CustomField) -> list[tuple[int, str]]:
    rows = select(CustomFieldOption.id, CustomFieldOption.name).where(CustomFieldOption.field_id == row.id)
    found = u.session.execute(rows.order_by(CustomFieldOption.position, CustomFieldOption.id))
    return [(each[0], each[1]) for each in found]


def _locked(u: UnitOfWork, field_id: int) -> CustomField:
    row = definition(u, field_id).row
    u.session.refresh(row, with_for_update=True)
    return row


def _touch(u: UnitOfWork, row: CustomField) -> None:
    row.version += 1
    row.updated_at = u.now
    u.session.flush()
    forget_fields(u)


def _subject(row: CustomField) -> str:
    return f"custom_field:{row.id}"


def _demand_unused(u: UnitOfWork, unit_id: int, key: str, own_id: int | None) -> None:
    same = select(CustomField).where(CustomField.unit_id == unit_id, CustomField.name_key == key)
    found = next((row for row in u.session.scalars(same) if row.id != own_id), None)
    if found is not None:
        sentence = (
            _l("Ein Feld mit dieser Bezeichnung gibt es schon.")
            if found.archived_at is None
            else _l(
                "Ein archiviertes Feld heißt schon so. Holen Sie es aus dem Archiv, dann sind seine Werte wieder da."
            )
        )
        raise InvalidInput(sentence, {"name": sentence})
