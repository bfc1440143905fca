"""The pure engine of readiness checks: a YAML file in, a checked definition and scored answers out. No I/O, no clock, no
web framework enters here; only `wf40.sdk.scoring`, PyYAML and jsonschema do.

Load        load_check(yaml, measures=..., earlier=...) -> Check         raises CheckFileError(findings)
            examine_check(yaml, ...) -> (Check | None, findings)         for a preview; never raises for a bad file
            check_from_data(data) -> Check                               from a stored check's `data`
            load_measures(yaml) -> {id: Measure}
            canonical_json(data), content_hash(data)                     what stored responses name (`Check.sha256`)
Ask         visible_items(check, answers) -> tuple[Item]                 follow-ups appear once certainly true
            unanswered_items(check, answers) -> tuple[Item]              still to ask
            answer_faults(check, answers) -> tuple[AnswerFault]          validate input before storing it
            in_language(text, "de") -> str
Score       score_response(check, answers) -> ResponseScore              raises AnswerError; see ResponseScore, Score
Publish     changes_between, bump_needed, next_version, version_findings(old, new), same_major

Answers are raw: {item id: option id | [option ids] | number | text}; `relevance.<dimension id>`: low, medium or high.
Shipped content: `wf40_digital_readiness.content.shipped_check()` and `shipped_measures()`.
"""

from wf40_digital_readiness.checks.advice import FirstStep
from wf40_digital_readiness.checks.asking import (
    AnswerError,
    AnswerFault,
    answer_faults,
    parent_of,
    unanswered_items,
    visible_items,
)
from wf40_digital_readiness.checks.canonical import canonical_json, content_hash
from wf40_digital_readiness.checks.findings import CheckFileError, Finding
from wf40_digital_readiness.checks.model import (
    Answer,
    Answers,
    Band,
    Check,
    Dimension,
    Item,
    ItemType,
    Measure,
    Method,
    Missing,
    Option,
    Text,
    in_language,
)
from wf40_digital_readiness.checks.reading import check_from_data, examine_check, load_check, load_measures
from wf40_digital_readiness.checks.results import DimensionScore, Met, ResponseScore, Score
from wf40_digital_readiness.checks.scoring import ENGINE_VERSION, score_response
from wf40_digital_readiness.checks.versions import (
    Bump,
    Change,
    bump_needed,
    changes_between,
    next_version,
    same_major,
    version_findings,
)

__all__ = [
    "ENGINE_VERSION",
    "Answer",
    "AnswerError",
    "AnswerFault",
    "Answers",
    "Band",
    "Bump",
    "Change",
    "Check",
    "CheckFileError",
    "Dimension",
    "DimensionScore",
    "Finding",
    "FirstStep",
    "Item",
    "ItemType",
    "Measure",
    "Met",
    "Method",
    "Missing",
    "Option",
    "ResponseScore",
    "Score",
    "Text",
    "answer_faults",
    "bump_needed",
    "canonical_json",
    "changes_between",
    "check_from_data",
    "content_hash",
    "examine_check",
    "in_language",
    "load_check",
    "load_measures",
    "next_version",
    "parent_of",
    "same_major",
    "score_response",
    "unanswered_items",
    "version_findings",
    "visible_items",
]
