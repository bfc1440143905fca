"""A mixed check that uses every part of the format, and generated answers for any check."""

from hypothesis import settings
from hypothesis import strategies as st
from wf40_digital_readiness.checks import Check, ItemType, load_check

quick = settings(max_examples=60, deadline=None)

MIXED = """\
check: mixed
version: 2.1.0
languages: [de, en]
title: {de: "Gemischt", en: "Mixed"}
dimensions:
  - {id: tech, title: {de: "Technik", en: "Tech"}, weight: 2, relevance: true}
  - {id: people, title: {de: "Menschen", en: "People"}, weight: 1, aggregate: min}
  - {id: data, title: {de: "Daten", en: "Data"}, weight: 1, aggregate: gmean}
items:
  - {id: producer, number: 1, dimension: tech, type: tristate, text: {de: "Produktion?", en: "Production?"},
     options: [{id: "yes", text: {de: "Ja", en: "Yes"}}, {id: "no", text: {de: "Nein", en: "No"}}]}
  - {id: it.exists, number: 2, dimension: tech, type: single, weight: 3, text: {de: "IT?", en: "IT?"},
     concept: "wf:it@1",
     options: [{id: "no", score: 0, text: {de: "Nein", en: "No"}}, {id: part, score: 0.6, text: {de: "Etwas", en: "Some"}},
               {id: "yes", score: 1, text: {de: "Ja", en: "Yes"}}, {id: dk, missing: unknown, text: {de: "?", en: "?"}},
               {id: na, missing: not_applicable, text: {de: "-", en: "-"}}],
     advice: [{if_below: 1, measure: get-it}]}
  - {id: it.backup, number: 3, dimension: tech, type: scale, text: {de: "Sicherung?", en: "Backup?"},
     show_if: {item: it.exists, op: in, value: [part, "yes"]},
     options: [{id: "1", score: 0, text: {de: "nie", en: "never"}}, {id: "2", score: 0.5, text: {de: "oft", en: "often"}},
               {id: "3", score: 1, text: {de: "immer", en: "always"}}, {id: na, missing: not_applicable, text: {de: "-", en: "-"}}]}
  - {id: it.restore, number: 4, dimension: tech, type: tristate, weight: 2, text: {de: "Geprobt?", en: "Tried?"},
     show_if: {all: [{item: it.backup, op: ge, value: 2}, {item: it.backup, op: ne, value: na}]}}
  - {id: robots, number: 5, dimension: tech, type: tristate, text: {de: "Roboter?", en: "Robots?"},
     show_if: {item: producer, op: eq, value: "yes"}}
  - {id: training, number: 6, dimension: people, type: number, text: {de: "Tage?", en: "Days?"},
     steps: [{from: 1, score: 0.5}, {from: 5, score: 1}]}
  - {id: skills, number: 7, dimension: people, type: tristate, text: {de: "Kann?", en: "Can?"},
     advice: [{if_below: 0.5, measure: learn, rank: 1}]}
  - {id: sources, number: 8, dimension: data, type: multi, text: {de: "Quellen?", en: "Sources?"},
     options: [{id: a, score: 0.4, text: {de: "A", en: "A"}}, {id: b, score: 0.8, text: {de: "B", en: "B"}},
               {id: none, score: 0, text: {de: "keine", en: "none"}}, {id: dk, missing: unknown, text: {de: "?", en: "?"}}]}
  - {id: quality, number: 9, dimension: data, type: tristate, text: {de: "Gut?", en: "Good?"}}
  - {id: remark, number: 10, dimension: data, type: text, text: {de: "Noch etwas?", en: "More?"},
     show_if: {any: [{item: quality, op: answered}, {not: {item: skills, op: eq, value: "yes"}}]}}
bands: [{from: 0, id: basic, title: {de: "Anfang", en: "Basic"}}, {from: 25, id: average, title: {de: "Mitte", en: "Average"}},
        {from: 50, id: advanced, title: {de: "Weit", en: "Advanced"}}, {from: 75, id: leading, title: {de: "Vorn", en: "Leading"}}]
min_coverage: 0.5
"""


def mixed(text: str = MIXED) -> Check:
    return load_check(text)


def ranked_options(item):
    """Answers to an item from worst to best, as (raw answer, score)."""
    if item.type is ItemType.NUMBER:
        return [(0, 0.0), *((step.start, step.score) for step in item.steps)]
    scored = [(option.id, option.score) for option in item.options if option.score is not None]
    scored.sort(key=lambda pair: pair[1])
    return [([o], s) for o, s in scored] if item.type is ItemType.MULTI else scored


@st.composite
def answers_to(draw, check: Check, *, leave_out=True):
    """Any mixture of answers: known, unknown, not applicable, missing, also to items that are hidden."""
    answers = {}
    for item in check.items:
        if leave_out and draw(st.integers(0, 4)) == 0:
            continue
        ids = [option.id for option in item.options]
        if item.type is ItemType.TEXT:
            answers[item.id] = "Text"
        elif item.type is ItemType.NUMBER:
            answers[item.id] = draw(st.integers(0, 10))
        elif item.type is ItemType.MULTI:
            known = [option.id for option in item.options if option.missing is None]
            missing = [[option.id] for option in item.options if option.missing is not None]
            several = st.lists(st.sampled_from(known), min_size=1, unique=True)
            answers[item.id] = draw(several | st.sampled_from(missing) if missing else several)
        else:
            answers[item.id] = draw(st.sampled_from(ids))
    return answers
