"""Turns files into frozen values: YAML text -> plain data -> schema -> linter -> `Check` or measures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wf40_digital_readiness.checks.canonical import content_hash
from wf40_digital_readiness.checks.conditions import read_condition
from wf40_digital_readiness.checks.findings import CheckFileError, Finding, msg
from wf40_digital_readiness.checks.lint import language_findings, lint_check
from wf40_digital_readiness.checks.model import (
    Advice,
    Aggregate,
    Band,
    Check,
    Dimension,
    Item,
    ItemType,
    Measure,
    Method,
    Missing,
    Option,
    Source,
    Step,
)
from wf40_digital_readiness.checks.schema import CHECK_SCHEMA, MEASURES_SCHEMA, schema_findings
from wf40_digital_readiness.checks.yaml_source import load_yaml

_TRISTATE = (
    Option("no", {"de": "Nein", "en": "No"}, score=0.0),
    Option("yes", {"de": "Ja", "en": "Yes"}, score=1.0),
    Option("dk", {"de": "Weiß nicht", "en": "Don't know"}, missing=Missing.UNKNOWN),
)


def load_check(source: str | bytes, *, measures: Collection[str] | None = None, earlier: Iterable[Check] = ()) -> Check:
    """The check in `source` (YAML), ready to be asked and scored.

    measures: ids of the known measures (None: do not look). earlier: published versions of the same check, whose
    ids may not come back with another meaning. Raises CheckFileError with every finding and its line.
    """
    check, findings = examine_check(source, measures=measures, earlier=earlier)
    if check is None or findings:
        raise CheckFileError(findings)
    return check


def examine_check(
    source: str | bytes, *, measures: Collection[str] | None = None, earlier: Iterable[Check] = ()
) -> tuple[Check | None, tuple[Finding, ...]]:
    """The check as far as it can be built (for a preview) and all findings; never raises for a bad file."""
    try:
        document = load_yaml(source)
    except CheckFileError as error:
        return None, error.findings
    findings = schema_findings(document, CHECK_SCHEMA)
    if findings:
        return None, tuple(findings)
    check = check_from_data(document.data)
    findings = lint_check(check, document.lines, measures=measures, earlier=tuple(earlier))
    return check, tuple(sorted(findings, key=lambda finding: finding.line))


def check_from_data(data: Mapping[str, Any]) -> Check:
    """A check from plain data that was valid when it was stored (no schema, no linter)."""
    method = Method(data.get("scoring", Method.MEAN))
    items = tuple(_item(item) for item in data["items"])
    conditions = sum(item.scored for item in items)
    return Check(
        id=data["check"],
        version=data["version"],
        languages=tuple(data["languages"]),
        title=data["title"],
        dimensions=tuple(_dimension(dimension) for dimension in data["dimensions"]),
        items=items,
        bands=tuple(_band(band, method, conditions) for band in data["bands"]),
        sha256=content_hash(data),
        method=method,
        min_coverage=float(data.get("min_coverage", 0.7)),
        minutes=data.get("minutes"),
        intro=data.get("intro"),
        source=Source(**data["source"]) if "source" in data else None,
        data=data,
    )


def _dimension(data: Mapping[str, Any]) -> Dimension:
    return Dimension(
        id=data["id"],
        title=data["title"],
        weight=float(data.get("weight", 1)),
        aggregate=Aggregate(data.get("aggregate", Aggregate.MEAN)),
        relevance=data.get("relevance", False),
        intro=data.get("intro"),
    )


def _item(data: Mapping[str, Any]) -> Item:
    kind = ItemType(data["type"])
    options = tuple(_option(option) for option in data.get("options", ()))
    return Item(
        id=data["id"],
        number=data["number"],
        dimension=data["dimension"],
        type=kind,
        text=data["text"],
        help=data.get("help"),
        concept=data.get("concept"),
        weight=float(data.get("weight", 1)),
        options=options or (_TRISTATE if kind is ItemType.TRISTATE else ()),
        steps=tuple(Step(float(step["from"]), float(step["score"])) for step in data.get("steps", ())),
        show_if=read_condition(data["show_if"]) if "show_if" in data else None,
        advice=tuple(Advice(**advice) for advice in data.get("advice", ())),
    )


def _option(data: Mapping[str, Any]) -> Option:
    return Option(
        id=data["id"],
        text=data["text"],
        score=float(data["score"]) if "score" in data else None,
        missing=Missing(data["missing"]) if "missing" in data else None,
    )


def _band(data: Mapping[str, Any], method: Method, conditions: int) -> Band:
    met = int(data["from"]) if method is Method.COUNT else None
    start = float(data["from"]) if met is None else 100.0 * met / max(conditions, 1)
    return Band(id=data["id"], title=data["title"], start=start, conditions=met, text=data.get("text"))


def load_measures(source: str | bytes) -> Mapping[str, Measure]:
    """The measures in `source` (YAML) by id, in the order of the file. Raises CheckFileError."""
    document = load_yaml(source)
    findings = schema_findings(document, MEASURES_SCHEMA)
    if findings:
        raise CheckFileError(findings)
    measures: dict[str, Measure] = {}
    for position, data in enumerate(document.data["measures"]):
        if data["id"] in measures:
            line = document.lines.at("measures", position, "id")
            twice = msg("Die Maßnahme „%(id)s“ steht doppelt in der Datei.")
            findings.append(Finding(line, "duplicate-id", twice, {"id": data["id"]}))
        measures[data["id"]] = Measure(**{**data, "partners": tuple(data["partners"])})
    findings += language_findings(document.data, document.data["languages"], document.lines)
    if findings:
        raise CheckFileError(findings)
    return measures
