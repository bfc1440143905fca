"""Every function that reads or changes office data states its permission."""

import importlib
import importlib.util
import inspect
import pkgutil
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select

import wf40.core
from wf40.pluginhost.registry import Registry

WITHOUT = {
    "wf40.core.accounts.service.check_sign_in": "nobody is signed in yet; throttled and audited",
    "wf40.core.accounts.queries.readable_units": "asked while the actor is being made",
    "wf40.core.accounts.queries.unit_and_above": "numbers of units alone, along which an office shares its calendar",
    "wf40.core.admin.queries.queues": "counts without content, for the health report",
    "wf40.core.admin.queries.worker_seen": "a moment without content, for the health report",
    "wf40.core.concerns.service.check_version": "a check itself: refuses a stale version",
    "wf40.core.concerns.service.enter_state": "called by the slice's checked functions after their own checks",
    "wf40.core.concerns.service.note_change": "called by the slice's checked functions after their own checks",
    "wf40.core.concerns.service.own_row": "a check itself: refuses foreign, unreadable and stale records",
    "wf40.core.consultations.queries.content_of": "called by the slice's checked functions",
    "wf40.core.consultations.queries.readable_row": "called by the slice's checked functions; limits to readable units",
    "wf40.core.contacts.queries.demand_own_unit": "a check itself: refuses another unit's record",
    "wf40.core.contacts.queries.readable_contact": "called by the slice's checked functions; limits to readable units",
    "wf40.core.contacts.queries.readable_entry": "called by the slice's checked functions; limits to readable units",
    "wf40.core.firms.service.check_version": "a check itself: refuses a stale version",
    "wf40.core.custom_fields.queries.forget_fields": "drops what was kept; reads nothing",
    "wf40.core.firms.service.held": "a check itself: refuses a record that may not be changed",
    "wf40.core.firms.service.refresh": "called by the slice's checked functions after a change",
    "wf40.core.firms.service.writable": "a check itself: refuses a record that may not be changed",
    "wf40.core.imports.service.halt": "called by the worker when the person of an import may no longer",
    "wf40.core.imports.service.end": "called by the worker's import job",
    "wf40.core.imports.service.queue": "called by the checked start of an import and by the command line",
    "wf40.core.imports.service.writable": "a check itself: refuses a run that may not be changed",
    "wf40.core.office.queries.calendar_row": "called by the slice's checked functions and by the one below",
    "wf40.core.office.queries.current_calendar": "holidays and closing days; every deadline rests on them",
    "wf40.core.office.queries.forget_calendar": "drops what was kept; reads nothing",
}
"""Functions without a permission, and why."""
NO_DATA = (date, Select, Select[Any])
"""A calendar day or a part of a query (which somebody checked runs) holds no record."""


def slices():
    names = [f"wf40.core.{m.name}" for m in pkgutil.iter_modules(wf40.core.__path__) if m.ispkg]
    registry = Registry()
    registry.discover()
    names += [
        p.module.__name__.rpartition(".")[0] for p in registry.usable() if "." in getattr(p.module, "__name__", "")
    ]
    parts = [f"{name}.{part}" for name in sorted(filter(None, set(names))) for part in ("service", "queries")]
    return [part for part in parts if importlib.util.find_spec(part)]


@pytest.mark.parametrize("path", slices())
def test_each_public_function_states_its_permission(path):
    module = importlib.import_module(path)
    without = []
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        first = next(iter(inspect.signature(function).parameters.values()), None)
        takes_unit = first is not None and "UnitOfWork" in str(first.annotation)
        full = f"{module.__name__}.{name}"
        if function.__annotations__.get("return") in NO_DATA or "ColumnElement" in str(
            function.__annotations__.get("return")
        ):
            continue
        if takes_unit and not hasattr(function, "permission") and full not in WITHOUT:
            without.append(full)
    assert without == []


def test_the_exceptions_still_exist():
    for full in WITHOUT:
        module, _, name = full.rpartition(".")
        assert not hasattr(getattr(importlib.import_module(module), name), "permission")
