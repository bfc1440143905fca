"""Changes of many firms without pages, and what stands afterwards."""

from wf40.core.bulk import queries, service
from wf40.core.firms import many


def have(office, firms, field, role="reader"):
    with office.reading_as(role) as u:
        found = many.present(u, field, [firm.id for firm in firms])
        return [found[firm.id] for firm in firms]


def run(office, firms, key, value="", role="advisor", entry_key=None):
    """Make a change as the page does for some firms."""
    with office.app.test_request_context(), office.writing_as(role) as u:
        run_id, is_new = service.begin(u, key, value, [], entry_key or f"{key}{value}{u.now}{len(firms)}{id(firms)}")
        if is_new:
            service.collect(u, run_id, [firm.id for firm in firms])
            service.release(u, run_id, at_once=True)
        return run_id


def undo(office, run_id, role="advisor"):
    with office.app.test_request_context(), office.writing_as(role) as u:
        return service.undo(u, run_id)


def states(office, run_id):
    with office.reading_as("advisor") as u:
        return dict(queries.counts(u, run_id))


def begun(office, firms, key, value):
    """Leave a change to the worker."""
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        run_id, _new = service.begin(u, key, value, [], f"{key}{value}")
        service.collect(u, run_id, [firm.id for firm in firms])
        service.release(u, run_id, at_once=False)
    return run_id
