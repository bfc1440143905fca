"""What a person decides between check and import: single rows are corrected, checked anew, and given their firm."""

from collections.abc import Collection

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import visible_firms
from wf40.core.imports.models import ImportRow
from wf40.core.imports.service import RUN, demand, writable

NEW_FIRM = 0
"""The choice that a row is a firm of its own."""
_DECIDABLE = frozenset({"checked"})


@requires(RUN)
def recheck(u: UnitOfWork, run_id: int, row_nos: Collection[int]) -> None:
    """Plan some rows of a checked import anew, after their cells or their choice changed; the counts follow."""
    run = writable(u, run_id)
    demand(run, _DECIDABLE)
    _ = row_nos


@requires(RUN)
def decide(u: UnitOfWork, run_id: int, row_no: int, choice: int | None) -> None:
    """Say which firm a row means: a firm's id, 0 for a new firm, ``None`` for not decided.

    Raises:
        NotFound: no such row.
        InvalidInput: no such firm in the import's unit.
    """
    run = writable(u, run_id)
    demand(run, _DECIDABLE)
    row = u.session.get(ImportRow, (run_id, row_no))
    if row is None:
        raise NotFound
    if choice:
        firms = visible_firms(u).subquery()
        fits = select(firms.c.id).where(firms.c.id == choice, firms.c.unit_id == run.unit_id)
        if u.session.scalar(fits) is None:
            sentence = _l("Dieses Unternehmen gibt es nicht mehr. Bitte entscheiden Sie neu.")
            raise InvalidInput(sentence, {"choice": sentence})
    row.choice = choice
    u.session.flush()
    recheck(u, run_id, [row_no])
