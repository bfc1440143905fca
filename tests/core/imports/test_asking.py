"""Rows that may be a firm of the office are asked about; rules by field, decisions and corrections are followed."""

import pytest
from import_desk import Desk
from sqlalchemy import select, update

from wf40.base.errors import InvalidInput, NotFound
from wf40.core.firms.models import Firm
from wf40.core.imports import planning, runner
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import confirm

HEAD = "Name;Ort;Straße;PLZ;Telefon;Registernummer;Registergericht;Registerart;Stand\n"
STORED = "Maschinenbau Huber & Söhne GmbH;Konstanz;Seestraße 1;78462;;HRB 1;Freiburg;HRB;01.02.2026\n"
# All the same but the register number: never taken for the same by itself.
LIKE = "Maschinenbau Huber & Söhne GmbH;Konstanz;Seestraße 1;78462;07531 2222;HRB 2;Freiburg;HRB;01.03.2026\n"
OTHER = "Bäckerei Sommer;Singen;Markt 5;78224;;;;;01.03.2026\n"


@pytest.fixture
def asked(desk: Desk) -> tuple[Desk, int]:
    """A checked import: row 2 may be the stored firm, row 3 is a new one."""
    desk.bring(HEAD + STORED)
    run_id = desk.check(HEAD + LIKE + OTHER)
    assert planned(desk, run_id) == {"ask": 1, "created": 1}
    return desk, run_id


def planned(desk: Desk, run_id: int) -> dict[str, int]:
    with desk.office.reading_as("lead") as u:
        return dict(u.session.get_one(ImportRun, run_id).planned)


def row(desk: Desk, run_id: int, row_no: int = 2) -> ImportRow:
    with desk.office.reading_as("lead") as u:
        return u.session.get_one(ImportRow, (run_id, row_no))


def go(desk: Desk, run_id: int) -> dict[str, int]:
    with desk.office.writing_as("lead") as u:
        confirm(u, run_id)
    runner.finish(desk.office.product.database, run_id)
    with desk.office.reading_as("lead") as u:
        run = u.session.get_one(ImportRun, run_id)
        assert run.state == "done"
        return dict(run.counts)


def test_a_likely_firm_is_a_question_with_candidates_and_undecided_rows_stay_out(asked: tuple[Desk, int]) -> None:
    desk, run_id = asked
    stored = desk.firm("Maschinenbau Huber & Söhne GmbH")
    ((firm_id, probability, evidence),) = row(desk, run_id).detail["candidates"]
    assert firm_id == stored.id
    assert 0 < probability < 1
    assert any(code.startswith("name:") for code in evidence)
    assert go(desk, run_id) == {"created": 1, "skipped": 1, "ask": 1}
    assert row(desk, run_id).detail["reason"]["message"] == "noch nicht entschieden"
    assert len(desk.rows(Firm)) == 2


@pytest.mark.parametrize(("new", "plan"), [(True, {"created": 2}), (False, {"updated": 1, "created": 1})])
def test_a_decision_is_planned_at_once_and_carried_out(
    asked: tuple[Desk, int], new: bool, plan: dict[str, int]
) -> None:
    desk, run_id = asked
    stored = desk.firm("Maschinenbau Huber & Söhne GmbH")
    with desk.office.writing_as("lead") as u:
        planning.decide(u, run_id, 2, planning.NEW_FIRM if new else stored.id)
    assert planned(desk, run_id) == plan
    if not new:
        assert ["phone", "", "+4975312222"] in [
            [c[0], c[1], str(c[2]).replace(" ", "")] for c in row(desk, run_id).detail["changes"]
        ]
    assert go(desk, run_id) == plan
    assert len(desk.rows(Firm)) == (3 if new else 2)


def test_a_decision_can_be_taken_back(asked: tuple[Desk, int]) -> None:
    desk, run_id = asked
    for choice in (planning.NEW_FIRM, None):
        with desk.office.writing_as("lead") as u:
            planning.decide(u, run_id, 2, choice)
    assert planned(desk, run_id) == {"ask": 1, "created": 1}


def test_only_rows_and_firms_of_the_import_can_be_chosen(asked: tuple[Desk, int]) -> None:
    desk, run_id = asked
    with desk.office.writing_as("lead") as u, pytest.raises(InvalidInput):
        planning.decide(u, run_id, 2, 9999)
    with desk.office.writing_as("lead") as u, pytest.raises(NotFound):
        planning.decide(u, run_id, 99, planning.NEW_FIRM)


def test_undecided_rows_may_be_told_to_become_new_firms(asked: tuple[Desk, int]) -> None:
    desk, run_id = asked
    with desk.office.writing_as("lead") as u:
        u.session.execute(update(ImportRun).where(ImportRun.id == run_id).values(undecided="create"))
    assert go(desk, run_id)["created"] == 2


def test_a_firm_with_another_register_number_is_never_taken_by_likeness(desk: Desk) -> None:
    desk.bring(HEAD + STORED)
    run_id = desk.check(HEAD + LIKE)
    assert "updated" not in planned(desk, run_id)
    assert "unchanged" not in planned(desk, run_id)


def test_a_corrected_cell_is_planned_anew(asked: tuple[Desk, int]) -> None:
    desk, run_id = asked
    with desk.office.writing_as("lead") as u:
        line = u.session.get_one(ImportRow, (run_id, 3))
        line.cells, line.edited = ["", *line.cells[1:]], True
        planning.recheck(u, run_id, [3])
    assert planned(desk, run_id) == {"ask": 1, "faulty": 1}
    with desk.office.writing_as("lead") as u:
        line = u.session.get_one(ImportRow, (run_id, 3))
        line.cells = ["Maschinenbau Huber & Söhne GmbH", "Konstanz", *line.cells[2:]]
        planning.recheck(u, run_id, [3])
    assert planned(desk, run_id) == {"ask": 1, "skipped": 1}
    assert row(desk, run_id, 3).detail["reason"]["values"] == {"first": "2"}


