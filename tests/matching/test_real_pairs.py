"""The floors of recognising, on real names: what is reached, and what a fit reaches on pairs it has not seen."""

import csv
import gzip
import itertools
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.matching import fitting
from wf40.matching import blocking, firms, persons
from wf40.matching.traits import FirmTraits, PersonTraits
from wf40.matching.verdicts import Band

PERSONS = "03_entity_resolution/rldata_german_persons"


@pytest.fixture(scope="module")
def gold(real_data: Path) -> tuple[list[fitting.Pair], fitting.Array]:
    return fitting.gold(real_data)


def f1(found: Iterable[Any], true: Iterable[Any]) -> float:
    found, true = set(found), set(true)
    return 2 * len(found & true) / (len(found) + len(true))


def test_firms_are_recognised_by_their_names(gold) -> None:
    pairs, truth = gold
    found = [
        i
        for i, names in enumerate(pairs)
        if firms.compare(*(firms.prepared(FirmTraits(name)) for name in names)).band is not Band.DIFFERENT
    ]
    assert f1(found, truth.nonzero()[0].tolist()) >= 0.93


def test_what_is_the_same_without_asking_is_hardly_ever_wrong(gold) -> None:
    pairs, truth = gold
    bands = [firms.compare(*(firms.prepared(FirmTraits(name)) for name in names)).band for names in pairs]
    sure = [bool(same) for band, same in zip(bands, truth, strict=True) if band is Band.SAME]
    assert len(sure) > 80
    assert sum(sure) / len(sure) > 0.95


def test_the_weights_hold_for_pairs_that_the_fit_has_not_seen(gold) -> None:
    pairs, truth = gold
    x = fitting.features(pairs)
    runs = [fitting.cross_validated(x, truth, 1.0, fitting.law(), seed) for seed in range(3)]
    assert min(runs) >= 0.90


def test_the_fit_measures_what_the_comparison_does(gold) -> None:
    pairs, truth = gold
    assert fitting.f1(fitting.features(pairs), truth, fitting.shipped()) >= 0.92


def test_renamed_firms_are_found_by_their_former_names(real_data: Path) -> None:
    rows = fitting.rows_of(real_data / fitting.HISTORY)[:2000]
    found = 0
    for row in rows:
        today = firms.prepared(FirmTraits(row["name"], former_names=(row["previous_name"],)))
        found += firms.compare(today, firms.prepared(FirmTraits(row["previous_name"]))).band is not Band.DIFFERENT
    assert found / len(rows) >= 0.98


def test_nearly_all_true_pairs_share_a_key(gold) -> None:
    pairs, truth = gold
    keys = [
        (blocking.firm_keys(FirmTraits(a)), blocking.firm_keys(FirmTraits(b)))
        for (a, b), same in zip(pairs, truth, strict=True)
        if same
    ]
    assert sum(bool(a & b) for a, b in keys) / len(keys) >= 0.97


def test_keys_leave_few_candidates_among_many_firms(real_data: Path) -> None:
    path = real_data / "02_companies_de/offeneregister/with_address_dev.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        names = [row["name"] for row in itertools.islice(csv.DictReader(file), 0, 40_000, 2)]
    holders: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        for key in blocking.firm_keys(FirmTraits(name)):
            holders[key].append(i)
    assert sum(map(len, holders.values())) / len(names) < 8
    assert max(map(len, holders.values())) < len(names) / 200
    pairs = {pair for held in holders.values() if len(held) <= 50 for pair in itertools.combinations(held, 2)}
    assert len(pairs) / len(names) < 10


@pytest.fixture(scope="module")
def people(real_data: Path) -> dict[str, PersonTraits]:
    found = {}
    for row in fitting.rows_of(real_data / PERSONS / "RLdata500.csv"):
        given, family = (
            " ".join(row[column] for column in columns if row[column] != "NA")
            for columns in (("fname_c1", "fname_c2"), ("lname_c1", "lname_c2"))
        )
        born = f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}"
        found[row["rec_id"]] = PersonTraits(given, family, born=born)
    return found


def test_persons_are_recognised(real_data: Path, people: dict[str, PersonTraits]) -> None:
    true = {frozenset(row.values()) for row in fitting.rows_of(real_data / PERSONS / "RLdata500_links.csv")}
    holders: dict[str, set[str]] = defaultdict(set)
    for number, traits in people.items():
        for key in blocking.person_keys(traits):
            holders[key].add(number)
    candidates = {frozenset(pair) for held in holders.values() for pair in itertools.combinations(sorted(held), 2)}
    ready = {number: persons.prepared(traits) for number, traits in people.items()}
    found = {
        pair for pair in candidates if persons.compare(*(ready[i] for i in sorted(pair))).band is not Band.DIFFERENT
    }
    assert f1(found, true) >= 0.97
    assert len(candidates) < 1000
