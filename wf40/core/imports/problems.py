"""What is wrong with a file or a value: one clear sentence each, as data, so that it can be stored and translated."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l


def N_(message: str) -> str:  # noqa: N802 - the name by which catalogues find texts that are translated later
    """Mark a text for the catalogue; it is translated when it is shown."""
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that could not be read. ``message`` is the German text with places, ``values`` fills them."""

    field: str
    message: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in the present language."""
        return _(self.message, **self.values)

    def as_json(self) -> dict[str, object]:
        """Return it as it is stored."""
        return {"field": self.field, "message": self.message, "values": dict(self.values)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "FieldProblem":
        """Take it back from storage."""
        return cls(stored["field"], stored["message"], stored["values"])


_MESSAGES = {
    "not_a_table": N_(
        "Diese Datei enthält keine Tabelle. Bitte wählen Sie eine Datei im Format CSV, TSV, XLSX, XLS, ODS oder vCard."
    ),
    "empty": N_("Diese Datei ist leer. Bitte prüfen Sie, ob Sie die richtige Datei gewählt haben."),
    "locked": N_(
        "Diese Datei ist mit einem Passwort geschützt. Bitte speichern Sie sie ohne Passwort und wählen Sie sie erneut."
    ),
    "damaged": N_(
        "Diese Datei ist beschädigt und lässt sich nicht lesen. Bitte öffnen Sie sie in Ihrer Tabellenkalkulation, "
        "speichern Sie sie neu und versuchen Sie es noch einmal."
    ),
    "wrong_ending": N_(
        "Die Endung „%(ending)s“ passt nicht zum Inhalt der Datei. Bitte speichern Sie die Datei im passenden Format neu."
    ),
    "too_many_columns": N_(
        "Zeile %(row)s hat %(found)s Spalten, höchstens %(limit)s sind möglich. Bitte löschen Sie die überzähligen Spalten."
    ),
    "too_many_rows": N_("Die Tabelle hat mehr als %(limit)s Zeilen. Bitte teilen Sie sie auf mehrere Dateien auf."),
    "too_large": N_(
        "Diese Datei ist zu groß, um sie sicher zu lesen. Bitte teilen Sie sie auf oder speichern Sie sie als CSV-Datei."
    ),
    "too_slow": N_(
        "Das Lesen dieser Datei hat länger als %(limit)s Sekunden gedauert und wurde beendet. "
        "Bitte teilen Sie sie auf oder speichern Sie sie als CSV-Datei."
    ),
    "row_too_long": N_(
        "Zeile %(row)s ist länger als %(limit)s Zeichen. Bitte prüfen Sie dort die Anführungszeichen und Zeilenumbrüche."
    ),
    "no_such_sheet": N_("Ein Tabellenblatt „%(sheet)s“ gibt es in dieser Datei nicht."),
    "no_space": N_("Auf dem Server ist kein Platz mehr. Bitte wenden Sie sich an Ihre Administration."),
    "web_page": N_(
        "Diese Datei ist eine Webseite, auch wenn sie anders heißt. "
        "Bitte öffnen Sie sie in Ihrer Tabellenkalkulation und speichern Sie sie als XLSX oder CSV."
    ),
}

_ROW_FAULTS = {
    "half_row": N_("Die Zeile hat %(found)s Felder, die Kopfzeile aber %(expected)s. Bitte ergänzen Sie die Zeile."),
    "extra_cells": N_(
        "Die Zeile hat %(found)s Felder, die Kopfzeile aber %(expected)s. Vielleicht steht ein Trennzeichen im Text."
    ),
    "open_quote": N_("In der Zeile beginnt ein Anführungszeichen, das nicht geschlossen wird."),
    "encoding": N_(
        "Die Zeile enthält Zeichen, die sich nicht lesen lassen. Bitte speichern Sie die Datei einheitlich als UTF-8."
    ),
    "nul": N_("Die Zeile enthält Nullzeichen und ist vermutlich beschädigt."),
    "no_cached_value": N_(
        "In Spalte %(column)s steht eine Formel ohne berechneten Wert. "
        "Bitte öffnen und speichern Sie die Datei einmal in Ihrer Tabellenkalkulation."
    ),
}


class TableError(InvalidInput):
    """A file cannot be read as a table. ``code`` is stable, the message is a sentence for the officer."""

    def __init__(self, code: str, **values: str) -> None:
        sentence = _l(_MESSAGES[code], **values)
        if "sheet" in values and code != "no_such_sheet":
            # A file with several sheets: which of them is meant comes first.
            sentence = _l("Tabellenblatt „%(sheet)s“: %(sentence)s", sheet=values["sheet"], sentence=sentence)
        super().__init__(sentence)
        self.code = code
        self.values = values


def row_fault(code: str, **values: str) -> FieldProblem:
    """Return the sentence of a fault that concerns a whole row."""
    return FieldProblem("", _ROW_FAULTS[code], values)