def test_a_corrected_row_that_repeats_another_is_found(desk: Desk) -> None:
    names = "".join(f"Betrieb {n} GmbH;Konstanz;;;;;;;\n" for n in range(5))
    run_id = desk.check(HEAD + names)
    with desk.office.writing_as("lead") as u:
        for number, name in ((5, "Betrieb 0 GmbH"), (2, "Ganz anders GmbH")):
            line = u.session.get_one(ImportRow, (run_id, number))
            line.cells, line.edited = [name, *line.cells[1:]], True
            planning.recheck(u, run_id, [number])
            if number == 5:
                assert u.session.get_one(ImportRun, run_id).planned == {"created": 4, "skipped": 1}
        # Row 2 speaks of another firm now, so row 5 repeats nobody any more.
        planning.recheck(u, run_id, [5])
    assert planned(desk, run_id) == {"created": 5}
    assert go(desk, run_id) == {"created": 5}


NEWER, OLDER = "01.06.2026", "01.06.2020"


@pytest.mark.parametrize(
    ("policy", "stand", "phone"),
    [
        ("newer", NEWER, "2222"), ("newer", OLDER, "1111"), ("fill", NEWER, "1111"), ("overwrite", OLDER, "2222"),
    ],
)  # fmt: skip
def test_a_rule_for_a_field_decides_which_value_stays(desk: Desk, policy: str, stand: str, phone: str) -> None:
    line = "Alpha Werkzeugbau GmbH;Konstanz;Seestraße 1;78462;07531 {};HRB 7;Freiburg;HRB;{}\n"
    desk.bring(HEAD + line.format("1111", "01.02.2026"))
    desk.bring(HEAD + line.format("2222", stand), policies={"phone": policy})
    assert desk.firm("Alpha Werkzeugbau GmbH").phone.replace(" ", "") == f"+497531{phone}"


def test_a_rule_fills_what_is_empty_and_leaves_the_address(desk: Desk) -> None:
    desk.bring(HEAD + "Alpha Werkzeugbau GmbH;Konstanz;Seestraße 1;78462;;HRB 7;Freiburg;HRB;01.02.2026\n")
    desk.bring(
        HEAD + "Alpha Werkzeugbau GmbH;Konstanz;Bergweg 9;78467;07531 5555;HRB 7;Freiburg;HRB;01.03.2026\n",
        policies={"phone": "fill", "address": "fill"},
    )
    from wf40.core.firms.models import Site

    assert [site.street for site in desk.rows(Site)] == ["Seestraße"]
    assert desk.firm("Alpha Werkzeugbau GmbH").phone.endswith("5")


def versions(number: int) -> str:
    """One office's list as it is sent year after year: names, streets and phones written anew each time."""
    day = f"01.02.{2024 + number}"
    rows = [
        ("Maschinenbau Huber & Söhne GmbH", "Maschinenbau Huber und Söhne GmbH", "MASCHINENBAU HUBER & SÖHNE GMBH"),
        ("Bäckerei Sommer", "Bäckerei Sommer", "Baeckerei Sommer"),
        ("Reisebüro Rominger GmbH", "Reisebüro Rominger GmbH", "Reisebuero Rominger GmbH"),
    ]
    lines = [f"{names[number]};Konstanz;Weg {i};78462;07531 {i}{number}{i}5;;;;{day}\n" for i, names in enumerate(rows)]
    return HEAD + "".join(lines)


def test_three_versions_of_one_list_update_and_never_double(desk: Desk) -> None:
    for number in range(3):
        desk.bring(versions(number))
    assert len(desk.rows(Firm)) == 3


def test_an_import_into_an_office_asks_nothing_about_its_own_rows(desk: Desk) -> None:
    rows = "".join(
        f"Huber {word} GmbH;Konstanz;Seestraße 1;78462;07531 1111;;;;\n" for word in ("Nord", "Nordost", "Nordwest")
    )
    desk.bring(HEAD + rows)
    with desk.office.reading_as("lead") as u:
        assert set(u.session.scalars(select(ImportRow.outcome).where(ImportRow.row_no > 1))) == {"created"}


def test_whatever_speaks_against_a_likely_firm_makes_it_a_question(desk: Desk) -> None:
    head = "Name;Ort;Straße;PLZ;Telefon;E-Mail\n"
    desk.bring(head + "Metzgerei Vogelsang & Sohn;Konstanz;Seestraße 1;78462;07531 2222;info@vogelsang.example\n")
    run_id = desk.check(
        head + "Metzgerei Vogelsang & Söhne;Konstanz;Seestr. 1;78462;07531 9876;info@vogelsang.example\n"
    )
    assert planned(desk, run_id) == {"ask": 1}


def test_a_name_that_only_lacks_the_legal_form_changes_nothing(desk: Desk) -> None:
    head = "Name;Ort;Straße;PLZ\n"
    desk.bring(head + "Restaurant Stöhr GmbH;Konstanz;Seestraße 1;78462\n")
    assert planned(desk, desk.check(head + "Restaurant Stöhr;Konstanz;Seestraße 1;78462\n")) == {"unchanged": 1}
    assert planned(desk, desk.check(head + "Restaurant STÖHR gGmbH;Konstanz;Seestraße 1;78462\n")) != {"unchanged": 1}
