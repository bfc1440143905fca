"""Work on files that nobody trusts: a process of its own does it, with limits and without any secret of the server."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import wf40

_HOME = Path(next(iter(wf40.__path__))).parent
_WRITTEN_BYTES = 4 << 30


class ChildFailed(Exception):
    """The child refused the file, was ended by one of its limits, or failed: ``too_slow``, ``too_large``, ``damaged``,
    or a code of the child's own with values for the sentence.
    """

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


class Refusal(Exception):
    """What the child says of a file that it does not take: a stable ``code``, and values for the sentence."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def limit_process(seconds: int, memory: int) -> None:
    """Bind this process to processor seconds and bytes of memory, where the system knows limits."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN_BYTES, _WRITTEN_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer_task(read: Callable[[dict[str, Any]], object]) -> None:
    """Do the child's part: take one task from stdin, bind this process to its limits, and answer on stdout."""
    task = json.load(sys.stdin)
    limit_process(int(task["seconds"]), int(task["memory"]))
    try:
        answer: dict[str, Any] = {"ok": read(task)}
    except Refusal as refusal:
        answer = {"error": refusal.code, "values": refusal.values}
    except MemoryError:
        answer = {"error": "too_large", "values": {}}
    except OSError as error:
        if error.errno not in {errno.EFBIG, errno.ENOSPC, errno.EDQUOT}:
            raise
        answer = {"error": "no_space" if error.errno != errno.EFBIG else "too_large", "values": {}}
    sys.stdout.write(json.dumps(answer))


def ask_child(module: str, task: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    """Run ``python -m module`` with a task as JSON on stdin and return the ``ok`` of its JSON answer.

    Raises:
        ChildFailed: with the code of the child's ``error``, or of what ended it.
    """
    # No secret of the server reaches the child: it gets an environment of its own.
    environment = {
        "PYTHONPATH": str(_HOME),
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(task), capture_output=True, text=True, encoding="utf-8", timeout=seconds + 1,
            env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ChildFailed("too_slow", {"limit": str(seconds)}) from error
    if done.returncode == -signal.SIGXCPU:
        raise ChildFailed("too_slow", {"limit": str(seconds)})
    if done.returncode != 0:
        memory = done.returncode in {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV} or "MemoryError" in done.stderr
        raise ChildFailed("too_large" if memory else "damaged")
    answer: dict[str, dict[str, Any]] = json.loads(done.stdout)
    if "error" in answer:
        raise ChildFailed(str(answer["error"]), answer["values"])
    return answer["ok"]
