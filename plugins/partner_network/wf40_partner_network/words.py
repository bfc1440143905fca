"""Puts changes and differing versions of partners, people and relations into words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wf40.sdk.checks import spoken_phone
from wf40.sdk.history import FieldChange
from wf40.sdk.i18n import Text
from wf40.sdk.topics import TOPICS
from wf40_partner_network.terms import KINDS, RELATION_LABELS
from wf40_partner_network.texts import _

SHOWN = 300
_DAYS = frozenset({"since", "until", "informed_on"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field."""

    at: datetime
    who: str
    label: Text
    old: str
    new: str


def in_words(changes: Iterable[FieldChange], labels: Mapping[str, Text], whose: str = "") -> list[Change]:
    """Return changes as people read them; ``whose`` goes before the field where several records stand together."""
    return [
        Change(
            c.at, c.actor_name, _label(labels.get(c.field, c.field), whose), word(c.field, c.old), word(c.field, c.new)
        )
        for c in changes
    ]


def _label(field: Text, whose: str) -> Text:
    return f"{whose}: {field}" if whose else field


def differences(
    stored: Mapping[str, Any], typed: Mapping[str, Any], labels: Mapping[str, Text]
) -> list[dict[str, Text]]:
    """Return the fields in which two versions differ: label, what is stored, what was typed."""
    return [
        {"label": labels[name], "stored": word(name, stored[name]), "typed": word(name, value)}
        for name, value in typed.items()
        if stored[name] != value
    ]


def word(field: str, value: Any) -> str:
    """Return a stored value in words; long texts are cut, their full length stays stored."""
    if isinstance(value, Mapping):
        return ", ".join(_topic(topic, str(note)) for topic, note in value.items()) or "–"
    if field == "kind" and value:
        return str(KINDS.get(value, RELATION_LABELS.get(value, value)))
    if field == "phone" and value:
        return spoken_phone(str(value))
    if field == "archived_at" and value:
        return _("ja")
    if field in _DAYS and value:
        return day(value)
    text = "" if value is None else str(value)
    return (text if len(text) <= SHOWN else f"{text[:SHOWN]} …") or "–"


def day(value: date | str) -> str:
    """Return a calendar day; histories hold it as ISO text."""
    return f"{date.fromisoformat(value) if isinstance(value, str) else value:%d.%m.%Y}"


def _topic(topic: str, note: str) -> str:
    label = str(TOPICS.get(topic, topic))
    return f"{label} ({note})" if note else label
