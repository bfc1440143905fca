"""A firm to talk with."""

from datetime import date, time

import pytest

from wf40.core.consultations import service
from wf40.core.consultations.service import ConsultationInput
from wf40.core.firms.service import FirmInput, create_firm

TALK = ConsultationInput(
    "visit",
    "on_site",
    date(2026, 11, 12),
    time(14, 30),
    "Halle zu klein",
    "Sucht eine Fläche.",
    "Amt meldet sich.",
    topics=("space",),
)


@pytest.fixture
def talk():
    return TALK


@pytest.fixture
def firm_in(office):
    def make(unit_id=1, name="Muster Maschinenbau GmbH", officer_id=None):
        with office.writing_as("advisor", unit_id) as u:
            return create_firm(u, FirmInput(name, officer_id=officer_id))

    return make


@pytest.fixture
def add(office):
    def make(firm_id, given=TALK, role="advisor", unit_id=1, **more):
        with office.writing_as(role, unit_id) as u:
            return service.add_consultation(u, firm_id, given, **more)

    return make


@pytest.fixture
def form():
    """What a browser sends."""
    return {
        "kind": "visit", "channel": "on_site", "held_on": "2026-11-12", "held_at": "14:30", "occasion": "Halle zu klein",
        "summary": "Sucht eine Fläche.", "agreements": "", "confidentiality": "internal", "topics": ["space"],
        "entry_key": "k" * 32,
    }  # fmt: skip
