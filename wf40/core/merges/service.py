"""Merges two firms or two entries of one person and separates them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.merges import asking, queries
from wf40.core.merges.kinds import FIRMS, Kind
from wf40.core.merges.models import AnyMerge
from wf40.sdk.work import PutBack

EDIT = "merges.edit"


@dataclass(frozen=True, slots=True)
class MergeInput:
    """Which record stays and which one becomes part of it, the versions that were looked at, and what was chosen.

    ``choices`` maps a field to ``keep``, ``gone`` or (notes) ``both``; what is missing there is chosen as proposed.
    """

    keep_id: int
    gone_id: int
    keep_version: int
    gone_version: int
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undone:
    """What separating did: what went back, by slice and plugin, and which fields of the kept record stay."""

    returned: list[PutBack]
    fields_back: list[str]
    fields_stay: list[str]


@requires(EDIT)
def merge(u: UnitOfWork, given: MergeInput, kind: Kind = FIRMS) -> int:
    """Merge two records and return the id of the merge.

    Raises :class:`NotFound`, :class:`Forbidden`, :class:`StaleVersion`, or :class:`InvalidInput` for what cannot be
    merged and for a plugin that cannot move what is its own; then nothing is changed.
    """
    two = kind.fusion.pair(u, given.keep_id, given.gone_id)
    moved = {name: asking.move(u, kind, name, given.keep_id, given.gone_id) for name in asking.movers(u, kind)}
    fields = kind.fusion.fuse(u, two, given.choices, (given.keep_version, given.gone_version))
    row: AnyMerge = kind.model(
        unit_id=two.keep.unit_id, keep_id=given.keep_id, gone_id=given.gone_id, at=u.now, by_id=u.actor.user_id,
        by_name=u.actor.name, fields=fields, moved=moved,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    u.audit(kind.merged, f"{kind.key}:{given.keep_id}", {"merge": row.id, "gone": given.gone_id})
    return row.id


@requires(EDIT)
def rehearse(u: UnitOfWork, keep_id: int, gone_id: int, kind: Kind = FIRMS) -> list[queries.Part]:
    """Return what would move, found out by moving it and taking that back; raises like :func:`merge`."""
    emitted = len(u.emitted)
    savepoint = u.session.begin_nested()
    try:
        kind.fusion.pair(u, keep_id, gone_id)
        told = {name: asking.move(u, kind, name, keep_id, gone_id) for name in asking.movers(u, kind)}
    finally:
        savepoint.rollback()
        del u.emitted[emitted:]
    return queries.parts_of(told)


@requires(EDIT)
def unmerge(u: UnitOfWork, merge_id: int, kind: Kind = FIRMS) -> Undone:
    """Separate two records again: what was moved goes back, what was chosen is taken back where nobody changed it since.

    Raises :class:`InvalidInput` with the reason where that cannot be.
    """
    row = kind.row(u, merge_id, locked=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    queries.demand_unit(u, row.unit_id)
    gone_id = _separable(u, row, kind)
    two = kind.fusion.loosen(u, row.keep_id, gone_id, row.fields["archived_at"])
    present, returned = set(asking.movers(u, kind)), []
    for name in sorted(row.moved, reverse=True):
        if name in present:
            returned += asking.put_back(u, kind, name, row.keep_id, gone_id, row.moved[name])
    row.moved = {n: told | {"returned": n in present} for n, told in row.moved.items()}
    done = kind.fusion.separate(u, two, row.fields)
    row.undone_at, row.undone_by = u.now, u.actor.name
    u.audit(kind.separated, f"{kind.key}:{row.keep_id}", {"merge": row.id, "gone": gone_id})
    return Undone(returned, list(done.back), list(done.stays))


def _separable(u: UnitOfWork, row: AnyMerge, kind: Kind) -> int:
    """Return the record that is gone, or refuse with the reason why it cannot come back now."""
    if row.undone_at is not None:
        raise InvalidInput(kind.already)
    if row.gone_id is None:
        raise InvalidInput(
            _l("Der Eintrag, der aufgegangen ist, wurde endgültig gelöscht. Das lässt sich nicht mehr trennen.")
        )
    if (later := queries.later(u, row, kind)) is not None:
        sentence = _l(
            "Danach wurde am %(day)s noch einmal zusammengeführt („%(gone)s“ in „%(keep)s“). Bitte trennen Sie das zuerst.",
            day=later.at.strftime("%d.%m.%Y"),
            gone=later.gone_name,
            keep=later.keep_name,
        )
        raise InvalidInput(sentence)
    return row.gone_id
