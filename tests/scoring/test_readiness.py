"""Trees of answers: missing data, follow-ups, hidden items, coverage, and what would change the result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.aggregation import Aggregation
from wf40.scoring.intervals import Interval
from wf40.scoring.readiness import costliest_answers, most_narrowing_answers, readiness
from wf40.scoring.trees import Answer, Branch, Item, Missing, items_of, score_tree

UNKNOWN, NOT_APPLICABLE = Missing.UNKNOWN, Missing.NOT_APPLICABLE


def check(rule: Aggregation = Aggregation.MEAN, scale: float = 1.0) -> Branch:
    """Two dimensions; "it" opens "it.backup" (which opens "it.restore") and "it.updates"."""
    follow_ups = (
        Item("it.backup", 3 * scale, (Item("it.restore", 2 * scale),)),
        Item("it.updates", 0.5 * scale),
    )
    return Branch(
        "check",
        (
            Branch("data", (Item("it", 2 * scale, follow_ups), Item("web", 1 * scale)), 2 * scale, rule),
            Branch("people", (Item("training", scale), Item("plan", 3 * scale)), 1 * scale, rule),
        ),
        aggregation=rule,
    )


IDS = [item.id for item in items_of(check())]
scores = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
anything = scores | st.sampled_from(Missing)
# "plan" always applies, so that there is always something to compare.
answers_of_all = st.fixed_dictionaries({}, optional=dict.fromkeys(IDS, anything) | {"plan": scores | st.just(UNKNOWN)})
rules = st.sampled_from(Aggregation)


def ends(root: Branch, answers: dict[str, Answer], hidden: frozenset[str] = frozenset()) -> Interval:
    estimate = score_tree(root, answers, hidden).estimate
    assert estimate is not None
    return estimate.interval


def hidden_by(answers: dict[str, Answer]) -> frozenset[str]:
    """The form's rule in these tests: a follow-up is shown after a full yes."""
    closed = set()
    if answers.get("it") != 1:
        closed |= {"it.backup", "it.updates", "it.restore"}
    if answers.get("it.backup") != 1:
        closed.add("it.restore")
    return frozenset(closed)


def it_group() -> Branch:
    """The question "it" with its follow-ups, alone."""
    item = next(item for item in items_of(check()) if item.id == "it")
    return Branch("group", (item,))


def test_a_check_answered_in_full_has_one_score_and_full_coverage() -> None:
    full = dict.fromkeys(IDS, 1.0)
    result = readiness(check(), full)
    assert (result.points, result.interval, result.coverage) == (100, Interval(100, 100), 1)
    assert readiness(check(), dict.fromkeys(IDS, 0.0)).points == 0
    assert [dimension.id for dimension in result.dimensions] == ["data", "people"]


def test_unanswered_is_unknown_and_never_zero() -> None:
    result = readiness(check(), {"training": 1.0}, min_coverage=0.05)
    assert result.points == 100
    assert result.interval is not None
    assert result.interval.low == pytest.approx(100 / 12)
    assert result.interval.high == 100
    assert result.coverage == pytest.approx(1 / 12)
    assert result.interval == readiness(check(), {"training": 1.0, "web": UNKNOWN}).interval


def test_below_the_minimum_coverage_there_is_an_interval_but_no_points() -> None:
    assert readiness(check(), {"training": 1.0}, min_coverage=0.7).points is None
    seven_of_ten = Branch("ten", tuple(Item(str(n)) for n in range(10)))
    answered = {str(n): 0.5 for n in range(7)}
    assert readiness(seven_of_ten, answered, min_coverage=0.7).points == 50
    with pytest.raises(ValueError, match="min_coverage"):
        readiness(check(), {}, min_coverage=70)


def test_what_does_not_apply_leaves_the_denominator() -> None:
    answers: dict[str, Answer] = {"web": 0.0, "it": NOT_APPLICABLE, "training": 1.0, "plan": NOT_APPLICABLE}
    assert readiness(check(), answers).points == pytest.approx(100 / 3)
    assert readiness(check(), answers).coverage == 1
    nothing = readiness(check(), dict.fromkeys(IDS, NOT_APPLICABLE))
    assert (nothing.points, nothing.interval) == (None, None)


def test_a_no_at_the_parent_gives_the_whole_group_zero() -> None:
    """Whatever stands in the follow-ups."""
    group = it_group()
    assert ends(group, {"it": 0.0, "it.backup": 1.0, "it.updates": 1.0}) == Interval(0, 0)
    assert ends(group, {"it": 0.0}, frozenset({"it.backup", "it.updates"})) == Interval(0, 0)


