"""Field history of any record, ready to show. Whoever calls has checked that the record may be read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wf40.base.errors import Text
from wf40.base.history import FieldChange

SHOWN = 300


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in words."""

    at: datetime
    who: str
    label: Text
    old: Text
    new: Text
    source: str


def in_words(
    changes: Collection[FieldChange], labels: Mapping[str, Text], choices: Mapping[str, Mapping[str, Text]]
) -> list[ShownChange]:
    """Put changes into words; long texts are cut for the list, their full length stays stored."""
    return [
        ShownChange(
            c.at, c.actor_name, labels.get(c.field, c.field), _word(c.old, choices.get(c.field)),
            _word(c.new, choices.get(c.field)), c.source,
        )
        for c in changes
    ]  # fmt: skip


def _word(value: Any, words: Mapping[str, Text] | None) -> Text:
    if isinstance(value, list):
        return ", ".join(str(_word(v, words)) for v in value)
    if words is not None and value in words:
        return words[value]
    if isinstance(value, bool):
        return "✓" if value else "–"
    if value is None or value == "":
        return "–"
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + " …"
