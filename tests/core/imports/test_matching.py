"""Which firm a row means."""

from datetime import date
from typing import Any

import pytest

from wf40.core.firms.identities import Identities, Known
from wf40.core.firms.intake import ImportedFacts
from wf40.core.imports.marks import MOST_ROWS, Marks, packed
from wf40.core.imports.matching import Identity, Match, Seen, contradicts, match


def known(
    firm_id: int, *, form: str = "gmbh", register: tuple[str, str, str, str] = ("", "", "", ""), archived: bool = False
) -> Known:
    return Known(firm_id, form, register, "Konstanz", archived)


def facts(name: str = "Müller GmbH", number: str | None = None, **more: object) -> ImportedFacts:
    values: dict[str, object] = {"town": "Konstanz", "legal_form": "gmbh", "as_of": date(2026, 1, 1), **more}
    register = {"register_kind": "HRB", "register_number": number, "register_court": "Freiburg"} if number else {}
    return ImportedFacts(name=name, **register, **values)  # type: ignore[arg-type]


def found(**by: dict[Any, list[Any]]) -> Identities:
    result = Identities()
    for name, entries in by.items():
        getattr(result, name).update(entries)
    return result


NAME = ("mueller", "konstanz")
HRB5 = ("HRB", "5", "", "Freiburg")


def meant(row: ImportedFacts, identities: Identities) -> Match:
    return match(Identity.of(row), identities, "Liste")


def test_the_register_number_decides() -> None:
    assert meant(facts("Ganz anders", "5"), found(by_register={HRB5: [known(1, register=HRB5)]})).firm == known(
        1, register=HRB5
    )


def test_differing_register_numbers_never_match_by_name() -> None:
    assert meant(facts(number="6"), found(by_name={NAME: [known(1, register=HRB5)]})) == Match()


def test_a_name_matches_a_firm_that_has_a_register_number_when_the_row_has_none() -> None:
    assert meant(facts(), found(by_name={NAME: [known(1, register=HRB5)]})).firm is not None


def test_a_limited_partnership_and_its_general_partner_stay_two() -> None:
    assert meant(facts("Müller GmbH & Co. KG", legal_form="gmbh_co_kg"), found(by_name={NAME: [known(1)]})) == Match()


def test_two_firms_that_fit_are_left_to_a_person() -> None:
    assert meant(facts(), found(by_name={NAME: [known(1), known(2)]})).problem is not None


def test_an_archived_firm_gives_way_to_one_that_is_looked_after() -> None:
    assert meant(facts(), found(by_name={NAME: [known(1, archived=True), known(2)]})).firm == known(2)


def test_a_running_number_does_not_overwrite_another_firm() -> None:
    identities = found(by_source_key={"17": [("Liste", known(1))]}, by_name={NAME: [known(2)]})
    assert meant(facts(source_key="17"), identities).problem is not None


def test_a_corrected_register_number_is_found_by_key_name_and_town() -> None:
    stored = known(1, register=HRB5)
    identities = found(by_source_key={"K17": [("Alte Liste", stored)]}, by_name={NAME: [stored]})
    assert meant(facts(number="6", source_key="K17"), identities).firm == stored


def test_a_shared_vat_id_joins_no_two_register_entries() -> None:
    identities = found(by_vat_id={"DE123456789": [known(1, register=HRB5)]})
    assert meant(facts("Tochter GmbH", "6", vat_id="DE123456789"), identities) == Match()
    assert meant(facts("Umbenannt GmbH", vat_id="DE123456789"), identities).firm is not None


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (HRB5, False), (("HRB", "5", "", ""), False), (("", "", "", "Ulm"), False), (("", "5", "", ""), False),
        (("HRB", "6", "", "Freiburg"), True), (("HRA", "5", "", "Freiburg"), True), (("HRB", "5", "KN", "Freiburg"), True),
        (("HRB", "5", "", "Ulm"), True),
    ],
)  # fmt: skip
def test_unknown_parts_of_a_register_entry_contradict_nothing(other: tuple[str, str, str, str], expected: bool) -> None:
    assert contradicts(HRB5, other) is contradicts(other, HRB5) is expected


def test_a_second_row_is_found_by_any_of_its_marks_and_a_batch_can_be_forgotten() -> None:
    first = Identity.of(facts(number="5", former_names=("Alt GmbH",)))
    seen = Seen(lambda rows: dict.fromkeys(rows, first))
    seen.add(2, first)
    for settled in (False, True):
        if settled:
            seen.settle()
        for said, expected in ((facts("Ganz anders", "5"), 2), (facts("Alt GmbH"), 2), (facts(number="6"), None)):
            identity = Identity.of(said)
            seen.foresee([identity])
            assert seen.earlier(identity) == expected
    seen.add(3, Identity.of(facts("Neu GmbH")))
    seen.forget()
    neu, known = Identity.of(facts("Neu GmbH")), Identity.of(facts())
    seen.foresee([neu, known])
    assert seen.earlier(neu) is None
    assert seen.earlier(known) == 2
    assert seen.earlier(known, before=2) is None


def test_marks_find_their_rows_however_many_there_are_and_survive_storing() -> None:
    marks = Marks((hash((n % 20_000, "x")), n) for n in range(1, 60_001))
    again = Marks()
    again.take(packed(marks))
    for table in (marks, again):
        assert table.rows(hash((7, "x"))) == [7, 20_007, 40_007]
        assert table.rows(hash("never")) == []
    assert marks.count == again.count == 60_000


def test_a_mark_that_everybody_bears_costs_no_more_than_others() -> None:
    marks = Marks((4711, n) for n in range(1, 100_001))
    assert len(marks.rows(4711)) == MOST_ROWS