def test_opening_follow_ups_never_falls_below_a_partial_yes() -> None:
    closed = frozenset({"it.backup", "it.updates"})
    group = it_group()
    part = ends(group, {"it": 0.5}, closed)
    worst_yes = ends(group, {"it": 1.0, "it.backup": 0.0, "it.updates": 0.0})
    assert part.high <= worst_yes.low
    assert ends(group, {"it": 1.0}, closed) == Interval(1, 1)


def test_follow_ups_share_the_weight_of_their_parent() -> None:
    group = score_tree(check(), dict.fromkeys(IDS, 1.0)).children[0].children[0]
    assert group.weight == 2
    half: dict[str, Answer] = {"it": 1.0, "it.backup": 0.0, "it.updates": 0.0, "web": 0.0}
    data = score_tree(check(), half).children[0]
    assert data.estimate is not None
    assert data.estimate.value == pytest.approx((2 / 3) * (2 / 5.5))


@given(rules, answers_of_all)
def test_bounded_and_the_point_inside(rule: Aggregation, answers: dict[str, Answer]) -> None:
    result = readiness(check(rule), answers, hidden_by(answers))
    assert 0 <= result.coverage <= 1 + 1e-12
    if result.interval is None:
        return
    assert 0 <= result.interval.low <= result.interval.high <= 100
    if result.points is not None:
        assert result.interval.contains(result.points)


@given(rules, answers_of_all, st.sampled_from(IDS), scores, scores)
def test_a_better_answer_never_lowers_the_result(
    rule: Aggregation, answers: dict[str, Answer], item: str, one: float, other: float
) -> None:
    """Also where it opens or closes follow-ups, and whatever had been answered in them."""
    worse, better = {**answers, item: min(one, other)}, {**answers, item: max(one, other)}
    before = ends(check(rule), worse, hidden_by(worse))
    after = ends(check(rule), better, hidden_by(better))
    assert before.low <= after.low + 1e-9
    assert before.high <= after.high + 1e-9


@given(rules, answers_of_all, st.sampled_from(IDS), scores)
def test_answering_an_unknown_narrows_the_interval(
    rule: Aggregation, answers: dict[str, Answer], item: str, score: float
) -> None:
    unknown, known = {**answers, item: UNKNOWN}, {**answers, item: score}
    before = ends(check(rule), unknown, hidden_by(unknown))
    after = ends(check(rule), known, hidden_by(known))
    assert before.low <= after.low + 1e-9
    assert after.high <= before.high + 1e-9


@given(rules, answers_of_all, st.sets(st.sampled_from(IDS)), st.data())
def test_hidden_items_have_no_influence(
    rule: Aggregation, answers: dict[str, Answer], hidden: set[str], data: st.DataObject
) -> None:
    changed = dict(answers)
    for item in sorted(hidden):
        changed[item] = data.draw(scores | st.sampled_from(Missing))
    assert score_tree(check(rule), answers, hidden) == score_tree(check(rule), changed, hidden)


@given(answers_of_all, st.data())
def test_the_order_of_answers_does_not_matter(answers: dict[str, Answer], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert score_tree(check(), shuffled) == score_tree(check(), answers)


@given(rules, answers_of_all, st.floats(0.01, 100))
def test_scaling_all_weights_changes_nothing(rule: Aggregation, answers: dict[str, Answer], scale: float) -> None:
    plain, scaled = readiness(check(rule), answers), readiness(check(rule, scale), answers)
    assert scaled.points == pytest.approx(plain.points, abs=1e-6)
    assert scaled.coverage == pytest.approx(plain.coverage)


def test_the_answers_that_cost_most_come_first() -> None:
    answers: dict[str, Answer] = {"it": 0.0, "web": 0.5, "training": 0.0, "plan": 1.0}
    costs = costliest_answers(check(), answers, hidden_by(answers))
    assert [cost.item for cost in costs] == ["it", "web", "training"]
    assert costs[1].points == pytest.approx(100 * (2 / 3) * (1 / 3) * 0.5)
    assert costliest_answers(check(), dict.fromkeys(IDS, 1.0)) == ()


def test_the_open_question_that_would_help_most_is_named() -> None:
    answers: dict[str, Answer] = {"it": 0.0, "training": 1.0}
    helpful = most_narrowing_answers(check(), answers, hidden_by(answers))
    assert [item.item for item in helpful] == ["plan", "web"]
    assert helpful[0].points == pytest.approx(25)


def test_a_score_outside_the_scale_and_a_doubled_item_are_refused() -> None:
    with pytest.raises(ValueError, match="'web'"):
        score_tree(check(), {"web": 1.5})
    with pytest.raises(ValueError, match="'web'"):
        score_tree(check(), {"web": float("nan")})
    with pytest.raises(ValueError, match="twice"):
        Branch("double", (Item("a"), Item("b", follow_ups=(Item("a"),))))
    with pytest.raises(ValueError, match="weight"):
        Item("a", -1)
