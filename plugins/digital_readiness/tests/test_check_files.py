"""Loading and linting: every fault is found and named with its line."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from readiness_support import MIXED, mixed, quick
from wf40_digital_readiness.checks import (
    CheckFileError,
    canonical_json,
    check_from_data,
    content_hash,
    examine_check,
    load_check,
    load_measures,
)
from wf40_digital_readiness.checks.yaml_source import MAX_BYTES, load_yaml
from wf40_digital_readiness.content import shipped_check, shipped_text

HEAD = """\
check: tiny
version: 1.0.0
languages: [de]
title: {de: Klein}
dimensions:
  - {id: one, title: {de: Eins}}
  - {id: two, title: {de: Zwei}}
items:
"""
ITEM = "  - {{id: {id}, number: {number}, dimension: {dimension}, type: tristate, text: {{de: Text}}{more}}}\n"
BANDS = "bands: [{from: 0, id: all, title: {de: Alles}}]\n"


def item(id_, number, dimension="one", more=""):
    return ITEM.format(id=id_, number=number, dimension=dimension, more=f", {more}" if more else "")


def tiny(*items, bands=BANDS, head=HEAD):
    return head + "".join(items) + bands


A, B = item("a", 1), item("b", 2, "two")


def found(text, **known):
    return [(finding.code, finding.line) for finding in examine_check(text, **known)[1]]


def test_a_good_file_has_no_findings():
    assert found(tiny(A, B)) == []
    assert found(MIXED) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tiny(A, item("a", 2, "two")), [("duplicate-id", 10)]),
        (tiny(A, item("b", 1, "two")), [("duplicate-id", 10)]),
        (tiny(A, item("b", 2, "three"), item("c", 3, "two")), [("unknown-reference", 10)]),
        (tiny(A, B, item("c", 3, more="show_if: {item: zz, op: eq, value: x}")), [("unknown-reference", 11)]),
        (
            tiny(A, B, item("c", 3, more='show_if: {item: a, op: eq, value: "ja"}')),
            [("unknown-reference", 11)],
        ),
        (
            tiny(
                item("a", 1, more='show_if: {item: c, op: eq, value: "yes"}'),
                B,
                item("c", 3, more='show_if: {item: a, op: eq, value: "yes"}'),
            ),
            [("cycle", 9)],
        ),
        (
            tiny(item("a", 1, more='show_if: {item: c, op: eq, value: "yes"}'), B, item("c", 3)),
            [("order", 9)],
        ),
        (
            tiny(
                A,
                B,
                item(
                    "c",
                    3,
                    more='show_if: {all: [{item: a, op: eq, value: "yes"}, {item: a, op: eq, value: "no"}]}',
                ),
            ),
            [("unreachable-item", 11)],
        ),
        (tiny(A, B, item("c", 3, more='show_if: {item: a, op: eq, value: "no"}')), [("follow-up", 11)]),
        (tiny(A, B, item("c", 3, more="show_if: {item: a, op: answered}")), [("follow-up", 11)] * 2),
        (tiny(A, B, item("c", 3, more='show_if: {item: b, op: eq, value: "yes"}')), [("follow-up", 11)]),
        (tiny(A, item("b", 2)), [("dimension-weight", 6), ("empty-dimension", 7)]),
        (tiny(A, B, head=HEAD.replace("{de: Zwei}", "{de: Zwei}, weight: 3")), [("dimension-weight", 7)]),
        (
            tiny(A, B, head=HEAD.replace("Klein", "Klein, fr: Petit")),
            [("unknown-language", 4)],
        ),
        (tiny(A, B, bands="bands:\n  - {from: 10, id: x, title: {de: X}}\n"), [("band-start", 12)]),
        (
            tiny(
                A,
                B,
                bands="bands:\n  - {from: 0, id: x, title: {de: X}}\n  - {from: 0, id: y, title: {de: Y}}\n",
            ),
            [("unreachable-band", 13)],
        ),
        (
            tiny(
                A,
                B,
                bands="bands:\n  - {from: 0, id: x, title: {de: X}}\n  - {from: 101, id: y, title: {de: Y}}\n",
            ),
            [("unreachable-band", 13)],
        ),
    ],
)
def test_linter_names_fault_and_line(text, expected):
    assert found(text) == expected


def test_linter_names_a_missing_language_at_the_text_that_lacks_it():
    text = shipped_text("kurzcheck-digital")
    lines = text.splitlines()
    line = next(n for n, words in enumerate(lines, 1) if "About half of them" in words)
    broken = text.replace(', en: "About half of them"', "")
    assert found(broken) == [("missing-language", line)]


def test_linter_names_scores_outside_zero_to_one():
    broken = MIXED.replace("{id: part, score: 0.6,", "{id: part, score: 1.6,")
    line = next(n for n, words in enumerate(broken.splitlines(), 1) if "1.6" in words)
    assert found(broken) == [("score-range", line)]
    assert "1.6" in examine_check(broken)[1][0].text()


def test_linter_asks_for_known_measures_only_when_it_knows_them():
    line = next(n for n, words in enumerate(MIXED.splitlines(), 1) if "measure: learn" in words)
    assert found(MIXED, measures={"get-it"}) == [("unknown-reference", line)]


def test_a_follow_up_must_open_at_every_better_answer_too():
    text = shipped_text("kurzcheck-digital")
    only_partly = text.replace('{item: cloud.use, op: eq, value: "yes"}', "{item: cloud.use, op: eq, value: part}")
    line = next(n for n, words in enumerate(only_partly.splitlines(), 1) if "value: part" in words)
    assert found(only_partly) == [("follow-up", line)]


def test_a_follow_up_stays_in_the_dimension_and_hangs_on_one_item():
    other = item("c", 3, "two", more='show_if: {item: a, op: eq, value: "yes"}')
    assert found(tiny(A, B, other)) == [("follow-up", 11)]
    both = '{all: [{item: a, op: eq, value: "yes"}, {item: b, op: eq, value: "yes"}]}'
    assert found(tiny(A, B, item("c", 3, more=f"show_if: {both}"))) == [("follow-up", 11)]


def test_a_counting_check_has_no_weights_and_whole_bands():
    text = shipped_text("kurzcheck-digital")
    heavy = text.replace("- {id: cloud, title", "- {id: cloud, weight: 2, title")
    assert [code for code, _ in found(heavy)] == ["count-weight"]
    assert [code for code, _ in found(text.replace("from: 7", "from: 6.5"))] == ["band-start"]
    assert [code for code, _ in found(text.replace("from: 10", "from: 13"))] == ["unreachable-band"]


def test_an_id_may_not_come_back_with_another_meaning():
    earlier = [shipped_check()]
    text = shipped_text("kurzcheck-digital").replace("wf:crm@1", "wf:contacts@1")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "id: processes.crm" in words)
    assert found(text, earlier=earlier) == [("reused-id", line)]
    assert found(shipped_text("kurzcheck-digital"), earlier=earlier) == []


def test_a_printed_number_may_not_pass_to_another_item():
    text = shipped_text("kurzcheck-digital").replace("id: processes.crm", "id: processes.contacts")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "number: 6" in words)
    assert found(text, earlier=[shipped_check()]) == [("reused-number", line)]


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("", "empty", 1),
        ("a: 1\nb: &x [1]\n", "anchor", 2),
        ("a: 1\nb: *x\n", "anchor", 2),
        ("a: 1\n\n&x b: 2\n", "anchor", 3),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "tag", 2),
        ("a: 1\nb: !x y\n", "tag", 2),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        ("a: 1\n? [b]\n: 2\n", "key", 2),
        ("a: 1\nb: [1, 2\nc: 3\n", "yaml", 3),
        ("a: 1\n\tb: 2\n", "yaml", 2),
        ("a: 1\n---\nb: 2\n", "documents", 2),
        ("a: 1\nb: \x07\n", "yaml", 2),
        ("a: 1\nb: " + "[" * 40 + "]" * 40, "too-deep", 2),
        ("a: 1\n" + "# x\n" * MAX_BYTES, "too-big", 1),
        (b"a: 1\nb: \xff\n", "encoding", 2),
    ],
)
def test_unsafe_or_broken_yaml_is_refused_with_its_line(source, code, line):
    with pytest.raises(CheckFileError) as refused:
        load_yaml(source)
    assert [(finding.code, finding.line) for finding in refused.value.findings] == [(code, line)]
    assert "%(" not in refused.value.findings[0].text()


def test_yes_and_no_stay_words():
    assert load_yaml("a: no\nb: yes\nc: on\nd: 2.1.0\ne: 2026-01-01\nf: 0.5\ng: 3\nh: true\ni: ~\n").data == {
        "a": "no", "b": "yes", "c": "on", "d": "2.1.0", "e": "2026-01-01", "f": 0.5, "g": 3, "h": True, "i": None,
    }  # fmt: skip


@quick
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_file_whatever_crashes_the_loader(source):
    examine_check(source)


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("version: 1.0.0", "version: 1.0"), "type", 2),
        (("version: 1.0.0", "version: one"), "pattern", 2),
        (("title: {de: Klein}", "title: {de: Klein}\ntitel: x"), "unknown-key", 5),
        (("title: {de: Klein}\n", ""), "required", 1),
        (("type: tristate", "type: slider"), "enum", 9),
        (("languages: [de]", "languages: []"), "minItems", 3),
        (("number: 1", "number: 0"), "minimum", 9),
    ],
)
def test_schema_faults_are_said_with_their_line(change, code, line):
    assert found(tiny(A, B).replace(*change, 1)) == [(code, line)]


def test_schema_faults_in_conditions_name_the_item_line():
    for condition in (
        "{item: a}",
        "{item: a, op: like, value: x}",
        "{all: []}",
        "{all: [], any: []}",
        "{eval: a}",
    ):
        findings = found(tiny(A, B, item("c", 3, more=f"show_if: {condition}")))
        assert findings
        assert {line for _, line in findings} == {11}


@pytest.mark.parametrize("name", ["check.schema.json", "measures.schema.json"])
def test_the_schemas_are_valid_schemas(name):
    package = files("wf40_digital_readiness.checks")
    Draft202012Validator.check_schema(json.loads(package.joinpath(name).read_text("utf-8")))


def test_the_hash_names_the_content_and_not_the_layout():
    text = tiny(A, B)
    laid_out = text.replace("title: {de: Klein}", "title:\n    de: Klein  # same")
    assert load_check(laid_out).sha256 == load_check(text).sha256
    assert load_check(text.replace("Klein", "Kleiner")).sha256 != load_check(text).sha256
    assert canonical_json({"b": 1.0, "a": [True, None, "ä"]}) == '{"a":[true,null,"ä"],"b":1}'
    assert content_hash({"b": 1.0}) == content_hash({"b": 1})


def test_a_stored_check_is_the_same_check_again():
    stored = json.loads(canonical_json(mixed().data))
    assert check_from_data(stored) == mixed()
    assert check_from_data(stored).sha256 == mixed().sha256


def test_measures_are_refused_when_double_or_untranslated():
    text = shipped_text("measures")
    twice = text.replace("- id: cloud-core", "- id: cloud-start")
    line = next(n for n, words in enumerate(twice.splitlines(), 1) if "Ein wichtiges Programm" in words) - 2
    with pytest.raises(CheckFileError) as refused:
        load_measures(twice)
    assert [(f.code, f.line) for f in refused.value.findings] == [("duplicate-id", line)]
    with pytest.raises(CheckFileError) as refused:
        load_measures(text.replace(', en: "Three figures at a glance"', ""))
    assert [f.code for f in refused.value.findings] == ["missing-language"]
