"""Short names for acting in the office of a test."""

import pytest


@pytest.fixture
def writing_as(office):
    return lambda role="advisor": office.writing_as(role)


@pytest.fixture
def client_as(office):
    return lambda role="advisor", unit_id=1: office.client_as(role, unit_id)


@pytest.fixture
def product(office):
    return office.product
