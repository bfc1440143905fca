"""Holds a loaded file against its JSON Schema and says each fault in one German sentence with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from wf40_digital_readiness.checks.findings import Finding, Lines, msg
from wf40_digital_readiness.checks.yaml_source import Document

CHECK_SCHEMA = "check.schema.json"
MEASURES_SCHEMA = "measures.schema.json"


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def schema_findings(document: Document, name: str = CHECK_SCHEMA) -> list[Finding]:
    """Every place where the document does not have the shape that the schema of that name asks for."""
    found: dict[tuple[object, ...], Finding] = {}
    for error in _validator(name).iter_errors(document.data):
        for leaf in _leaves(error):
            for finding in _findings(leaf, document.lines):
                found.setdefault((finding.path, finding.code, finding.text()), finding)
    return sorted(found.values(), key=lambda finding: finding.line)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for part in error.context or ():
        yield from _leaves(part)


def _findings(error: ValidationError, lines: Lines) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    if error.validator == "required":
        wanted: Any = error.validator_value
        given: Any = error.instance
        missing = [key for key in wanted if key not in given]
        # jsonschema raises one error a missing key; each names its key first.
        key = next((key for key in missing if error.message.startswith(f"'{key}'")), missing[0])
        yield _at(lines, path, "required", msg("Die Angabe „%(key)s“ fehlt."), key=key)
    elif error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        schema: Any = error.schema
        known = schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                unknown = msg("Die Angabe „%(key)s“ kennt das Format nicht. Prüfen Sie die Schreibweise.")
                yield _at(lines, (*path, key), "unknown-key", unknown, key=key)
    else:
        message, params = _sentence(error)
        yield _at(lines, path, str(error.validator), message, **params)


def _at(lines: Lines, path: tuple[str | int, ...], code: str, message: str, **params: object) -> Finding:
    return Finding(lines.at(*path), code, message, params, path)


_TYPES = {
    "object": msg("„%(key)s“ muss ein Block mit Angaben sein."),
    "array": msg("„%(key)s“ muss eine Liste sein."),
    "string": msg("„%(key)s“ muss ein Text sein (notfalls in Anführungszeichen)."),
    "number": msg("„%(key)s“ muss eine Zahl sein."),
    "integer": msg("„%(key)s“ muss eine ganze Zahl sein."),
    "boolean": msg("„%(key)s“ muss true oder false sein."),
}
_TOO_FEW = msg("„%(key)s“ hat zu wenige Einträge (mindestens %(limit)s).")
_TOO_LONG = msg("„%(key)s“ ist zu lang (höchstens %(limit)s).")
_NUMBER = msg("Die Zahl %(value)s ist bei „%(key)s“ nicht erlaubt.")
_OTHERWISE = msg("„%(key)s“ ist so nicht erlaubt.")
_SENTENCES = {
    "enum": msg("„%(key)s“ muss einer dieser Werte sein: %(limit)s."),
    "pattern": msg("„%(value)s“ ist als „%(key)s“ nicht erlaubt."),
    "uniqueItems": msg("„%(key)s“ enthält einen Wert doppelt."),
    **dict.fromkeys(("minItems", "minProperties", "minLength"), _TOO_FEW),
    **dict.fromkeys(("maxItems", "maxProperties", "maxLength"), _TOO_LONG),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"), _NUMBER),
}


def _sentence(error: ValidationError) -> tuple[str, dict[str, Any]]:
    name = next((str(part) for part in reversed(error.absolute_path) if isinstance(part, str)), "")
    limit: Any = error.validator_value
    shown = ", ".join(str(value) for value in limit) if isinstance(limit, list) else limit
    params = {"key": name, "limit": shown, "value": str(error.instance)[:60]}
    if error.validator == "type":
        return _TYPES.get(str(limit), _OTHERWISE), params
    return _SENTENCES.get(str(error.validator), _OTHERWISE), params
