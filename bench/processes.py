"""Runs a command and watches how much memory it and its children take together."""

import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.1


@dataclass(frozen=True)
class Ended:
    """What a command printed, how many seconds it took, and the most megabytes that it and its children held at once."""

    output: str
    seconds: float
    peak: float


def run(environment: dict[str, str], *arguments: str) -> Ended:
    """Run a wf40 command; raises when it fails. Memory that processes share is counted once."""
    began = time.monotonic()
    command = [sys.executable, "-m", "wf40.cli", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    peak, ended = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, ended))
    watcher.start()
    output, _nothing = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {output[-2000:]}")
    return Ended(output, time.monotonic() - began, peak[0])


def _watch(pid: int, peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        peak[0] = max(peak[0], sum(map(_megabytes, _family(pid))))


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children[parent].append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children[one]
    return found


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
