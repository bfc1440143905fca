"""Pairs are found as firms change and by searching a whole office; what somebody decided stays."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from wf40.base.errors import Forbidden, NotFound
from wf40.core.duplicates import scanner, service
from wf40.core.duplicates.models import DuplicatePair, DuplicateScan
from wf40.core.firms import service as firms
from wf40.core.firms.models import FirmMatchKey


def test_a_new_firm_is_compared_right_after_it_was_saved(office, twins, queue):
    pair = tuple(twins())
    office.add_firm("Vollmer Optik GmbH", town="Singen")
    assert queue() == []
    office.work()
    assert queue() == [pair]


def test_a_pair_leaves_when_its_firms_differ_by_now_and_comes_back(office, twins, queue):
    a, b = twins()
    office.work()
    with office.writing_as("advisor") as u:
        firms.change_firm(u, b, 1, firms.FirmInput("Zuckerbäckerei Lindt e.K.", town="Aachen"))
    office.work()
    assert queue() == []
    with office.writing_as("advisor") as u:
        firms.change_firm(u, b, 2, firms.FirmInput("Kranz Metallbau GmbH", town="Singen", phone="07531 900100"))
    office.work()
    assert queue() == [(a, b)]


def test_an_archived_firm_takes_its_pairs_along_at_once(office, twins, queue, pair_id):
    a, b = twins()
    office.work()
    with office.writing_as("advisor") as u:
        firms.archive_firm(u, b)
    assert queue() == []
    office.work()
    assert pair_id((a, b)) is None
    with office.writing_as("advisor") as u:
        firms.restore_firm(u, b)
    office.work()
    assert queue() == [(a, b)]


def test_what_is_not_the_same_is_remembered_for_ever_and_can_be_taken_back(office, twins, queue, search, pair_id):
    a, b = twins()
    office.work()
    with office.writing_as("advisor") as u:
        service.keep_apart(u, pair_id((a, b)))
    search()
    with office.writing_as("advisor") as u:
        firms.change_firm(u, b, 1, firms.FirmInput("Zuckerbäckerei Lindt e.K.", town="Aachen"))
    office.work()
    with office.writing_as("advisor") as u:
        firms.change_firm(u, b, 2, firms.FirmInput("Kranz Metallbau GmbH", town="Singen", phone="07531 900100"))
    office.work()
    search()
    assert queue() == []
    assert queue(state="not_same") == [(a, b)]
    with office.writing_as("advisor") as u:
        service.take_back(u, pair_id((a, b)))
    assert queue() == [(a, b)]
    assert queue(state="not_same") == []


def test_a_search_finds_what_was_stored_past_the_product(office, twins, queue, search):
    pair = tuple(twins())
    with office.writing_as("lead") as u:
        u.session.execute(delete(FirmMatchKey))
    scan_id = search()
    assert queue() == [pair]
    with office.reading_as("advisor") as u:
        row = u.session.get_one(DuplicateScan, scan_id)
        assert (row.state, row.total, row.done, row.found) == ("done", 2, 2, 1)


def test_a_search_removes_pairs_that_are_none_any_more(office, twins, queue, search):
    a, b = twins()
    c = office.add_firm("Vollmer Optik GmbH").id
    with office.writing_as("lead") as u:
        values = {"unit_id": 1, "probability": 0.9, "band": "ask", "found_at": u.now, "checked_at": u.now}
        u.session.add(DuplicatePair(firm_a=a, firm_b=c, **values))
    assert queue() == [(a, c)]
    search()
    assert queue() == [(a, b)]


def test_units_are_kept_apart(office, twins, queue, search):
    other = office.add_unit("Nachbarstadt")
    office.add_firm("Kranz Metallbau GmbH", phone="07531 900100", town="Singen")
    office.add_firm("Kranz Metallbau GmbH", other, phone="07531 900100", town="Singen")
    office.work()
    assert queue() == []
    pair = tuple(twins("Vollmer Optik GmbH", other))
    office.work()
    search()
    assert queue() == []
    assert queue(unit_id=other) == [pair]


def test_a_search_goes_on_where_another_worker_was_lost(office, twins, queue, monkeypatch):
    monkeypatch.setattr(scanner, "FIRST", 2)
    monkeypatch.setattr(scanner, "MOST", 2)
    pairs = [tuple(twins(name)) for name in ("Kranz Metallbau GmbH", "Vollmer Optik GmbH", "Zuckerbäckerei Lindt e.K.")]
    with office.writing_as("advisor") as u:
        scan_id = service.start_scan(u)
    database = office.product.database
    assert scanner.advance(database, scan_id, 0) is False
    with office.reading_as("advisor") as u:
        row = u.session.get_one(DuplicateScan, scan_id)
        assert (row.state, row.done, row.position) == ("running", 2, pairs[0][1])
    claim = scanner._claim(database, scan_id)
    assert claim is not None
    assert scanner.advance(database, scan_id) is False, "another worker holds it"
    office.clock.advance(timedelta(minutes=1))
    assert scanner.advance(database, scan_id) is True
    with pytest.raises(scanner._Lost):
        scanner._slice(database, claim)
    assert sorted(queue()) == pairs
    with office.reading_as("advisor") as u:
        assert u.session.get_one(DuplicateScan, scan_id).done == 6


def test_a_second_search_joins_the_first_and_one_that_is_stopped_ends(office, twins):
    twins()
    with office.writing_as("advisor") as u:
        first = service.start_scan(u)
    with office.writing_as("lead") as u:
        assert service.start_scan(u) == first
        service.stop_scan(u, first)
    assert scanner.advance(office.product.database, first) is False
    with office.writing_as("lead") as u:
        assert u.session.get_one(DuplicateScan, first).state == "stopped"
        assert service.start_scan(u) != first


def test_a_search_that_fails_again_and_again_is_closed(office, twins, monkeypatch):
    twins()
    with office.writing_as("advisor") as u:
        scan_id = service.start_scan(u)

    def broken(*_args):
        message = "kaputt"
        raise ValueError(message)

    monkeypatch.setattr(scanner, "keep", broken)
    for _n in range(scanner.ATTEMPTS):
        with pytest.raises(ValueError, match="kaputt"):
            scanner.advance(office.product.database, scan_id)
    with office.reading_as("advisor") as u:
        row = u.session.get_one(DuplicateScan, scan_id)
        assert (row.state, row.error) == ("failed", "ValueError: kaputt")


def test_who_may_only_read_decides_nothing(office, twins, pair_id):
    pair = twins()
    office.work()
    with office.writing_as("reader") as u:
        for act in (service.keep_apart, service.take_back):
            with pytest.raises(Forbidden):
                act(u, pair_id(pair))
        with pytest.raises(Forbidden):
            service.start_scan(u)


def test_pairs_of_another_unit_cannot_be_decided(office, twins, pair_id):
    other = office.add_unit("Nachbarstadt")
    pair = twins()
    office.work()
    with office.writing_as("advisor", other) as u, pytest.raises(NotFound):
        service.keep_apart(u, pair_id(pair))
