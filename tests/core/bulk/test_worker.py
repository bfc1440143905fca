"""Changes of many that the worker makes: slice by slice, stopped, taken back, forgotten."""

import pytest
from bulk_support import begun, have, run, states, undo
from sqlalchemy import select, update

from wf40.base.errors import InvalidInput
from wf40.core.accounts.models import User
from wf40.core.bulk import codes, queries, runner
from wf40.core.bulk.models import BulkItem, BulkRun


def test_a_worker_that_is_killed_leaves_whole_slices_and_another_goes_on(office):
    firms = [office.add_firm(f"Firma {n}") for n in range(12)]
    run_id = begun(office, firms, "abc", "B")
    with office.app.app_context():
        assert runner.work_slice(office.product.database, run_id, 5) > 0
    assert states(office, run_id) == {codes.CHANGED: 5, codes.WAITING: 7}
    page = office.client_as("advisor").get(f"/unternehmen/aenderungen/{run_id}").text
    assert "5 von 12" in page
    with pytest.raises(InvalidInput):
        undo(office, run_id)
    office.work()
    assert states(office, run_id) == {codes.CHANGED: 12}
    assert have(office, firms, "abc") == ["B"] * 12
    with office.reading_as("advisor") as u:
        assert queries.run(u, run_id).state == codes.DONE


def test_many_are_taken_back_by_the_worker(office, firms, monkeypatch):
    run_id = run(office, firms, "abc", "B")
    monkeypatch.setattr(codes, "AT_ONCE", 2)
    assert undo(office, run_id) is False
    assert have(office, firms, "abc") == ["B"] * 3
    office.work()
    assert have(office, firms, "abc") == [""] * 3
    assert states(office, run_id) == {codes.PUT_BACK: 3}


def test_many_through_the_page_go_to_the_worker(office, firms, monkeypatch):
    monkeypatch.setattr(codes, "AT_ONCE", 2)
    client = office.client_as("advisor")
    given = {"aenderung": "abc", "wert": "C", "entry_key": "e" * 32}
    where = client.post("/unternehmen/aendern", data=given).location
    assert "0 von 3" in client.get(where).text
    assert "HX-Refresh" not in client.get(f"{where}/fortschritt").headers
    office.work()
    assert client.get(f"{where}/fortschritt").headers["HX-Refresh"] == "true"
    assert have(office, firms, "abc") == ["C"] * 3


def test_whoever_may_no_longer_stops_the_work(office, firms):
    run_id = begun(office, firms, "abc", "B")
    with office.writing_as("lead") as u:
        person = u.session.scalar(select(BulkRun.worker_id).where(BulkRun.id == run_id))
        u.session.execute(update(User).where(User.id == person).values(role="reader"))
    office.work()
    assert have(office, firms, "abc") == [""] * 3
    with office.reading_as("lead") as u:
        row = queries.run(u, run_id)
        assert row.state == codes.STOPPED
        assert "darf sie nicht mehr" in row.halt


def test_old_changes_are_forgotten(office, firms):
    run(office, firms, "abc", "B")
    office.clock.moment = office.clock.moment.replace(year=2027, month=11)
    with office.app.app_context():
        runner.forget(office.product.database)
    with office.reading_as("lead") as u:
        assert u.session.scalar(select(BulkItem.id)) is None
        assert queries.runs(u).rows == []
