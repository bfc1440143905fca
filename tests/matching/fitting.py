"""Fits the weights of the name comparison anew and measures them on pairs that the fit has not seen.

``python tests/matching/fitting.py`` prints the figures of docs/decisions/012-recognising-firms.md. The folder of the real
data is taken from ``WF40_REAL_DATA``.
"""

import csv
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from wf40.matching import naming
from wf40.matching.firms import FORM_DIFFERS, PRIOR
from wf40.matching.likeness import likeness
from wf40.matching.names import search_key
from wf40.matching.vocabulary import FAMILY_OF_FORM
from wf40.matching.words import words_of

Array = NDArray[np.float64]
Pair = tuple[str, str]

GOLD = "03_entity_resolution/berlin_grant_recipients/gold_pairs_dev.csv"
LINKS = "03_entity_resolution/berlin_grant_recipients/link_to_offeneregister_dev.csv"
HISTORY = "03_entity_resolution/offeneregister_name_history/pairs_dev.csv"
REGISTER = "02_companies_de/offeneregister/sample_20k.csv"

# Each weight with the sign that it may have, and the unit in which the ridge measures it.
FEATURES = {
    "prior": (0, 1.0), "shared": (1, 10.0), "conflict": (-1, 10.0), "clash": (-1, 0.5), "extra": (-1, 10.0),
    "tail": (-1, 10.0), "first": (1, 0.5), "equal": (1, 0.5), "whole": (1, 0.5), "numbers differ": (-1, 0.5),
    "lone years": (-1, 0.5), "lone counts": (-1, 0.5), "form near": (-1, 0.5), "form differs": (-1, 0.5),
    "form missing": (-1, 0.5),
}  # fmt: skip
SIGNS = np.array([sign for sign, _ in FEATURES.values()], float)
UNITS = np.array([unit for _, unit in FEATURES.values()], float)
FORM = list(FEATURES).index("form differs")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gold(folder: Path) -> tuple[list[Pair], Array]:
    rows = [row for row in rows_of(folder / GOLD) if row["label"] in {"match", "non_match"}]
    return [(row["name_a"], row["name_b"]) for row in rows], np.array([row["label"] == "match" for row in rows], float)


def register_pairs(folder: Path) -> tuple[list[Pair], Array]:
    """Return pairs that have nothing to do with the gold pairs' labels: renamed firms, and firms with like names."""
    chance = random.Random(1)
    alike = [row for row in rows_of(folder / HISTORY) if max(float(row["ratio"]), float(row["token_set_ratio"])) >= 85]
    same = [(row["name"], row["previous_name"]) for row in chance.sample(alike, 700)]
    same += [
        (row["grant_name"], row["official_name"])
        for row in rows_of(folder / LINKS)
        if row["label"] == "match" and row["grant_name"] != row["official_name"]
    ]
    names = [row["name"] for row in chance.sample(rows_of(folder / REGISTER), 4000)]
    keys = [search_key(name) for name in names]
    other: list[Pair] = []
    for start in range(0, len(names), 500):
        near = process.cdist(keys[start : start + 500], keys, scorer=fuzz.token_set_ratio, score_cutoff=78)
        other += [
            (names[i + start], names[j])
            for i, j in zip(*np.nonzero(near), strict=True)
            if i + start < j and names[i + start] != names[j]
        ]
    other = chance.sample(other, 2400)
    return same + other, np.array([1.0] * len(same) + [0.0] * len(other))


def features(pairs: Sequence[Pair]) -> Array:
    return np.array([list(_features(*pair)) for pair in pairs], float)


def _features(one: str, two: str) -> Iterator[float]:
    a, b = words_of(one), words_of(two)
    found = likeness(a, b)
    yield 1
    yield min(found.shared, naming.SHARED_MOST)
    yield min(found.conflict, naming.CONFLICT_MOST)
    yield found.conflict > 0
    yield 0 if found.equal or found.whole else min(found.extra, naming.EXTRA_MOST)
    yield 0 if found.equal or found.whole else min(found.tail, naming.EXTRA_MOST)
    yield found.first
    yield found.equal
    yield found.whole
    yield found.numbers < 0
    yield found.years
    yield found.counts
    near = FAMILY_OF_FORM.get(a.form) == FAMILY_OF_FORM.get(b.form)
    both = bool(a.form and b.form and a.form != b.form)
    yield both and near
    yield both and not near
    yield (a.form == "") != (b.form == "")


