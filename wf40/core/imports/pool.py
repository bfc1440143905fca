"""Processes that make rows ready while another writes, so that every core works. They read the database by themselves.

A process is given a task once and then ranges of row numbers; it answers with ready rows. It ends when its line is
cut, so a killed parent leaves none behind.
"""

import gc
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import wf40
from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.core.imports.garbage import FEW_COLLECTIONS
from wf40.core.imports.preparing import Ready, Task, prepare

CHUNK = 250
"""Row numbers that are asked for at once."""
WORTH = 3000
"""With fewer rows, starting processes takes longer than they save."""
AHEAD = 3
_HOME = Path(next(iter(wf40.__path__))).parent


def inline(database: Database, actor: Actor, task: Task, after: int, last: int) -> Iterator[list[Ready]]:
    """Yield all rows behind a number in this process, some hundred at a time."""
    while after < last:
        with database.read(actor) as u:
            rows = prepare(u, task, after, CHUNK)
        if not rows:
            return
        after = rows[-1].row
        yield rows


class Pool:
    """Some processes at work on one import. They are copies of one process, so that they share most of their memory."""

    def __init__(self, database: Database, actor: Actor, task: Task, count: int) -> None:
        pairs = [socket.socketpair() for _n in range(count)]
        numbers = [theirs.fileno() for _ours, theirs in pairs]
        self._first = subprocess.Popen(
            [sys.executable, "-m", "wf40.core.imports.pool", *map(str, numbers)], pass_fds=numbers, process_group=0,
            env=os.environ | {"PYTHONPATH": str(_HOME)}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        for _ours, theirs in pairs:
            theirs.close()
        url = database.engine.url.render_as_string(hide_password=False)
        self.members = [_Member(Connection(ours.detach()), (url, actor, task)) for ours, _theirs in pairs]

    @property
    def group(self) -> int:
        """The number of their process group."""
        return self._first.pid

    def ready(self, after: int, last: int) -> Iterator[list[Ready]]:
        """Yield all rows behind a number in their order."""
        waiting: deque[_Member] = deque()
        turns = 0
        while after < last or waiting:
            while after < last and len(waiting) < AHEAD * len(self.members):
                member = self.members[turns % len(self.members)]
                member.line.send((after, min(after + CHUNK, last)))
                waiting.append(member)
                after, turns = after + CHUNK, turns + 1
            if rows := waiting.popleft().answer():
                yield rows

    def close(self) -> None:
        """End the processes."""
        for member in self.members:
            member.line.close()
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGTERM)
        self._first.wait()


class PoolBroken(RuntimeError):
    """A process that makes rows ready has ended."""


class _Member:
    def __init__(self, line: Connection, task: tuple[str, Actor, Task]) -> None:
        self.line = line
        with suppress(OSError):  # it has ended already; whoever asks it learns so
            line.send(task)

    def answer(self) -> list[Ready]:
        try:
            rows: list[Ready] = self.line.recv()
        except (EOFError, OSError) as error:
            raise PoolBroken from error
        return rows


def serve(line: Connection) -> None:
    """Make rows ready until the line is cut."""
    url, actor, task = line.recv()
    database = Database.connect(url)
    while True:
        after, until = line.recv()
        with database.read(actor) as u:
            rows = prepare(u, task, after, until - after, until)
        # Nothing is open any more: sending waits for whoever receives, and the log of SQLite for whoever reads.
        line.send(rows)


def main() -> None:
    """Serve the lines whose numbers are the arguments: one here, each other one in a copy of this process."""
    numbers = [int(number) for number in sys.argv[1:]]
    gc.freeze()
    gc.set_threshold(*FEW_COLLECTIONS)
    signal.signal(signal.SIGTERM, _end)
    while len(numbers) > 1:
        number = numbers.pop()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for other in numbers:
                os.close(other)
            numbers = [number]
        else:
            os.close(number)
    try:
        with suppress(EOFError, OSError):
            serve(Connection(numbers[0]))
    finally:
        _wait_for_copies()


def _wait_for_copies() -> None:
    """See those off that this process forked: in a container there may be nobody else who does."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _end(*_signal: object) -> None:
    _wait_for_copies()  # they were told to end as well
    os._exit(0)


if __name__ == "__main__":
    main()
