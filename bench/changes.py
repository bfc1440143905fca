"""What changes an office: imports beside somebody who saves, the duplicate scan, and the way back."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import figures, floors
from bench.clients import Client, percentiles, server
from bench.figures import Figure
from bench.offices import Environment, bare
from bench.processes import run

SAVED = 77
BETWEEN = 0.2


def first_import(environment: Environment, kind: str, n: int, table: Path) -> Iterator[Figure]:
    """Fill an empty office."""
    ended = run(environment, "import", "firms", str(table), "--source", "Register", "--undecided", "create", "--json")
    seconds = json.loads(ended.output)["seconds"]
    engine = bare(environment)
    rows, _seconds = floors.writing(engine, 0, min(n, 100_000))
    engine.dispose()
    yield figures.value(figures.IMPORT, n, kind, round(n / seconds), "rows/s", rows)
    yield figures.value(figures.IMPORT_MEMORY, n, kind, round(ended.peak), "MB")


def into_the_same_size(environment: Environment, kind: str, n: int, table: Path) -> Iterator[Figure]:
    """Search the office for duplicates, import as much again while somebody saves a record, and take it back."""
    engine = bare(environment)
    ended = run(environment, "duplicates", "scan", "--json")
    yield figures.value(figures.SCAN, n, kind, json.loads(ended.output)["seconds"], "s", floors.joining(engine))
    least = floors.saving(engine, SAVED)
    with server(environment) as port:
        saving = _Saving(port)
        saving.start()
        ended = run(
            environment, "import", "firms", str(table), "--source", "Register", "--undecided", "create", "--json"
        )
        saving.stop()
    report = json.loads(ended.output)
    rows, seconds = floors.writing(engine, n, n)
    engine.dispose()
    yield figures.value(figures.INTO, n, kind, round(n / report["seconds"]), "rows/s", rows)
    yield figures.value(figures.INTO_MEMORY, n, kind, round(ended.peak), "MB")
    yield figures.times(figures.SAVE, n, kind, 1, percentiles(saving.took), least)
    ended = run(environment, "import", "undo", str(report["import"]), "--json")
    yield figures.value(figures.UNDO, n, kind, json.loads(ended.output)["seconds"], "s", seconds)


class _Saving(threading.Thread):
    """Somebody who changes a note again and again."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._client, self._ended = Client(port), threading.Event()
        self.took: list[float] = []

    def run(self) -> None:
        """Save until told to stop; only the saving itself counts."""
        while not self._ended.wait(BETWEEN):
            path = f"/unternehmen/{SAVED}/bearbeiten"
            fields = self._client.form(path)
            fields["note"] = f"um {time.time()}"
            began = time.perf_counter()
            self._client.post(path, fields)
            self.took.append((time.perf_counter() - began) * 1000)

    def stop(self) -> None:
        """End, after the present one."""
        self._ended.set()
        self.join()
