"""Which version number a change needs, and that less is refused."""

import pytest
from readiness_support import MIXED, mixed
from wf40_digital_readiness.checks import (
    Bump,
    bump_needed,
    changes_between,
    next_version,
    same_major,
    version_findings,
)

CHANGES = [
    ('de: "IT?"', 'de: "Haben Sie IT?"', Bump.PATCH),
    ('de: "Etwas"', 'de: "Ein wenig"', Bump.PATCH),
    ('title: {de: "Technik"', 'title: {de: "Die Technik"', Bump.PATCH),
    ("measure: learn, rank: 1", "measure: learn, rank: 2", Bump.MINOR),
    ("relevance: true", "relevance: false", Bump.MINOR),
    ('type: text, text: {de: "Noch etwas?", en: "More?"}', 'type: text, help: {de: "H", en: "H"}, text: {de: "Noch etwas?", en: "More?"}', Bump.MINOR),
    ("id: remark", "id: remarks", Bump.MINOR),
    ("{id: part, score: 0.6", "{id: part, score: 0.7", Bump.MAJOR),
    ("weight: 2, relevance", "weight: 1, relevance", Bump.MAJOR),
    ("type: single, weight: 3", "type: single, weight: 4", Bump.MAJOR),
    ("aggregate: min", "aggregate: mean", Bump.MAJOR),
    ("from: 25", "from: 30", Bump.MAJOR),
    ("{from: 5, score: 1}", "{from: 6, score: 1}", Bump.MAJOR),
    ("op: in, value: [part, \"yes\"]", 'op: in, value: ["yes"]', Bump.MAJOR),
    ("min_coverage: 0.5", "min_coverage: 0.6", Bump.MAJOR),
    ("id: quality,", "id: goodness,", Bump.MAJOR),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "bump"), CHANGES)
def test_each_change_needs_its_step_and_a_smaller_one_is_refused(before, after, bump):
    assert before in MIXED
    text = MIXED.replace(before, after).replace(
        "item: quality", "item: " + ("goodness" if "goodness" in after else "quality")
    )
    old = mixed()
    assert bump_needed(old, mixed(text)) is bump
    steps = {Bump.PATCH: "2.1.1", Bump.MINOR: "2.2.0", Bump.MAJOR: "3.0.0"}
    assert next_version(old.version, bump) == steps[bump]
    for step, version in steps.items():
        findings = version_findings(old, mixed(text.replace("version: 2.1.0", f"version: {version}")))
        assert [finding.code for finding in findings] == ([] if step >= bump else ["version-too-small"])


def test_the_same_or_an_older_number_is_never_enough():
    for version in ("2.1.0", "2.0.9", "1.9.9"):
        new = mixed(MIXED.replace("version: 2.1.0", f"version: {version}"))
        assert [finding.code for finding in version_findings(mixed(), new)] == ["version-too-small"]


def test_a_translation_is_a_minor_change():
    added = MIXED.replace("languages: [de, en]", "languages: [de, en, fr]").replace('en: "', 'fr: "x", en: "')
    assert bump_needed(mixed(), mixed(added)) is Bump.MINOR


def test_an_unscored_filter_of_a_scored_item_counts_as_major():
    changed = MIXED.replace(
        '[{id: "yes", text: {de: "Ja"',
        '[{id: "maybe", text: {de: "?", en: "?"}}, {id: "yes", text: {de: "Ja"',
    )
    assert [(c.where, c.bump) for c in changes_between(mixed(), mixed(changed))] == [("producer", Bump.MAJOR)]


def test_nothing_changed_needs_nothing():
    assert changes_between(mixed(), mixed()) == ()


def test_another_check_cannot_follow():
    new = mixed(MIXED.replace("check: mixed", "check: other"))
    assert [finding.code for finding in version_findings(mixed(), new)] == ["other-check"]


def test_only_results_within_a_major_version_are_compared_directly():
    assert same_major("2.1.0", "2.9.3")
    assert not same_major("2.1.0", "3.0.0")
