"""A list that Musterhausen's office was sent and read in, so that the history of imports is not empty."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.core.imports import queries, runner, service, staging
from wf40.demo.plan import PlannedFirm, words

HEADERS = (
    "Firmenname",
    "Straße und Nr.",
    "Postleitzahl",
    "Stadt",
    "Tel.",
    "Homepage",
    "Mitarbeiter",
    "Beitrag in Euro",
)
EVERY = 17


def read_list(database: Database, head: Actor, planned: Sequence[PlannedFirm], town: str, as_of: date) -> str:
    """Read the list in as the head would; returns a sentence that says what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / words()["list"]["file"]
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, delimiter=";").writerows([HEADERS, *_lines(planned, town)])
        given = service.UploadInput(words()["list"]["source"], "public_task", as_of)
        run_id = staging.stage_upload(database, head, path, path.name, given)
    with database.write(head) as u:
        run = service.writable(u, run_id)
        service.save_columns(u, run_id, [field or "" for field in run.fields])
    runner.finish(database, run_id)
    with database.write(head) as u:
        service.confirm(u, run_id)
    runner.finish(database, run_id)
    with database.read(head) as u:
        counts = queries.run(u, run_id).counts
    return f"Ein Import: {counts.get('created', 0)} Unternehmen neu, {counts.get('updated', 0)} aktualisiert"


def _lines(planned: Sequence[PlannedFirm], town: str) -> list[list[str]]:
    """Return known firms, every third with one more employee than before, some new ones, and one without a name."""
    found = [
        [
            firm.name, f"{firm.street} {firm.house_number}", firm.postcode, town, "", f"www.{firm.slug}.example",
            str(firm.employees + (place % 3 == 0)) if firm.employees else "", "120,00",
        ]
        for place, firm in enumerate(planned[::EVERY])
    ]  # fmt: skip
    new = words()["list"]["new"]
    found += [[name, street, postcode, town, phone, "", "", "60,00"] for name, street, postcode, phone in new]
    return [*found, ["", "Kirchplatz 4", "00001", town, "", "", "", "60,00"]]
