"""The garbage collector, for work on many plain values that it would look through again and again for nothing."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

FEW_COLLECTIONS = (50_000, 20, 50)
_lock = threading.Lock()
_usual: tuple[int, int, int] | None = None
_at_work = 0


@contextmanager
def few_collections() -> Iterator[None]:
    """Let it look at new objects only, and seldom. It belongs to the process: the last one who leaves puts it back."""
    global _usual, _at_work  # noqa: PLW0603 - as the collector itself, there is one for all
    with _lock:
        if not _at_work:
            _usual = gc.get_threshold()
            gc.freeze()
            gc.set_threshold(*FEW_COLLECTIONS)
        _at_work += 1
    try:
        yield
    finally:
        with _lock:
            _at_work -= 1
            if not _at_work and _usual is not None:
                gc.set_threshold(*_usual)
                gc.unfreeze()
