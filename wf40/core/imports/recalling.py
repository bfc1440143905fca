"""What a worker learns of an import when it goes on for another that stopped."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from wf40.base.uow import Database
from wf40.core.imports.leases import Claim, hold
from wf40.core.imports.matching import Identity, Seen
from wf40.core.imports.models import ImportMarks, ImportRow
from wf40.core.imports.preparing import read_row, some_rows


def recall(database: Database, held: Claim) -> None:
    """Learn which rows came before, when this worker goes on for another."""
    held.seen = Seen(lambda numbers: _identities(database, held, numbers))
    if held.position <= held.header_row:
        with database.write(held.actor) as u:
            hold(u, held)
            u.session.execute(delete(ImportMarks).where(ImportMarks.run_id == held.run_id))
        return
    stored = select(ImportMarks.content).where(ImportMarks.run_id == held.run_id).order_by(ImportMarks.position)
    with database.read(held.actor) as u:
        for content in u.session.scalars(stored):
            held.seen.marks.take(content)
    done = select(ImportRow.firm_id, ImportRow.row_no).where(
        ImportRow.run_id == held.run_id, ImportRow.row_no <= held.position, ImportRow.firm_id.is_not(None)
    )
    with database.read(held.actor) as u:
        for firm_id, row_no in u.session.execute(done.order_by(ImportRow.row_no)):
            held.seen.add_firm(row_no, firm_id or 0)
    held.seen.settle()


def _identities(database: Database, held: Claim, numbers: Collection[int]) -> Mapping[int, Identity]:
    """Read some earlier rows once more."""
    with database.read(held.actor) as u:
        rows = some_rows(u, held.task, list(numbers))
    return {row.number: read_row(held.task, row).identity for row in rows}


def made_before(database: Database, held: Claim, position: int) -> list[int]:
    """Return the firms that another worker made before this one went on: their keys may have been lost with it."""
    if position <= held.header_row:
        return []
    made = select(ImportRow.firm_id).where(
        ImportRow.run_id == held.run_id, ImportRow.row_no <= position, ImportRow.outcome == "created"
    )
    with database.read(held.actor) as u:
        return [firm_id for firm_id in u.session.scalars(made) if firm_id is not None]
