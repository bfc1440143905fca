"""An office with plugins that are given as module objects."""

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from wf40.base.access import Actor
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry
from wf40.testing.office import Office


@pytest.fixture
def office_with(offices, database_kind, tmp_path) -> Iterator[Callable[..., Office]]:
    """Open an office in which the given plugins are installed and enabled, as operators run it (not strict)."""
    opened = []

    def open_with(*modules: ModuleType, strict: bool = False, enable: bool = True) -> Office:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        generator = offices.open(database_kind, folder, (), registry_of(*modules), strict=strict)
        opened.append(generator)
        office = next(generator)
        if enable:
            switch(office.product, *modules, enabled=True)
        return office

    yield open_with
    for generator in opened:
        generator.close()


def registry_of(*modules):
    registry = Registry()
    for module in modules:
        key = module.__name__.removeprefix("plugin_for_tests_")
        registry.add_plugin(key, f"wf40-{key} 1.0", lambda m=module: m)
    return registry


def switch(product, *modules, enabled):
    with product.database.write(Actor.system()) as u:
        for module in modules:
            key = module.__name__.removeprefix("plugin_for_tests_")
            state.switch(u.session, key, enabled=enabled, now=u.now, title=key)
    product.gate.follow()


@pytest.fixture(name="registry_of")
def _registry_of():
    return registry_of


@pytest.fixture(name="switch")
def _switch():
    return switch
