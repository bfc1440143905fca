"""Results worked out by hand, and conditions one by one."""

import pytest
from readiness_support import MIXED, mixed
from wf40_digital_readiness.checks import (
    CheckFileError,
    examine_check,
    load_check,
    score_response,
    visible_items,
)
from wf40_digital_readiness.checks.conditions import Given, holds, items_in, read_condition

FULL = {
    "producer": "yes", "robots": "no", "it.exists": "yes", "it.backup": "2", "it.restore": "yes",
    "training": 3, "skills": "yes", "sources": ["a"], "quality": "yes",
}  # fmt: skip


def by_dimension(result):
    return {score.dimension.id: score.score.value for score in result.dimensions}


def test_weights_follow_ups_minimum_and_geometric_mean_worked_by_hand():
    """Technik is 0.65625: a group of 0.875 (shares 1, 1, 2) weighs 3, robots 0 weigh 1. Menschen is the smaller of 0.5
    and 1, Daten the root of 0.4. The total weighs them 2, 1, 1.
    """
    result = score_response(mixed(), FULL)
    assert by_dimension(result) == pytest.approx({"tech": 65.625, "people": 50, "data": 63.2455532})
    assert result.total.value == pytest.approx(61.12388830)
    assert result.total.level.id == "advanced"
    assert result.total.coverage == 1


def test_a_chain_of_follow_ups_behind_a_no_is_known_and_zero():
    result = score_response(mixed(), FULL | {"it.exists": "no"})
    assert by_dimension(result)["tech"] == 0
    assert result.open_items == ()
    assert result.total.coverage == 1


def test_a_filter_leaves_what_it_hides_out_of_the_denominator():
    result = score_response(mixed(), FULL | {"producer": "no"})
    assert by_dimension(result)["tech"] == pytest.approx(87.5)
    assert result.met.not_applicable == 1


def test_not_knowing_the_parent_leaves_the_whole_group_open():
    result = score_response(mixed(), FULL | {"it.exists": "dk", "producer": "no"})
    tech = result.dimensions[0].score
    assert (tech.value, tech.interval.low, tech.interval.high, tech.coverage) == (None, 0, 100, 0)
    assert result.open_items == ("it.exists", "it.backup", "it.restore")


def test_a_dimension_that_does_not_apply_leaves_the_total():
    result = score_response(mixed(), FULL | {"producer": "no", "it.exists": "na"})
    assert result.dimensions[0].score.applicable is False
    assert result.total.value == pytest.approx((50 + 63.2455532) / 2)


def test_official_level_counts_not_applicable_as_not_met(kurzcheck):
    answers = {item.id: "no" for item in kurzcheck.items} | {"sales.online": "na"}
    answers |= dict.fromkeys(
        ["access.staff", "access.bandwidth", "cloud.use", "cloud.core", "processes.erp", "data.ai"], "yes"
    )
    result = score_response(kurzcheck, answers)
    assert (result.total.level.id, result.met.level.id) == ("high", "low")


def test_advice_applies_below_its_limit_and_not_at_it():
    exactly = MIXED.replace("{if_below: 1, measure: get-it}", "{if_below: 0.6, measure: get-it}")
    assert [s.measure for s in score_response(load_check(exactly), {"it.exists": "part"}).first_steps] == []
    assert [s.measure for s in score_response(mixed(), {"it.exists": "part"}).first_steps] == ["get-it"]


def test_a_follow_up_may_not_hang_on_a_question_with_several_answers():
    text = MIXED.replace(
        "{id: quality, number: 9, dimension: data, type: tristate,",
        "{id: quality, number: 9, dimension: data, type: tristate, show_if: {item: sources, op: eq, value: b},",
    )
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "id: quality" in words)
    assert [(f.code, f.line) for f in examine_check(text)[1]] == [("follow-up", line)]
    with pytest.raises(CheckFileError, match=f"Zeile {line}: .quality. darf nur von einer Frage"):
        load_check(text)


def test_visible_items_grow_with_the_answers():
    shown = [item.id for item in visible_items(mixed(), {})]
    assert "it.backup" not in shown
    shown = [item.id for item in visible_items(mixed(), {"it.exists": "part", "it.backup": "3"})]
    assert {"it.backup", "it.restore"} <= set(shown)
    assert "robots" not in shown


NONE, DK, HIDDEN = Given(), Given(("dk",), unknown=True), Given(("yes",), hidden=True)


@pytest.mark.parametrize(
    ("op", "value", "given", "expected"),
    [
        ("eq", "yes", Given(("yes",)), True),
        ("eq", "yes", Given(("no",)), False),
        ("eq", "yes", NONE, None),
        ("eq", "yes", DK, None),
        ("eq", "dk", DK, True),
        ("ne", "yes", DK, None),
        ("ne", "yes", Given(("no",)), True),
        ("ne", "yes", HIDDEN, False),
        ("in", ["a", "b"], Given(("c", "b")), True),
        ("in", ["a", "b"], Given(("c",)), False),
        ("lt", 5, Given((4,)), True),
        ("lt", 5, Given((5,)), False),
        ("le", 5, Given((5,)), True),
        ("gt", 5, Given((5,)), False),
        ("ge", 5, Given(("5",)), True),
        ("ge", 5, DK, None),
        ("ge", 5, Given(("word",)), False),
        ("answered", None, DK, True),
        ("answered", None, NONE, False),
        ("answered", None, HIDDEN, False),
    ],
)
def test_each_comparison(op, value, given, expected):
    data = {"item": "x", "op": op} | ({} if value is None else {"value": value})
    assert holds(read_condition(data), {"x": given}.__getitem__) is expected


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        ("all", "TT", True), ("all", "TF", False), ("all", "T?", None), ("all", "F?", False),
        ("any", "FF", False), ("any", "TF", True), ("any", "F?", None), ("any", "T?", True),
    ],
)  # fmt: skip
def test_all_any_and_not_know_what_cannot_be_told_yet(kind, parts, expected):
    known = {"T": Given(("yes",)), "F": Given(("no",)), "?": NONE}
    data = {kind: [{"item": part, "op": "eq", "value": "yes"} for part in parts]}
    assert holds(read_condition(data), known.__getitem__) is expected
    opposite = None if expected is None else not expected
    assert holds(read_condition({"not": data}), known.__getitem__) is opposite
    assert items_in(read_condition(data)) == tuple(dict.fromkeys(parts))
