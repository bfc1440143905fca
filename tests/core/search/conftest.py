"""What the tests of the search share."""

import pytest

from wf40.core.search.queries import search


@pytest.fixture
def titles(office):
    """Return a way to search as somebody: the titles found, kind by kind."""

    def found(query, kind="", role="advisor", unit_id=1, each=25):
        with office.app.test_request_context(), office.reading_as(role, unit_id) as u:
            return ["".join(p.text for p in hit.title) for g in search(u, query, each, kind) for hit in g.hits]

    return found
