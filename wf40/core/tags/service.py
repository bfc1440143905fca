"""Puts tags on firms and takes them off; names, merges and deletes tags. Each firm's history says so."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, select

from wf40.base.access import requires
from wf40.base.checks import Findings, line
from wf40.base.db import insert_for
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.tags.models import FirmTag, Tag
from wf40.core.tags.queries import carried, tag_to_edit
from wf40.core.tags.rules import (
    CREATE,
    EDIT,
    LONGEST_DESCRIPTION,
    MANAGE,
    MOST_TAGS,
    listed,
    names_in,
    tag_key,
    tag_name,
)
from wf40.sdk.services import Firms

FIELD = "tags"


@requires(EDIT)
def tag_firm(u: UnitOfWork, firm_id: int, text: str) -> list[str]:
    """Put tags on a firm, by their names with commas between them, and return those that were made for it.

    Raises :class:`NotFound`, :class:`Forbidden`, and :class:`InvalidInput` for a name that does not exist and may not
    be made.
    """
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden(EDIT)
    wanted = names_in(text)
    if not wanted:
        raise InvalidInput(_l("Geben Sie ein Schlagwort ein, zum Beispiel „Nachfolge“."))
    found, new = ids_of(u, firm.unit_id, wanted)
    put(u, {firm_id: found}, {})
    return new


@requires(EDIT)
def untag_firm(u: UnitOfWork, firm_id: int, tag_id: int) -> None:
    """Take a tag off a firm; nothing happens where it does not carry it. Raises :class:`NotFound`, :class:`Forbidden`."""
    tag = u.session.get(Tag, tag_id)
    if tag is None or not u.actor.may_read_unit(tag.unit_id):
        raise NotFound
    put(u, {}, {firm_id: [tag_id]})


@requires(EDIT)
def ids_of(u: UnitOfWork, unit_id: int, wanted: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the numbers of a unit's tags by their names, and the names that had to be made."""
    keys = {tag_key(name): name for name in wanted}
    known: dict[str, int] = {}
    for part in portions(sorted(keys)):
        rows = select(Tag.name_key, Tag.id).where(Tag.unit_id == unit_id, Tag.name_key.in_(part))
        known |= {row[0]: row[1] for row in u.session.execute(rows)}
    missing = {key: name for key, name in keys.items() if key not in known}
    if missing and not u.actor.may(CREATE):
        sentence = _l("„%(names)s“ gibt es noch nicht. Wählen Sie ein vorhandenes Schlagwort, oder bitten Sie die Leitung, es anzulegen.", names=listed(missing.values()))  # fmt: skip
        raise InvalidInput(sentence, {"names": sentence})
    for name in missing.values():
        known[tag_key(name)] = _add(u, unit_id, name, "").id
    return [known[key] for key in keys], list(missing.values())


@requires(EDIT)
def put(
    u: UnitOfWork, add: Mapping[int, Collection[int]], remove: Mapping[int, Collection[int]], source: str = ""
) -> list[int]:
    """Put tags on firms of the actor's unit and take others off; returns the firms that changed.

    Raises :class:`NotFound` or :class:`Forbidden` for a firm or a tag that the actor may not read or change.
    """
    changed: list[int] = []
    names = _names(u, {tag_id for own in add.values() for tag_id in own})
    for ids in portions(sorted({*add, *remove})):
        firms = u.service(Firms).many(u, ids)
        if any(firm_id not in firms for firm_id in ids):
            raise NotFound
        if not all(u.actor.may_write_unit(firm.unit_id) for firm in firms.values()):
            raise Forbidden(EDIT)
        if any(names[tag_id][1] != firms[f].unit_id for f in ids for tag_id in add.get(f, ())):
            raise NotFound
        changed += _put(u, ids, add, remove, {k: v[0] for k, v in names.items()}, source)
    if changed:
        only = f"firm:{changed[0]}" if len(changed) == 1 else ""
        u.audit("firms_tagged", only, {"firms": len(changed)})
    return changed


def _put(
    u: UnitOfWork,
    ids: Sequence[int],
    add: Mapping[int, Collection[int]],
    remove: Mapping[int, Collection[int]],
    names: Mapping[int, str],
    source: str,
) -> list[int]:
    now, changed, rows = carried(u, ids), [], []
    for firm_id in ids:
        own = now.get(firm_id, {})
        gone = set(remove.get(firm_id, ())) & set(own)
        fresh = [tag_id for tag_id in dict.fromkeys(add.get(firm_id, ())) if tag_id not in own]
        if not gone and not fresh:
            continue
        after = {k: v for k, v in own.items() if k not in gone} | {k: names[k] for k in fresh}
        record_changes(u, f"firm:{firm_id}", {FIELD: listed(own.values())}, {FIELD: listed(after.values())}, source)
        rows += [{"firm_id": firm_id, "tag_id": tag_id} for tag_id in fresh]
        if gone:
            u.session.execute(delete(FirmTag).where(FirmTag.firm_id == firm_id, FirmTag.tag_id.in_(gone)))
        changed.append(firm_id)
    if rows:
        u.session.execute(insert_for(u.session)(FirmTag).on_conflict_do_nothing(), rows)
    return changed


