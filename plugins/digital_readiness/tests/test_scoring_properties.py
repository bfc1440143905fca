"""What must hold for every check and every mixture of answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readiness_support import MIXED, answers_to, mixed, quick, ranked_options
from wf40_digital_readiness.checks import load_check, score_response, visible_items
from wf40_digital_readiness.checks.asking import parent_of, visibility
from wf40_digital_readiness.content import shipped_check, shipped_text

CHECKS = {"kurzcheck": shipped_check(), "mixed": mixed()}
NARROW = 1e-9
every_check = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())


def parts(result):
    return [result.total, *(dimension.score for dimension in result.dimensions)]


@every_check
@quick
@given(data=st.data())
def test_every_result_is_bounded_and_its_point_lies_in_its_interval(check, data):
    result = score_response(check, data.draw(answers_to(check)))
    for score in parts(result):
        assert 0 <= score.interval.low <= score.interval.high <= 100
        assert 0 <= score.coverage <= 1 + NARROW
        if score.value is not None:
            assert score.interval.contains(score.value)
            assert score.level in score.levels
            assert score.coverage >= check.min_coverage - NARROW
    assert all(value is None or 0 <= value <= 1 for value in result.concepts.values())


@every_check
@quick
@given(data=st.data())
def test_a_better_answer_never_lowers_any_part_of_the_result(check, data):
    answers = data.draw(answers_to(check))
    item = data.draw(st.sampled_from([item for item in check.scored_items if ranked_options(item)]))
    ranked = ranked_options(item)
    worse, better = sorted(data.draw(st.lists(st.integers(0, len(ranked) - 1), min_size=2, max_size=2)))
    low = score_response(check, {**answers, item.id: ranked[worse][0]})
    high = score_response(check, {**answers, item.id: ranked[better][0]})
    for before, after in zip(parts(low), parts(high), strict=True):
        assert after.interval.low >= before.interval.low - NARROW
        assert after.interval.high >= before.interval.high - NARROW
        if before.value is not None and after.value is not None:
            assert after.value >= before.value - NARROW
    for concept, value in low.concepts.items():
        later = high.concepts.get(concept)
        assert value is None or later is None or later >= value


@every_check
@quick
@given(data=st.data())
def test_opening_a_follow_up_is_never_worse_than_no_at_its_parent(check, data):
    answers = data.draw(answers_to(check))
    follow_up = data.draw(st.sampled_from([item for item in check.scored_items if parent_of(check, item)]))
    parent = parent_of(check, follow_up)
    worst = ranked_options(parent)[0][0]
    at_no = score_response(check, {**answers, parent.id: worst}).total
    for opening, _ in ranked_options(parent):
        for answer in [None, *(raw for raw, _ in ranked_options(follow_up))]:
            opened = {**answers, parent.id: opening, follow_up.id: answer}
            opened = {key: value for key, value in opened.items() if value is not None}
            after = score_response(check, opened).total
            assert after.interval.low >= at_no.interval.low - NARROW
            if after.value is not None and at_no.value is not None:
                assert after.value >= at_no.value - NARROW


@every_check
@quick
@given(data=st.data())
def test_the_order_of_the_answers_does_not_matter_and_same_input_gives_same_output(check, data):
    answers = data.draw(answers_to(check))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert score_response(check, shuffled) == score_response(check, answers)


@every_check
@quick
@given(data=st.data())
def test_answering_what_was_unknown_narrows_every_interval(check, data):
    answers = data.draw(answers_to(check))
    before = score_response(check, answers)
    if not before.open_items:
        return
    item = check.by_id[data.draw(st.sampled_from(before.open_items))]
    if not visibility(check, answers)[item.id]:
        return
    options = [raw for raw, _ in ranked_options(item)]
    options += [option.id for option in item.options if option.missing and item.type != "multi"]
    after = score_response(check, {**answers, item.id: data.draw(st.sampled_from(options))})
    for wide, narrow in zip(parts(before), parts(after), strict=True):
        if narrow.applicable:
            assert narrow.interval.low >= wide.interval.low - NARROW
            assert narrow.interval.high <= wide.interval.high + NARROW
    assert len(after.open_items) <= len(before.open_items)


@every_check
@quick
@given(data=st.data())
def test_what_is_stored_for_hidden_items_has_no_influence(check, data):
    answers = data.draw(answers_to(check))
    asked = {item.id for item in visible_items(check, answers)}
    only_asked = {item_id: answer for item_id, answer in answers.items() if item_id in asked}
    assert score_response(check, only_asked) == score_response(check, answers)


@quick
@given(data=st.data(), factor=st.sampled_from([2, 4, 10, 100]))
def test_scaling_all_weights_changes_nothing(data, factor):
    scaled = MIXED.replace("weight: 2, relevance", f"weight: {2 * factor}, relevance")
    scaled = scaled.replace("weight: 1, aggregate", f"weight: {factor}, aggregate")
    assert scaled.count(f"weight: {factor}, aggregate") == 2
    answers = data.draw(answers_to(CHECKS["mixed"]))
    before, after = score_response(CHECKS["mixed"], answers), score_response(mixed(scaled), answers)
    for one, other in zip(parts(before), parts(after), strict=True):
        assert other.value == pytest.approx(one.value)
        assert other.interval.low == pytest.approx(one.interval.low)
        assert other.interval.high == pytest.approx(one.interval.high)


@quick
@given(data=st.data())
def test_the_order_of_the_items_in_the_file_does_not_matter_for_the_score(data):
    text = shipped_text("kurzcheck-digital")
    head, items, tail = text.partition("items:\n")[0], *text.partition("items:\n")[2].split('\n# "from"')
    blocks = ["  - id:" + block for block in items.split("  - id:")[1:]]
    pairs = [
        blocks[0:1],
        blocks[1:2],
        blocks[2:4],
        blocks[4:5],
        blocks[5:6],
        blocks[6:7],
        blocks[7:8],
        blocks[8:10],
        blocks[10:12],
    ]
    order = data.draw(st.permutations(pairs))
    moved = head + "items:\n" + "\n".join(b.rstrip("\n") for pair in order for b in pair) + '\n\n# "from"' + tail
    answers = data.draw(answers_to(CHECKS["kurzcheck"]))
    moved_result, result = (
        score_response(load_check(moved), answers),
        score_response(CHECKS["kurzcheck"], answers),
    )
    assert parts(moved_result) == parts(result)
    assert moved_result.first_steps == result.first_steps