def fit(x: Array, y: Array, ridge: float, start: Array | None = None) -> Array:
    """Return weights (natural logarithm) of a logistic fit near ``start``; one with a wrong sign is left out."""
    units = x / UNITS
    origin = np.zeros(x.shape[1]) if start is None else start * UNITS
    free = np.ones(x.shape[1], bool)
    while True:
        weights = np.where(free, origin, 0.0)
        weights[free] = _newton(units[:, free], y, ridge * _pull()[free], weights[free])
        wrong = free & (weights * SIGNS < 0)
        if not wrong.any():
            fitted: Array = weights / UNITS
            return fitted
        free &= ~wrong


def _pull() -> Array:
    """Return how hard the ridge pulls: hardly at the prior, hard at what the law says of legal forms."""
    pull = np.ones(len(FEATURES))
    pull[0], pull[FORM] = 0.01, 20.0
    return pull


def _newton(x: Array, y: Array, ridge: Array, origin: Array) -> Array:
    weights: Array = origin.copy()
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (p - y) + ridge * (weights - origin)
        bend = (x.T * (p * (1 - p))) @ x + np.diag(ridge + 1e-6)
        step = np.linalg.solve(bend, slope)
        longest = float(np.abs(step).max())
        weights -= step * min(1.0, 3.0 / max(longest, 1e-12))
        if longest < 1e-6:
            break
    return weights


def f1(x: Array, y: Array, weights: Array) -> float:
    return f1_of(x @ weights >= 0, y > 0)


def f1_of(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (found & true).sum() / (found.sum() + true.sum()))


def cross_validated(x: Array, y: Array, ridge: float, start: Array, seed: int, folds: int = 10) -> float:
    """Return the F1 of predictions for pairs that the fit has not seen."""
    order = np.random.default_rng(seed).permutation(len(y))
    found = np.zeros(len(y), bool)
    for k in range(folds):
        held_out = order[k::folds]
        rest = np.setdiff1d(order, held_out)
        found[held_out] = x[held_out] @ fit(x[rest], y[rest], ridge, start) >= 0
    return f1_of(found, y > 0)


def law() -> Array:
    """Return the start of every fit: nothing known but that some legal forms exclude each other."""
    start = np.zeros(len(FEATURES))
    start[FORM] = FORM_DIFFERS.weight * np.log(2)
    return start


def shipped() -> Array:
    n = naming
    bits = [
        PRIOR, n.SHARED, n.CONFLICT, n.CLASH, n.EXTRA, n.TAIL, n.FIRST, n.EQUAL, n.WHOLE, n.NUMBERS_DIFFER, n.LONE_YEAR,
        n.LONE_COUNT, -0.1, FORM_DIFFERS.weight, 0.0,
    ]  # fmt: skip
    weights: Array = np.array(bits) * np.log(2)
    return weights


def main() -> None:
    folder = Path(os.environ["WF40_REAL_DATA"])
    pairs, y = gold(folder)
    x = features(pairs)
    others, other_y = register_pairs(folder)
    other_x = features(others)
    apart = fit(other_x, other_y, 1.0, law())
    plain = np.array([fuzz.token_set_ratio(search_key(a), search_key(b)) for a, b in pairs])
    best = max(f1_of(plain >= cut, y > 0) for cut in range(50, 101))
    print(f"token-set ratio, best threshold    {best:.3f}")
    print(f"fitted on register names only      {f1(x, y, apart):.3f}")
    for name, start in (("gold pairs only", law()), ("register names first", apart)):
        runs = [cross_validated(x, y, 4.0 if start is apart else 1.0, start, seed) for seed in range(10)]
        print(f"10-fold, {name:<24}  {np.mean(runs):.3f} ({min(runs):.3f} to {max(runs):.3f})")
    print(f"shipped weights                    {f1(x, y, shipped()):.3f}")
    fitted = fit(x, y, 4.0, apart) / np.log(2)
    for name, a, b, c in zip(FEATURES, apart / np.log(2), fitted, shipped() / np.log(2), strict=True):
        print(f"  {name:<16}{a:8.2f}{b:8.2f}{c:8.2f}")


if __name__ == "__main__":
    main()
