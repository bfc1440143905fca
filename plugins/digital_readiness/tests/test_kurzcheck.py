"""The shipped Kurzcheck counts like Eurostat and speaks both languages."""

import re

import pytest
from readiness_support import mixed
from wf40_digital_readiness.checks import AnswerError, Missing, score_response, visible_items
from wf40_digital_readiness.content import shipped_measures, shipped_text

FOLLOW_UPS = {"cloud.core", "visibility.several", "sales.consumers"}


def answers_meeting(check, count):
    """Full answers of which exactly `count` conditions are met; follow-ups come last."""
    order = [item.id for item in check.items if item.id not in FOLLOW_UPS] + sorted(FOLLOW_UPS)
    return {item_id: "yes" if place < count else "no" for place, item_id in enumerate(order)}


@pytest.mark.parametrize(
    ("met", "level"),
    [
        (0, "very_low"),
        (3, "very_low"),
        (4, "low"),
        (6, "low"),
        (7, "high"),
        (9, "high"),
        (10, "very_high"),
        (12, "very_high"),
    ],
)
def test_met_conditions_decide_score_and_level(kurzcheck, met, level):
    result = score_response(kurzcheck, answers_meeting(kurzcheck, met))
    assert result.total.value == pytest.approx(met / 12 * 100)
    assert result.total.level.id == level
    assert (result.met.met, result.met.conditions, result.met.level.id) == (met, 12, level)
    assert result.total.coverage == pytest.approx(1)


def test_a_firm_that_says_no_to_everything_is_not_asked_the_follow_ups(kurzcheck):
    answers = {item.id: "no" for item in kurzcheck.items}
    assert {item.id for item in visible_items(kurzcheck, answers)} == {i.id for i in kurzcheck.items} - FOLLOW_UPS
    assert score_response(kurzcheck, answers).open_items == ()


def test_partly_counts_like_no_but_its_first_step_comes_later(kurzcheck):
    answers = {item.id: "no" for item in kurzcheck.items} | {"access.bandwidth": "part"}
    result = score_response(kurzcheck, answers)
    assert result.total.value == 0
    steps = [step.measure for step in result.first_steps]
    assert steps[:3] == ["mobile-devices", "connected-software", "cloud-start"]
    assert steps[-1] == "broadband"


def test_what_the_firm_calls_important_comes_first_and_moves_no_score():
    check = mixed()
    answers = {"it.exists": "no", "skills": "no", "training": 0}
    plain = score_response(check, answers)
    pulled = score_response(check, answers | {"relevance.tech": "low"})
    assert [step.measure for step in plain.first_steps] == ["learn", "get-it"]
    assert [step.measure for step in score_response(check, answers | {"relevance.tech": "high"}).first_steps] == [
        "get-it",
        "learn",
    ]
    assert pulled.total == plain.total


def test_not_applicable_leaves_the_denominator_but_not_the_official_count(kurzcheck):
    answers = answers_meeting(kurzcheck, 9) | {"sales.online": "na", "sales.consumers": "yes"}
    result = score_response(kurzcheck, answers)
    assert result.met.not_applicable == 2
    assert result.total.value == pytest.approx(8 / 10 * 100)
    assert result.met.level.id == "high"
    assert "wf:online-orders@1" not in result.concepts


def test_too_many_unknown_answers_give_an_interval_and_no_point(kurzcheck):
    answers = {item.id: "dk" for item in kurzcheck.items} | {"access.staff": "yes"}
    result = score_response(kurzcheck, answers)
    assert result.total.value is None
    assert result.total.level is None
    assert result.total.interval.low == pytest.approx(100 / 12)
    assert result.total.interval.high == 100
    assert [band.id for band in result.total.levels] == ["very_low", "low", "high", "very_high"]
    assert result.concepts["wf:cloud@1"] is None


def test_an_empty_form_is_never_zero(kurzcheck):
    total = score_response(kurzcheck, {}).total
    assert (total.value, total.interval.low, total.interval.high, total.coverage) == (None, 0, 100, 0)


def test_readiness_of_the_concepts_agrees_with_the_result(kurzcheck):
    result = score_response(kurzcheck, answers_meeting(kurzcheck, 7))
    assert len(result.concepts) == 12
    assert 100 * sum(result.concepts.values()) / 12 == pytest.approx(result.total.value)


def test_items_are_numbered_one_to_twelve_in_six_even_dimensions(kurzcheck):
    assert [item.number for item in kurzcheck.items] == list(range(1, 13))
    assert {len(kurzcheck.items_of(dimension.id)) for dimension in kurzcheck.dimensions} == {2}
    assert len({item.concept for item in kurzcheck.items}) == 12


def test_every_item_can_be_answered_with_dont_know_and_calls_for_a_measure(kurzcheck):
    for item in kurzcheck.items:
        assert any(option.missing is Missing.UNKNOWN for option in item.options), item.id
        assert {advice.measure for advice in item.advice} <= shipped_measures().keys()
        assert item.advice
        assert item.help


def test_every_shipped_measure_is_advised_by_some_item(kurzcheck):
    assert {a.measure for item in kurzcheck.items for a in item.advice} == set(shipped_measures())


def test_the_version_of_the_index_is_named_with_its_limits(kurzcheck):
    assert "Version 3" in kurzcheck.source.title["de"]
    assert "2023" in kurzcheck.source.title["en"]
    assert "ab 10 Beschäftigten" in kurzcheck.source.note["de"]


@pytest.mark.parametrize("name", ["kurzcheck-digital", "measures"])
def test_shipped_texts_use_plain_words_and_short_sentences(name):
    text = shipped_text(name)
    for word in ("Kunde", "Lead", "Deal", "Betreuer", "TODO"):
        assert word not in text
    for german in re.findall(r'de: "([^"]+)"', text):
        for sentence in re.split(r"(?<=[.!?:]) ", german):
            assert len(sentence.split()) <= 30, sentence


def test_it_takes_about_five_minutes_to_read_and_answer(kurzcheck):
    words = 0
    for item in kurzcheck.items:
        texts = [item.text, item.help, *(option.text for option in item.options)]
        words += sum(len(text["de"].split()) for text in texts)
    # 200 words a minute for slow careful reading, and ten seconds a question to decide.
    assert words / 200 + len(kurzcheck.items) * 10 / 60 <= 5


@pytest.mark.parametrize("answers", [{"access.staff": "maybe"}, {"nowhere": "yes"}, {"access.staff": ["yes"]}])
def test_answers_from_another_check_are_refused(kurzcheck, answers):
    with pytest.raises(AnswerError):
        score_response(kurzcheck, answers)