@requires(MANAGE)
def add_tag(u: UnitOfWork, name: str, description: str = "") -> int:
    """Add a tag to the actor's unit and return its id; raises :class:`InvalidInput`."""
    if u.actor.unit_id is None:
        raise Forbidden(MANAGE)
    clean, words = _checked(name, description)
    _demand_unused(u, u.actor.unit_id, clean, None)
    return _add(u, u.actor.unit_id, clean, words).id


@requires(MANAGE)
def change_tag(u: UnitOfWork, tag_id: int, version: int, name: str, description: str) -> None:
    """Rename or describe a tag; raises :class:`InvalidInput` or :class:`StaleVersion`."""
    row = _locked(u, tag_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"tag:{tag_id}"))
    clean, words = _checked(name, description)
    _demand_unused(u, row.unit_id, clean, row.id)
    before = {"name": row.name, "description": row.description}
    if changed := record_changes(u, f"tag:{tag_id}", before, {"name": clean, "description": words}):
        row.name, row.name_key, row.description = clean, tag_key(clean), words
        row.version += 1
        row.updated_at = u.now
        u.audit("tag_changed", f"tag:{tag_id}", {"fields": changed})


@requires(MANAGE)
def merge_tags(u: UnitOfWork, tag_id: int, into_id: int) -> int:
    """Let the firms of one tag carry another instead, delete the first, and return how many firms that were."""
    rows = [_locked(u, each) for each in sorted({tag_id, into_id})]
    if len(rows) != 2:
        raise InvalidInput(_l("Wählen Sie ein anderes Schlagwort: Mit sich selbst lässt sich keines zusammenführen."))
    names = {row.id: row.name for row in rows}
    with_tag = list(u.session.scalars(select(FirmTag.firm_id).where(FirmTag.tag_id == tag_id)))
    for part in portions(sorted(with_tag)):
        _put(u, part, dict.fromkeys(part, (into_id,)), dict.fromkeys(part, (tag_id,)), names, "")
    u.audit("tags_merged", f"tag:{into_id}", {"name": names[tag_id], "firms": len(with_tag)})
    u.session.delete(next(row for row in rows if row.id == tag_id))
    return len(with_tag)


@requires(MANAGE)
def delete_tag(u: UnitOfWork, tag_id: int) -> int:
    """Take a tag off all firms and delete it; returns how many firms carried it."""
    row = _locked(u, tag_id)
    with_tag = list(u.session.scalars(select(FirmTag.firm_id).where(FirmTag.tag_id == tag_id)))
    for part in portions(sorted(with_tag)):
        _put(u, part, {}, dict.fromkeys(part, (tag_id,)), {}, "")
    u.audit("tag_deleted", f"tag:{tag_id}", {"name": row.name, "firms": len(with_tag)})
    u.session.delete(row)
    return len(with_tag)


def _add(u: UnitOfWork, unit_id: int, name: str, description: str) -> Tag:
    if (u.session.scalar(select(func.count()).where(Tag.unit_id == unit_id)) or 0) >= MOST_TAGS:
        raise InvalidInput(
            _l("Es gibt schon %(most)s Schlagwörter. Führen Sie zuerst einige zusammen.", most=MOST_TAGS)
        )
    row = Tag(
        unit_id=unit_id, name=name, name_key=tag_key(name), description=description, created_at=u.now, updated_at=u.now,
        version=1,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    u.audit("tag_added", f"tag:{row.id}", {"name": name})
    return row


def _checked(name: str, description: str) -> tuple[str, str]:
    found = Findings()
    clean = found.check("name", lambda: tag_name(name))
    words = found.check("description", lambda: line(description, LONGEST_DESCRIPTION))
    found.close()
    return clean, words


def _demand_unused(u: UnitOfWork, unit_id: int, name: str, own_id: int | None) -> None:
    same = select(Tag).where(Tag.unit_id == unit_id, Tag.name_key == tag_key(name))
    found = next((row for row in u.session.scalars(same) if row.id != own_id), None)
    if found is not None:
        sentence = _l("Das Schlagwort „%(name)s“ gibt es schon. Sie können beide zusammenführen.", name=found.name)
        raise InvalidInput(sentence, {"name": sentence})


def _locked(u: UnitOfWork, tag_id: int) -> Tag:
    row = tag_to_edit(u, tag_id).tag
    u.session.refresh(row, with_for_update=True)
    return row


def _names(u: UnitOfWork, ids: Collection[int]) -> dict[int, tuple[str, int]]:
    rows = select(Tag.id, Tag.name, Tag.unit_id).where(Tag.id.in_(ids))
    found = {row[0]: (row[1], row[2]) for row in u.session.execute(rows)} if ids else {}
    if len(found) != len(set(ids)):
        raise NotFound
    return found
