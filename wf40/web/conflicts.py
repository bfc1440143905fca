"""Two versions of a record side by side: what somebody saved meanwhile, and what stands in the form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from wf40.base.i18n import _
from wf40.sdk.forms import BaseForm
from wf40.web.formats import EMPTY, day


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One field that differs, both values as the screen shows them."""

    label: str
    stored: str
    typed: str


def conflict_rows(stored: BaseForm, typed: BaseForm, ignore: Collection[str] = ()) -> list[ConflictRow]:
    """Compare two forms of one class: one filled with what is stored now, one with what was typed."""
    left = {field.name: field for field in stored if not _unseen(field)}
    pairs = [(left[field.name], field) for field in typed if field.name in left and field.name not in ignore]
    shown = ((str(mine.label.text), _shown(theirs), _shown(mine)) for theirs, mine in pairs)
    return [ConflictRow(label, theirs, mine) for label, theirs, mine in shown if theirs != mine]


def _unseen(field: Any) -> bool:
    return getattr(field.widget, "input_type", "") == "hidden" or field.name == "csrf_token"


def _shown(field: Any) -> str:
    value = field.data
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if value is None or value == "":
        return EMPTY
    if isinstance(value, date):
        return day(value)
    choices = getattr(field, "choices", None)
    if choices:
        labels = {str(choice.value): str(choice.label) for choice in choices}
        values = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(item), str(item)) for item in values) or EMPTY
    return str(value).replace("\r\n", "\n")  # browsers send other line ends than they were given
