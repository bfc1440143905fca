"""What a person decides between check and import: single rows are corrected, checked anew, and given their firm."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import visible_firms
from wf40.core.imports import processing
from wf40.core.imports.leases import rules_of, task_of
from wf40.core.imports.matching import Identity, Seen
from wf40.core.imports.models import ImportMarks, ImportRow, ImportRun
from wf40.core.imports.preparing import Ready, Task, complete, read_row, some_rows
from wf40.core.imports.runner import counted, store_results
from wf40.core.imports.service import RUN, demand, writable

NEW_FIRM = processing.NEW_FIRM
_DECIDABLE = frozenset({"checked"})


@requires(RUN)
def recheck(u: UnitOfWork, run_id: int, row_nos: Collection[int]) -> None:
    """Plan some rows of a checked import anew, after their cells or their choice changed; the counts follow."""
    run = writable(u, run_id)
    demand(run, _DECIDABLE)
    numbers = sorted(n for n in set(row_nos) if n > run.header_row)
    u.session.flush()
    task, rules = task_of(u, run), rules_of(u, run, checking=True)
    read = [read_row(task, row) for row in some_rows(u, task, numbers)]
    ready = complete(u, task, read)
    seen = _seen(u, run, task, read)
    before = _planned(u, run_id, numbers)
    results = []
    for row in ready:
        # One by one, for the rows of the file are all known already, and only those before it count.
        results += processing.process(u, run.unit_id, [row], seen, rules)
    store_results(u, run_id, results, checking=True)
    counts = Counter(run.planned)
    counts.subtract(before.values())
    counts.update(counted(results, checking=True))
    run.planned = {outcome: n for outcome, n in counts.items() if n > 0}


def _planned(u: UnitOfWork, run_id: int, numbers: Collection[int]) -> Mapping[int, str]:
    """Return what the last check said of some rows."""
    found: dict[int, str] = {}
    for part in portions(sorted(numbers)):
        rows = select(ImportRow.row_no, ImportRow.outcome).where(ImportRow.run_id == run_id, ImportRow.row_no.in_(part))
        found.update((row_no, outcome) for row_no, outcome in u.session.execute(rows))
    return found


def _seen(u: UnitOfWork, run: ImportRun, task: Task, read: Collection[Ready]) -> Seen:
    """Return the rows of the file as the check left them, with those that were corrected since as they are now."""

    def recall(numbers: Collection[int]) -> Mapping[int, Identity]:
        return {row.number: read_row(task, row).identity for row in some_rows(u, task, list(numbers))}

    def firm_row(firm_id: int, before: int) -> int | None:
        rows = select(func.min(ImportRow.row_no)).where(ImportRow.run_id == run.id, ImportRow.firm_id == firm_id)
        return u.session.scalar(rows.where(ImportRow.row_no < before))

    seen = Seen(recall, firm_row)
    stored = select(ImportMarks.content).where(ImportMarks.run_id == run.id).order_by(ImportMarks.position)
    for content in u.session.scalars(stored):
        seen.marks.take(content)
    own = {row.row for row in read}
    edited = select(ImportRow.row_no).where(ImportRow.run_id == run.id, ImportRow.edited)
    corrected = [n for n in u.session.scalars(edited) if n not in own]
    for row in [*(read_row(task, row) for row in some_rows(u, task, corrected)), *read]:
        if row.facts is not None:
            for mark in row.identity.digests:
                seen.marks.add(mark, row.row)
    return seen


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
    if row is None or row_no <= run.header_row:
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
