"""What the tests of the search share."""

import pytest

from wf40.base.access import Actor
from wf40.core.search.queries import search
from wf40.core.search.settling import settle


@pytest.fixture
def titles(office):
    """Return a way to search as somebody: the titles found, kind by kind."""

    def now(query, kind, role, unit_id, each):
        with office.app.test_request_context(), office.reading_as(role, unit_id) as u:
            return ["".join(p.text for p in hit.title) for g in search(u, query, each, kind) for hit in g.hits]

    def found(query, kind="", role="advisor", unit_id=1, each=25):
        """What was just saved is found as well as what the worker has settled."""
        before = now(query, kind, role, unit_id, each)
        settle(office.product.database, Actor.system())
        assert now(query, kind, role, unit_id, each) == before
        return before

    return found
