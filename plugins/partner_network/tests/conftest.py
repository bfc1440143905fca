"""An office with the partner network switched on."""

from collections.abc import Callable
from typing import Any

import pytest
from wf40_partner_network.service import PartnerInput, add_partner

from wf40.sdk.refs import FirmRef


@pytest.fixture
def plugins():
    return ("partner_network",)


@pytest.fixture
def add(office) -> Callable[..., int]:
    """Add a partner as somebody of the office and return its id."""

    def enter(name: str, kind: str = "consultancy", unit_id: int = 1, **rest: Any) -> int:
        with office.writing_as("advisor", unit_id) as u:
            return add_partner(u, PartnerInput(name, kind, **rest))

    return enter


@pytest.fixture
def firm(office) -> FirmRef:
    """A firm of the town, as hooks see it."""
    seen: FirmRef = office.add_firm("Möbelhaus Kröger GmbH", town="Musterhausen")
    return seen
