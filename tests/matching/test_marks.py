"""Marks bring together whatever a comparison calls one, and nothing is read that cannot be."""

import csv
import itertools
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.matching import marks
from wf40.matching.blocking import firm_keys
from wf40.matching.firms import compare, prepared
from wf40.matching.traits import NO_REGISTER, FirmTraits
from wf40.matching.verdicts import Band


@pytest.fixture(scope="module")
def town(real_data: Path) -> list[FirmTraits]:
    path = real_data / "02_companies_de/offeneregister/town_konstanz.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [_traits(row) for row in csv.DictReader(file)]


def _traits(row: dict[str, str]) -> FirmTraits:
    street, _, place = row["registered_address"].rstrip(".").partition(", ")
    return FirmTraits(
        row["name"],
        former_names=(row["previous_names"],) if row["previous_names"] else (),
        register=(row["register_type"], row["register_number"], row["register_suffix"], row["registrar"]),
        street=street,
        postcode=place[:5],
        town=row["registered_office"],
    )


class Stored:
    """Firms and their marks; does what the look-up in the database does."""

    def __init__(self, firms: list[FirmTraits]) -> None:
        self.marks = [marks.marks_of(prepared(firm)) for firm in firms]
        self._by_first: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for i, some in enumerate(self.marks):
            for mark in some:
                for first in {mark & ~marks.WIDTH, mark & ~marks.ANY_COURT}:
                    self._by_first[first].append((mark, i))

    def met(self, own: set[int]) -> set[int]:
        """Return the firms that may be one with the firm of the marks."""
        wanted = marks.search(own)
        holders = {}
        for first in wanted.narrow:
            holders[first] = [(m, i) for m, i in self._by_first[first] if first <= m <= first + marks.WIDTH]
        for first in wanted.wide:
            holders[first] = self._by_first[first]
        for mark in wanted.apart:
            near = self._by_first[mark & ~marks.WIDTH]
            holders[mark] = [(m, i) for m, i in near if m >> 16 == mark >> 16 and m & 0xFFF in (0, mark & 0xFFF)]
        found, unsure = marks.meeting(own, holders)
        return {*found, *(i for i in unsure if marks.share_a_name(own, self.marks[i]))}


def _as_others_write_it(firm: FirmTraits) -> list[FirmTraits]:
    """Return the firm as it stands in other lists: without number, shorter, with another court's spelling, renamed."""
    kind, number, suffix, court = firm.register
    return [
        replace(firm, register=NO_REGISTER, former_names=()),
        replace(firm, register=(kind, number, suffix, ""), street="", postcode=""),
        replace(firm, register=(kind, "00" + number, suffix, f"AG {court} im Breisgau"), former_names=()),
        replace(
            firm, name=firm.name.upper().replace("GMBH", "Gesellschaft mit beschränkter Haftung"), register=NO_REGISTER
        ),
        replace(
            firm, name=firm.name.replace("-", " ").replace("ü", "ue"), register=(kind, number + "1", suffix, court)
        ),
        replace(firm, name="Ganz Neuer Name GmbH", former_names=(firm.name,), register=NO_REGISTER),
        replace(firm, name=firm.name[:6] + firm.name[7:], register=NO_REGISTER),
        replace(firm, name="Ganz Neuer Name GmbH", former_names=()),
    ]


def test_no_firm_that_a_comparison_calls_one_is_left_out(town: list[FirmTraits]) -> None:
    found, some = 0, town[::4]
    for firm in some:
        here = Stored([firm])
        for other in _as_others_write_it(firm):
            one, two = prepared(firm), prepared(other)
            if compare(one, two).band is Band.SAME and firm_keys(firm) & firm_keys(other):
                found += 1
                assert here.met(marks.marks_of(two)), other
                assert Stored([other]).met(here.marks[0]), other
    assert found > 4 * len(some)


def test_marks_lose_no_pair_that_shares_a_key(town: list[FirmTraits]) -> None:
    keys: dict[str, list[int]] = defaultdict(list)
    for i, firm in enumerate(town):
        for key in firm_keys(firm):
            keys[key].append(i)
    ready = [prepared(firm) for firm in town]
    pairs = {pair for held in keys.values() for pair in itertools.combinations(held, 2)}
    alike = {(a, b) for a, b in pairs if compare(ready[a], ready[b]).band is not Band.DIFFERENT}
    stored = Stored(town)
    assert alike
    assert alike <= {(a, b) for a, _b in alike for b in stored.met(stored.marks[a]) if a < b}


def test_firms_with_other_register_numbers_are_not_even_read(town: list[FirmTraits]) -> None:
    stored = Stored(town)
    met = sum(len(stored.met(own)) - 1 for own in stored.marks)
    without = Stored([replace(firm, register=NO_REGISTER) for firm in town])
    assert 5 * met < len(town) < sum(len(without.met(own)) - 1 for own in without.marks)


def test_the_number_of_another_court_is_another_key() -> None:
    here, there, unknown = (FirmTraits("A", register=("HRB", "12", "", court)) for court in ("Konstanz", "Ulm", ""))
    others = Stored([replace(one, name="B") for one in (here, there, unknown)])
    assert others.met(marks.marks_of(prepared(here))) == {0, 2}
    assert others.met(marks.marks_of(prepared(unknown))) == {0, 1, 2}


names = st.sampled_from(
    ["Kranz Metallbau GmbH", "Kranz GmbH", "Metallbau Kranz", "Vollmer Optik e.K.", "Seehas & Sohn"]
)
registers = st.sampled_from(
    [NO_REGISTER, ("HRB", "12", "", "Konstanz"), ("HRB", "12", "", ""), ("HRB", "77", "", "Ulm"), ("HRA", "12", "", "")]
)
firms = st.builds(
    FirmTraits,
    names,
    register=registers,
    street=st.sampled_from(["", "Seestraße 5", "Hauptstr. 7"]),
    postcode=st.sampled_from(["", "78462"]),
    phone=st.sampled_from(["", "07531 900100", "07531 900200"]),
    email=st.sampled_from(["", "info@kranz.example", "post@vollmer.example"]),
    vat_id=st.sampled_from(["", "DE123456789", "DE987654321"]),
)


@given(firms, firms)
def test_meeting_is_mutual_and_finds_whatever_is_one(a: FirmTraits, b: FirmTraits) -> None:
    one, two = Stored([a]), Stored([b])
    there, back = one.met(two.marks[0]), two.met(one.marks[0])
    assert there == back
    if compare(prepared(a), prepared(b)).band is Band.SAME:
        assert there


@given(firms)
def test_marks_fit_a_column_of_64_bits(firm: FirmTraits) -> None:
    assert all(-(2**63) <= mark < 2**63 for mark in marks.marks_of(prepared(firm)))
