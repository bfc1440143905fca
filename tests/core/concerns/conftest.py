"""A concern of a firm."""

import pytest

from wf40.core.concerns import service
from wf40.core.concerns.service import ConcernInput

NEED = ConcernInput("space", "Halle zu klein", "Sucht 2.000 m² bis Jahresende.", kind="site_offer")


@pytest.fixture
def need():
    return NEED


@pytest.fixture
def add(office):
    def make(firm_id, given=NEED, role="advisor", unit_id=1, **more):
        with office.writing_as(role, unit_id) as u:
            return service.add_concern(u, firm_id, given, **more)

    return make
