"""The engine against published composite indicators: facts, formulas and results of others, with their source.

The facts were entered without the reports at hand; only the results of the TAI were compared with a printed list (two
decimals, all but Sweden and Japan). That every result comes out within 0.001 supports the rest. Whoever has the reports
is asked to compare.
"""

import pytest

from wf40.scoring.aggregation import Aggregation, aggregate
from wf40.scoring.normalisation import Goalposts, min_max
from wf40.scoring.trees import Branch, Item, score_tree

# Technology Achievement Index. Source: UNDP, Human Development Report 2001, table A2.1 and technical note 2
# (goalposts); the index and these indicators are the running example of OECD/JRC, Handbook on Constructing Composite
# Indicators (2008). Telephones and electricity enter as logarithms and are capped at the OECD average.
TAI_GOALPOSTS = {
    "patents": Goalposts(0, 994),
    "royalties": Goalposts(0, 272.6),
    "internet": Goalposts(0, 232.4),
    "exports": Goalposts(0, 80.8),
    "telephones": Goalposts(1, 901, logarithmic=True),
    "electricity": Goalposts(22, 6969, logarithmic=True),
    "schooling": Goalposts(0.8, 12.0),
    "university": Goalposts(0.1, 27.4),
}
TAI = Branch(
    "tai",
    (
        Branch("creation", (Item("patents"), Item("royalties"))),
        Branch("recent innovations", (Item("internet"), Item("exports"))),
        Branch("old innovations", (Item("telephones"), Item("electricity"))),
        Branch("human skills", (Item("schooling"), Item("university"))),
    ),
)
TAI_COUNTRIES = [
    ("Finland", (187, 125.6, 200.2, 50.7, 1203, 14129, 10.0, 27.4), 0.744),
    ("United States", (289, 130.0, 179.1, 66.2, 993, 11832, 12.0, 13.9), 0.733),
    ("Sweden", (271, 156.6, 125.8, 59.7, 1247, 13955, 11.4, 15.3), 0.703),
    ("Japan", (994, 64.6, 49.0, 80.8, 1007, 7322, 9.5, 10.0), 0.698),
    ("Germany", (235, 36.8, 41.2, 64.2, 874, 5681, 10.2, 14.4), 0.583),
    ("New Zealand", (103, 13.0, 146.7, 15.4, 720, 8215, 11.7, 13.1), 0.548),
]


@pytest.mark.parametrize(("country", "facts", "published"), TAI_COUNTRIES, ids=lambda part: str(part)[:14])
def test_technology_achievement_index(country: str, facts: tuple[float, ...], published: float) -> None:
    answers = {name: min_max(fact, posts) for (name, posts), fact in zip(TAI_GOALPOSTS.items(), facts, strict=True)}
    estimate = score_tree(TAI, answers).estimate
    assert estimate is not None
    assert estimate.interval.width == 0
    # The facts are published to one decimal, the index was computed from unrounded ones.
    assert estimate.value == pytest.approx(published, abs=0.001), country


# Human Development Index 2021. Source: UNDP, Human Development Report 2021/22, statistical annex table 1 and
# technical note 1: goalposts 20-85 years, 0-18 and 0-15 years of schooling, 100-75,000 dollars (logarithm);
# education is an arithmetic mean, the index a geometric one.
HDI = Branch(
    "hdi",
    (
        Item("life expectancy"),
        Branch("education", (Item("expected schooling"), Item("mean schooling"))),
        Item("income"),
    ),
    aggregation=Aggregation.GMEAN,
)
HDI_GOALPOSTS = {
    "life expectancy": Goalposts(20, 85),
    "expected schooling": Goalposts(0, 18),
    "mean schooling": Goalposts(0, 15),
    "income": Goalposts(100, 75_000, logarithmic=True),
}
HDI_COUNTRIES = [
    ("Switzerland", (84.0, 16.5, 13.9, 66_933), 0.962),
    ("Norway", (83.2, 18.2, 13.0, 64_660), 0.961),
    ("Germany", (80.6, 17.0, 14.1, 54_534), 0.942),
    ("Niger", (61.6, 7.0, 2.1, 1_240), 0.400),
    ("South Sudan", (55.0, 5.5, 5.7, 768), 0.385),
]


@pytest.mark.parametrize(("country", "facts", "published"), HDI_COUNTRIES, ids=lambda part: str(part)[:14])
def test_human_development_index(country: str, facts: tuple[float, ...], published: float) -> None:
    answers = {name: min_max(fact, posts) for (name, posts), fact in zip(HDI_GOALPOSTS.items(), facts, strict=True)}
    estimate = score_tree(HDI, answers).estimate
    assert estimate is not None
    assert estimate.value == pytest.approx(published, abs=0.001), country


def test_the_handbook_s_example_of_what_a_mean_lets_one_pay_for() -> None:
    """Handbook (2008), step 6: 21, 1, 1, 1 and 6, 6, 6, 6 are equal by sum, 2.14 and 6 by geometric mean."""
    uneven, even = [21.0, 1, 1, 1], [6.0, 6, 6, 6]
    assert aggregate(Aggregation.MEAN, uneven) == aggregate(Aggregation.MEAN, even) == 6
    assert round(aggregate(Aggregation.GMEAN, uneven), 2) == 2.14
    assert aggregate(Aggregation.GMEAN, even) == 6
    assert aggregate(Aggregation.MIN, uneven) == 1


# IMPULS Industrie 4.0 readiness. Source: VDMA IMPULS-Stiftung, Industrie 4.0-Readiness (2015): six dimensions with
# published weights, the lowest question deciding inside a dimension, levels 0 to 5.
IMPULS_WEIGHTS = {
    "strategy": 25,
    "products": 19,
    "factory": 14,
    "services": 14,
    "operations": 10,
    "employees": 18,
}


def test_impuls_weights_with_the_minimum_rule_inside_a_dimension() -> None:
    model = Branch(
        "impuls",
        tuple(
            Branch(name, (Item(f"{name}.1"), Item(f"{name}.2")), weight, Aggregation.MIN)
            for name, weight in IMPULS_WEIGHTS.items()
        ),
    )
    levels = {f"{name}.{n}": level / 5 for name in IMPULS_WEIGHTS for n, level in ((1, 5), (2, 3))}
    estimate = score_tree(model, levels | {"strategy.2": 0.0}).estimate
    assert estimate is not None
    assert estimate.value is not None
    assert 5 * estimate.value == pytest.approx(3 * 0.75)
