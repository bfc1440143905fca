"""Named profiles: how files of one shape are read, kept under a name and proposed for the next one like it."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, NotFound, Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.mappings import NOT_STORED
from wf40.core.imports.models import ImportProfile, ImportRun
from wf40.core.imports.own_fields import Targets, own_targets
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.service import RUN, demand, writable
from wf40.core.imports.terms import OPEN, POLICIES
from wf40.matching.names import fold, tidy

LONGEST_NAME = 100


def shape_of(headers: Sequence[str]) -> str:
    """Return the same for the same header words in any order."""
    return hashlib.sha256("\n".join(sorted(filter(None, map(fold, headers)))).encode()).hexdigest()


@requires(RUN)
def profiles(u: UnitOfWork) -> list[ImportProfile]:
    """Return the profiles of the actor's unit by name."""
    return list(u.session.scalars(_of(u.actor.unit_id).order_by(func.lower(ImportProfile.name), ImportProfile.id)))


@requires(RUN)
def profile(u: UnitOfWork, profile_id: int) -> ImportProfile:
    """Return a profile of the actor's unit; raises :class:`NotFound`."""
    row = u.session.scalar(_of(u.actor.unit_id).where(ImportProfile.id == profile_id))
    if row is None:
        raise NotFound
    return row


@requires(RUN)
def apply(u: UnitOfWork, run_id: int, profile_id: int | None = None) -> None:
    """Take over the columns and rules of a profile: the one named, or the one used last for files of this shape."""
    run = writable(u, run_id)
    demand(run, OPEN)
    chosen = profile(u, profile_id) if profile_id else _fitting(u, run)
    run.profile_id = chosen.id if chosen else None
    if chosen is None:
        return
    run.fields = _fields(chosen, run, own_targets(u))
    rules = {field: rule for _header, field, rule in chosen.columns if field and rule}
    run.policies = {field: rules[field] for field in run.fields if field and field in rules}
    run.edition = chosen.edition
    chosen.used_at = u.now


@requires(RUN)
def save(u: UnitOfWork, run_id: int, name: str) -> bool:
    """Keep the columns, rules and origin of an import under a name; tells whether the name is new.

    Raises:
        InvalidInput: the name is missing or too long.
    """
    run, name = writable(u, run_id), _checked(name)
    row = u.session.scalar(_of(run.unit_id).where(func.lower(ImportProfile.name) == name.lower()))
    fresh = row is None
    if row is None:
        row = ImportProfile(unit_id=run.unit_id, name=name, shape="", source="", legal_basis="", changed_at=u.now)
        u.session.add(row)
    row.columns = [
        [header, field or "", run.policies.get(field, "") if field else ""]
        for header, field in zip(run.headers, run.fields, strict=True)
    ]
    row.shape, row.edition, row.source, row.legal_basis = (
        shape_of(run.headers),
        run.edition,
        run.source,
        run.legal_basis,
    )
    row.changed_by, row.changed_at, row.used_at = u.actor.name, u.now, u.now
    u.session.flush()
    run.profile_id = row.id
    u.audit("import_profile_saved", f"import_profile:{row.id}", {"name": name, "new": fresh})
    return fresh


@requires(RUN)
def rename(u: UnitOfWork, profile_id: int, name: str) -> None:
    """Give a profile another name.

    Raises:
        NotFound: no such profile.
        InvalidInput: the name is missing, too long, or another profile has it.
    """
    row, name = _writable(u, profile_id), _checked(name)
    others = _of(row.unit_id).where(func.lower(ImportProfile.name) == name.lower(), ImportProfile.id != row.id)
    if u.session.scalar(others) is not None:
        sentence = _l("Ein Profil „%(name)s“ gibt es schon. Bitte wählen Sie einen anderen Namen.", name=name)
        raise InvalidInput(sentence, {"name": sentence})
    was, row.name = row.name, name
    u.audit("import_profile_renamed", f"import_profile:{row.id}", {"from": was, "to": name})


@requires(RUN)
def delete(u: UnitOfWork, profile_id: int) -> str:
    """Remove a profile and return its name; imports that used it stay as they are."""
    row = _writable(u, profile_id)
    name = row.name
    u.session.delete(row)
    u.audit("import_profile_deleted", f"import_profile:{profile_id}", {"name": name})
    return name


def _of(unit_id: int | None) -> Select[ImportProfile]:
    return select(ImportProfile).where(ImportProfile.unit_id == unit_id)


def _writable(u: UnitOfWork, profile_id: int) -> ImportProfile:
    row = profile(u, profile_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(RUN)
    return row


def _fitting(u: UnitOfWork, run: ImportRun) -> ImportProfile | None:
    rows = _of(run.unit_id).where(ImportProfile.shape == shape_of(run.headers))
    return u.session.scalars(rows.order_by(ImportProfile.used_at.desc(), ImportProfile.id.desc())).first()


def _fields(chosen: ImportProfile, run: ImportRun, own: Targets) -> list[str | None]:
    """Return a field for each column: what the profile says of it, else what was proposed, none twice."""
    known: dict[tuple[str, int], str] = {}
    times: Counter[str] = Counter()
    for header, field, _rule in chosen.columns:
        stored = field in own or (field in FIELD_BY_KEY and field not in NOT_STORED)
        known[fold(header), times[fold(header)]] = field if stored else ""
        times[fold(header)] += 1
    said = set(known.values())
    times.clear()
    fields: list[str | None] = []
    for header, proposed in zip(run.headers, run.fields, strict=True):
        key = fold(header), times[fold(header)]
        times[fold(header)] += 1
        fields.append((known[key] or None) if key in known else proposed if proposed not in said else None)
    return fields


def _checked(name: str) -> str:
    name = tidy(name)
    sentence = None
    if not name:
        sentence = _l("Geben Sie dem Profil einen Namen, zum Beispiel „IHK-Mitgliederliste“.")
    elif len(name) > LONGEST_NAME:
        sentence = _l("Bitte kürzen Sie den Namen des Profils auf höchstens %(n)s Zeichen.", n=LONGEST_NAME)
    if sentence is not None:
        raise InvalidInput(sentence, {"name": sentence})
    return name


def rules_for(fields: Sequence[str], rules: Sequence[str], otherwise: str) -> dict[str, str]:
    """Return the rule of each field that is filled: its own, or the one for all."""
    both = zip(fields, rules, strict=True)
    return {field: rule if rule in POLICIES else otherwise for field, rule in both if field}


def missing(row: ImportProfile, own: Targets) -> list[str]:
    """Return the headings of columns for which a profile names a field that there is no more."""
    return [header for header, field, _rule in row.columns if is_own(field) and field not in own]


def described(row: ImportProfile, own: Targets) -> list[tuple[str, str, Text]]:
    """Return the columns of a profile in words: heading, field, rule."""
    return [
        (header, _label(field, own), POLICIES.get(rule, "") if field else "") for header, field, rule in row.columns
    ]


def _label(field: str, own: Targets) -> str:
    if is_own(field):
        return str(own[field].label) if field in own else _("Feld, das es nicht mehr gibt")
    return _(FIELD_BY_KEY[field].label) if field in FIELD_BY_KEY else ""
