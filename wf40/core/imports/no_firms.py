"""Rows of a table that are no firms: sums, headers that stand there once more, remarks below the table."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wf40.core.imports.headers import header_score, is_foreign, is_header_of
from wf40.core.imports.problems import N_, FieldProblem
from wf40.matching.names import fold, split_name

_SUM = re.compile(
    r"\s*(?:(?:(?:zwischen|gesamt|end|teil)?summen?|insgesamt|(?:grand |sub)?total|gesamt(?:ergebnis|anzahl|zahl)?|anzahl|ergebnis)\b)",
    re.IGNORECASE,
)
# Beside these words nothing else stands in a row that sums up; "Total Tankstelle" and "Summe Leben" are names.
_BESIDE = frozenset({
    "summe", "summen", "zwischensumme", "gesamtsumme", "endsumme", "teilsumme", "insgesamt", "gesamt", "total", "grand", "sub",
    "subtotal", "gesamtergebnis", "gesamtanzahl", "gesamtzahl", "anzahl", "ergebnis", "der", "aller", "alle", "von", "fuer",
    "unternehmen", "firmen", "betriebe", "mitglieder", "eintraege", "zeilen", "datensaetze", "vorhaben", "projekte", "seite", "blatt",
    "jahr", "eur", "euro", "und", "in",
})  # fmt: skip
_REMARK = re.compile(r"\s*(?:\*+\s|©|(?:quellen?|stand|datenstand|hinweise?|anmerkung(?:en)?|legende|erl(?:ä|ae)uterung(?:en)?|source|note)\s*:|seite \d+\b)", re.IGNORECASE)  # fmt: skip
_NUMBERS = frozenset({"employees", "founded_year", "name"})
_LIKELY = 0.7
_MANY = 3

SUM = N_("Die Zeile enthält eine Summe und kein Unternehmen.")
HEADER = N_("Die Zeile wiederholt die Überschriften der Spalten.")
REMARK = N_("Die Zeile enthält eine Anmerkung und kein Unternehmen.")


def why_no_firm(fields: Sequence[str | None], cells: Sequence[str], found: Mapping[str, Any]) -> FieldProblem | None:
    """Return why a row is no firm, ``None`` where it may be one. ``found`` are the values that could be read from it."""
    filled = [cell for cell in cells if cell and not cell.isspace()]
    if not filled:
        return None
    if _is_sum(filled, found):
        return FieldProblem("", SUM)
    if len(filled) == 1 and len(cells) >= _MANY and _REMARK.match(filled[0]) and not split_name(filled[0]).legal_form:
        return FieldProblem("", REMARK)
    if len(filled) > 1 and "name" in found and _is_header(fields, cells, found):
        return FieldProblem("", HEADER)
    return None


def _is_sum(filled: Sequence[str], found: Mapping[str, Any]) -> bool:
    """Return whether a row begins with a word for sums, and has nothing that only a firm has."""
    if not _SUM.match(filled[0]) or not _NUMBERS.issuperset(found):
        return False
    words = fold(filled[0]).split()
    return all(word in _BESIDE or not word.isalpha() for word in words) and split_name(filled[0]).legal_form is None


def _is_header(fields: Sequence[str | None], cells: Sequence[str], found: Mapping[str, Any]) -> bool:
    """Return whether every value that could be read is only a word for its column, in whatever language."""
    if not is_header_of("name", str(found["name"])):
        return False
    read = [(key, cell) for key, cell in zip(fields, cells, strict=False) if key in found and key != "name"]
    return all(header_score(cell).get(str(key), 0.0) >= _LIKELY or is_foreign(fold(cell)) for key, cell in read)
