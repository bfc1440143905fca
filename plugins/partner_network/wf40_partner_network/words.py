"""Puts a partner's changes and differing versions into words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wf40.sdk.history import FieldChange
from wf40.sdk.i18n import Text
from wf40.sdk.topics import TOPICS
from wf40_partner_network.terms import FIELDS, KINDS
from wf40_partner_network.texts import _

SHOWN = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field."""

    at: datetime
    who: str
    label: Text
    old: str
    new: str


def in_words(changes: Iterable[FieldChange]) -> list[Change]:
    """Return changes as people read them."""
    return [
        Change(c.at, c.actor_name, FIELDS.get(c.field, c.field), word(c.field, c.old), word(c.field, c.new))
        for c in changes
    ]


def differences(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> list[dict[str, Text]]:
    """Return the fields in which two versions differ: label, what is stored, what was typed."""
    return [
        {"label": FIELDS[name], "stored": word(name, stored[name]), "typed": word(name, value)}
        for name, value in typed.items()
        if stored[name] != value
    ]


def word(field: str, value: Any) -> str:
    """Return a stored value in words; long texts are cut, their full length stays stored."""
    if isinstance(value, Mapping):
        return ", ".join(_topic(topic, str(note)) for topic, note in value.items()) or "–"
    if field == "kind" and value:
        return str(KINDS.get(value, value))
    if field == "archived_at" and value:
        return _("ja")
    text = "" if value is None else str(value)
    return (text if len(text) <= SHOWN else f"{text[:SHOWN]} …") or "–"


def _topic(topic: str, note: str) -> str:
    label = str(TOPICS.get(topic, topic))
    return f"{label} ({note})" if note else label
