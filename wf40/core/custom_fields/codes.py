"""Kinds of fields and how much they hold, in words where people see them."""

from wf40.base.db import PLACES
from wf40.base.errors import Text
from wf40.base.i18n import _l

__all__ = [
    "CHOICE", "DATE", "EDIT", "FIELDS", "KINDS", "LARGEST", "LONGEST_HELP", "LONGEST_NAME", "LONGEST_TEXT", "MANAGE",
    "MOST_FIELDS", "MOST_OPTIONS", "NUMBER", "PLACES", "READ", "TEXT",
]  # fmt: skip
TEXT, NUMBER, DATE, CHOICE = "text", "number", "date", "choice"
KINDS: dict[str, Text] = {
    TEXT: _l("Text"),
    NUMBER: _l("Zahl"),
    DATE: _l("Datum"),
    CHOICE: _l("Auswahl"),
}
LARGEST = 10**13
LONGEST_TEXT, LONGEST_NAME, LONGEST_HELP = 1000, 80, 300
MOST_FIELDS, MOST_OPTIONS = 50, 200
READ, EDIT, MANAGE = "custom_fields.read", "custom_fields.edit", "custom_fields.manage"
FIELDS: dict[str, Text] = {
    "name": _l("Bezeichnung"),
    "help": _l("Hinweis"),
    "in_panel": _l("Auf der Unternehmensseite zeigen"),
    "in_list": _l("In der Liste als Spalte und Filter anbieten"),
}
