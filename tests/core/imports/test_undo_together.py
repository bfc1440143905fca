"""Many firms of an import disappear together: what refers to them and their words go in few statements, and completely."""

import pytest
from import_desk import Desk
from sqlalchemy import insert, select, text

from wf40.core.firms import removing
from wf40.core.firms.models import Firm, FirmMatchKey
from wf40.core.firms.releasing import StillReferred, release
from wf40.core.imports import undo_running, undoing
from wf40.core.imports.connections import trusting, writing_much
from wf40.core.imports.models import ImportRun
from wf40.core.search import settling, sweeping
from wf40.core.search.models import LoggedChange, SearchedRecord, SearchedWord, WordBlock
from wf40.pluginhost.references import references

HEAD = "Name;Ort;Straße;PLZ\n"
ALPHA, BETA = "Alpha Werkzeugbau GmbH;Konstanz;Seestraße 1;78462\n", "Beta Gartenbau OHG;Singen;Hafenweg 2;78224\n"
GAMMA = "Gamma Werkzeughandel KG;Konstanz;Bergweg 3;78462\n"
CHILD = "CREATE TABLE ext_{0} (id INTEGER PRIMARY KEY, of INTEGER REFERENCES {1} {2})"


def tables(desk: Desk, *statements: str, firm: int = 0) -> None:
    with desk.office.writing_as("admin") as u:
        for statement in statements:
            u.session.execute(text(statement), {"firm": firm} if ":firm" in statement else {})


def count(desk: Desk, table: str) -> int:
    with desk.office.reading_as("admin") as u:
        return len(u.session.execute(text(f"SELECT 1 FROM {table}")).all())  # noqa: S608 - names of this test


def scored(desk: Desk, firm_id: int) -> None:
    """Let a firm have a score, as the worker computes it."""
    from wf40.core.risk.models import RiskScore

    desk.office.work()
    with desk.office.writing_as("admin") as u:
        if u.session.get(RiskScore, firm_id) is None:
            row = {"firm_id": firm_id, "unit_id": u.session.get_one(Firm, firm_id).unit_id, "light": "", "reason": ""}
            columns = RiskScore.__table__.c
            row |= {"computed_light": ""}
            for column in columns:
                if column.name not in row and not column.nullable and column.default is None:
                    row[column.name] = (
                        u.now if column.type.python_type.__name__ == "datetime" else column.type.python_type()
                    )
            u.session.execute(insert(RiskScore), [row])


def test_what_is_computed_of_a_firm_goes_with_it_and_what_names_it_is_emptied(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA + BETA)
    number = desk.firm("Alpha Werkzeugbau GmbH").id
    scored(desk, number)
    assert count(desk, "risk_score") > 0
    assert desk.take_back(run_id) == {"removed": 2}
    assert count(desk, "risk_score") == 0
    assert desk.rows(Firm) == []


def test_what_hangs_on_something_computed_is_left_to_the_database(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA + BETA)
    number = desk.firm("Alpha Werkzeugbau GmbH").id
    scored(desk, number)
    tables(
        desk,
        CHILD.format("part", "risk_score (firm_id)", "ON DELETE CASCADE"),
        "INSERT INTO ext_part VALUES (1, :firm)",
        firm=number,
    )
    assert desk.take_back(run_id) == {"removed": 2}
    assert count(desk, "ext_part") == count(desk, "risk_score") == 0


@pytest.mark.parametrize(
    ("how", "deeper", "left"),
    [
        ("ON DELETE CASCADE", False, []),
        ("ON DELETE SET NULL", False, [(1, None)]),
        ("", False, None),
        ("ON DELETE CASCADE", True, None),
    ],
)
def test_references_are_looked_after_as_the_database_would(
    desk: Desk, how: str, deeper: bool, left: list[tuple[int, int | None]] | None
) -> None:
    desk.bring(HEAD + ALPHA + BETA)
    ids = [firm.id for firm in desk.rows(Firm)]
    tables(desk, CHILD.format("one", "firm (id)", how), "INSERT INTO ext_one VALUES (1, :firm)", firm=ids[0])
    if deeper:
        tables(desk, CHILD.format("two", "ext_one (id)", "ON DELETE CASCADE"), "INSERT INTO ext_two VALUES (1, 1)")
    database = desk.office.product.database
    with writing_much(database) as own, trusting(own).write(desk.office.actor("lead")) as u:
        if trusting(own) is own:  # the database itself looks after them, in any case
            assert {r.table for r in references(u, "firm", anew=True)} >= {"ext_one", "site"}
            return
        assert u.session.scalar(text("PRAGMA foreign_keys")) == 0
        if left is None:
            with pytest.raises(StillReferred):
                release(u, ids)
        else:
            release(u, ids)
            assert [tuple(row) for row in u.session.execute(text("SELECT id, of FROM ext_one"))] == left


def test_words_and_keys_of_many_firms_are_swept_out_and_those_of_others_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "SWEPT", 2)
    monkeypatch.setattr(sweeping, "AT_ONCE", 3)
    monkeypatch.setattr(removing, "KEYS_AT_ONCE", 2)
    desk.bring(HEAD + GAMMA)
    run_id = desk.bring(HEAD + ALPHA + BETA)
    keys = {(k.key, k.firm_id) for k in desk.rows(FirmMatchKey)}
    assert desk.rows(LoggedChange)  # words of the new firms are not all in their place yet
    assert desk.take_back(run_id) == {"removed": 2}
    gamma = desk.firm("Gamma Werkzeughandel KG").id
    assert {(k.key, k.firm_id) for k in desk.rows(FirmMatchKey)} == {one for one in keys if one[1] == gamma}
    database = desk.office.product.database
    settling.settle(database, desk.office.actor("lead"))
    assert {r.record_id for r in desk.rows(SearchedRecord) if r.kind == "firm"} == {gamma}
    words = {w.word for w in desk.rows(SearchedWord) if w.kind == "firm"}
    assert {w.record_id for w in desk.rows(SearchedWord) if w.kind == "firm"} == {gamma}
    assert "konstanz" in words
    held = {word for block in desk.rows(WordBlock) if block.kind == "firm" for word in block.words.split()}
    assert held
    assert held <= words


def give_up_after_one(desk: Desk) -> int:
    """Take one of two firms back, then no more."""
    run_id = desk.bring(HEAD + ALPHA + BETA)
    settling.settle(desk.office.product.database, desk.office.actor("lead"))
    with desk.office.writing_as("lead") as u:
        run = u.session.get_one(ImportRun, run_id)
        ahead = undoing.ahead(u, run_id, 0, 1)
        assert ahead is not None
        undoing.undo_numbered(u, run_id, ahead.plain, lambda: None)
        run.state = "failed"
    return run_id


def test_behind_an_undoing_that_was_given_up_the_words_of_its_firms_are_swept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "SWEPT", 2)
    give_up_after_one(desk)
    (left,) = desk.rows(Firm)
    assert {w.record_id for w in desk.rows(SearchedWord) if w.kind == "firm"} > {left.id}
    undo_running.sweep_given_up(desk.office.product.database)
    assert {w.record_id for w in desk.rows(SearchedWord) if w.kind == "firm"} == {left.id}
    assert {k.firm_id for k in desk.rows(FirmMatchKey)} <= {left.id}


def test_an_undoing_that_was_given_up_goes_on_where_it_stopped(desk: Desk) -> None:
    run_id = give_up_after_one(desk)
    assert len(desk.rows(Firm)) == 1
    assert desk.take_back(run_id) == {"removed": 2}
    with desk.office.reading_as("lead") as u:
        assert list(u.session.scalars(select(Firm.id))) == []
