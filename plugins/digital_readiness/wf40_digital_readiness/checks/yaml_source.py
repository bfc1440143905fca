"""Loads YAML that a stranger may have written: plain data only, no anchors, no tags, limited in size and depth.

Scalars follow the YAML 1.2 core schema, so that the option id `no` stays a word and does not become False.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from wf40_digital_readiness.checks.findings import CheckFileError, Finding, Lines, Path, msg

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12

_INT = re.compile(r"[-+]?[0-9]{1,15}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and where each part stands in the file."""

    data: Any
    lines: Lines


def load_yaml(source: str | bytes) -> Document:
    """The document in `source`; raises CheckFileError with the line for anything that is not plain, small YAML."""
    text = _decoded(source)
    builder = _Builder(yaml.parse(text, Loader=yaml.SafeLoader))
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused((mark.line if mark else 0) + 1, "yaml", _NOT_YAML, why=error.problem or "") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _refused(line, "yaml", msg("Die Datei enthält ein Zeichen, das in YAML nicht erlaubt ist.")) from error
    return Document(data, Lines(builder.lines))


_NOT_YAML = msg("Die Datei ist hier kein gültiges YAML (%(why)s). Prüfen Sie Einrückung, Doppelpunkte und Klammern.")


def _refused(line: int, code: str, message: str, **params: object) -> CheckFileError:
    return CheckFileError([Finding(line, code, message, params)])


def _decoded(source: str | bytes) -> str:
    size = len(source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        too_big = msg("Die Datei ist größer als %(limit)s KB. Teilen Sie den Check auf.")
        raise _refused(1, "too-big", too_big, limit=MAX_BYTES // 1024)
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        not_utf8 = msg("Die Datei ist nicht in UTF-8 gespeichert. Speichern Sie sie neu mit der Kodierung UTF-8.")
        raise _refused(line, "encoding", not_utf8) from error


@dataclass
class _Builder:
    events: Iterator[Any]
    lines: dict[Path, int] = field(default_factory=dict)

    def document(self) -> Any:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _refused(1, "empty", msg("Die Datei ist leer."))
        data = self._node(event, ())
        next(self.events)  # end of the document
        extra = next(self.events)
        if not isinstance(extra, yaml.StreamEndEvent):
            line = extra.start_mark.line + 1
            raise _refused(line, "documents", msg("Die Datei enthält mehr als ein YAML-Dokument (---)."))
        return data

    def _node(self, event: Any, path: Path) -> Any:
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            anchors = msg("Anker und Verweise (& und *) sind nicht erlaubt. Schreiben Sie den Inhalt aus.")
            raise _refused(line, "anchor", anchors)
        if event.tag is not None:
            raise _refused(line, "tag", msg("Typangaben (!) sind nicht erlaubt."))
        if len(path) > MAX_DEPTH:
            raise _refused(line, "too-deep", msg("Die Datei ist zu tief verschachtelt."))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                # An alias or a nested structure as a key: let the node rules speak first, then refuse.
                self._node(event, path)
                raise _refused(line, "key", msg("Ein Schlüssel muss ein einfaches Wort sein."))
            if event.anchor is not None or event.tag is not None:
                self._node(event, (*path, event.value))
            key = event.value
            if key in data:
                raise _refused(line, "duplicate-key", msg("Der Schlüssel „%(key)s“ steht hier doppelt."), key=key)
            self.lines[*path, key] = line
            data[key] = self._node(next(self.events), (*path, key))
        return data

    def _sequence(self, path: Path) -> list[Any]:
        data: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            data.append(self._node(event, (*path, len(data))))
        return data


def _scalar(event: Any) -> object:
    value: str = event.value
    if event.style is not None:  # quoted or block text
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.match(value):
        return int(value)
    return float(value) if _FLOAT.match(value) else value
