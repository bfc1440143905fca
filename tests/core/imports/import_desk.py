"""Brings files in and takes them back without pages, for tests of what that does to firms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from wf40.core.firms import service as firms
from wf40.core.firms.models import Firm
from wf40.core.imports import runner, staging, undo
from wf40.core.imports.models import ImportRun
from wf40.core.imports.service import UploadInput, confirm, save_columns
from wf40.testing.office import Office


@dataclass
class Desk:
    """Brings files in and takes them back, as the lead of the office does."""

    office: Office
    folder: Path
    runs: list[int] = field(default_factory=list)

    def bring(self, text: str, source: str = "Liste", policies: Mapping[str, str] | None = None) -> int:
        run_id = self.check(text, source, policies)
        with self.office.writing_as("lead") as u:
            assert confirm(u, run_id)
        runner.finish(self.office.product.database, run_id)
        return run_id

    def check(self, text: str, source: str = "Liste", policies: Mapping[str, str] | None = None) -> int:
        file = self.folder / f"liste-{len(self.runs)}.csv"
        file.write_text(text, "utf-8")
        database, actor = self.office.product.database, self.office.actor("lead")
        run_id = staging.stage_upload(database, actor, file, file.name, UploadInput(source, "public_task"))
        with self.office.writing_as("lead") as u:
            run = u.session.get_one(ImportRun, run_id)
            save_columns(u, run_id, [name or "" for name in run.fields])
            run.policies = dict(policies or {})
        runner.finish(database, run_id)
        self.runs.append(run_id)
        return run_id

    def take_back(self, run_id: int) -> dict[str, int]:
        with self.office.writing_as("lead") as u:
            undo.request_undo(u, run_id)
        runner.finish(self.office.product.database, run_id)
        with self.office.reading_as("lead") as u:
            run = u.session.get_one(ImportRun, run_id)
            assert run.state == "undone"
            return dict(run.undo_counts)

    def plan(self, run_id: int) -> undo.UndoPlan:
        with self.office.reading_as("lead") as u:
            return undo.undo_plan(u, run_id)

    def firm(self, name: str) -> Firm:
        with self.office.reading_as("lead") as u:
            return u.session.scalars(select(Firm).where(Firm.name == name)).one()

    def edit(self, name: str, **values: Any) -> None:
        with self.office.writing_as("advisor") as u:
            row = u.session.scalars(select(Firm).where(Firm.name == name)).one()
            given = firms.FirmInput(
                **({"name": row.name, "town": row.town, "phone": row.phone, "note": row.note} | values)
            )
            firms.change_firm(u, row.id, row.version, given)

    def rows(self, model: Any) -> list[Any]:
        with self.office.reading_as("lead") as u:
            return list(u.session.scalars(select(model)))
