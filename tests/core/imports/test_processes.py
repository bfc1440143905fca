"""What an import does to processes: those it starts are gone with it, and its own is afterwards as it was before."""

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from import_desk import Desk

from wf40.base.access import Actor
from wf40.core.imports.garbage import FEW_COLLECTIONS, few_collections
from wf40.core.imports.leases import task_of
from wf40.core.imports.models import ImportRun
from wf40.core.imports.pool import Pool

BECOME_PARENT_OF_ORPHANS = 36


@pytest.fixture
def no_init() -> Iterator[None]:
    """As in a container without an init: orphans come to this process, which does not see them off."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0) == 0
    yield
    libc.prctl(BECOME_PARENT_OF_ORPHANS, 0, 0, 0, 0)


@pytest.mark.usefixtures("no_init")
def test_no_process_is_left_behind(desk: Desk) -> None:
    run_id = desk.check("Name;Ort\nAlpha GmbH;Konstanz\n")
    with desk.office.reading_as("lead") as u:
        task = task_of(u, u.session.get_one(ImportRun, run_id))
    pool = Pool(desk.office.product.database, Actor.system(), task, 3)
    (rows,) = pool.ready(1, 2)
    assert [row.name for row in rows] == ["Alpha GmbH"]
    pool.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-pool.group, os.WNOHANG)


def test_the_garbage_collector_is_as_before_once_the_last_one_has_left() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(few_collections())
        second.enter_context(few_collections())
        first.close()
        assert gc.get_threshold() == FEW_COLLECTIONS
        second.close()
        assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
