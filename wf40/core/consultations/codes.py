"""What may be chosen: kinds, channels, topics, confidentiality, each code with its words."""

from collections.abc import Mapping

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.sdk.topics import TOPICS

__all__ = [
    "CHANNELS",
    "CHOICES",
    "CONFIDENTIALITY",
    "FIELDS",
    "ICONS",
    "INTERNAL",
    "KINDS",
    "OFFICER",
    "SUBSTANTIVE",
    "TOPICS",
]

KINDS: dict[str, Text] = {
    "advice": _l("Beratung"),
    "visit": _l("Unternehmensbesuch"),
    "call": _l("Telefonat"),
    "mail": _l("E-Mail"),
    "event": _l("Veranstaltung"),
}
SUBSTANTIVE = frozenset({"advice", "visit", "call"})
"""Kinds that count as contact: somebody of the office spoke with somebody of the firm."""
ICONS = {"advice": "wf-chat", "visit": "wf-building", "call": "wf-phone", "mail": "mail", "event": "wf-megaphone"}
CHANNELS: dict[str, Text] = {
    "on_site": _l("vor Ort"),
    "phone": _l("Telefon"),
    "video": _l("Video"),
    "mail": _l("E-Mail"),
    "office": _l("im Amt"),
}
INTERNAL, OFFICER = "internal", "officer"
CONFIDENTIALITY: dict[str, Text] = {
    INTERNAL: _l("intern"),
    OFFICER: _l("nur zuständige Person"),
}
FIELDS: dict[str, Text] = {
    "kind": _l("Art"),
    "channel": _l("Weg"),
    "held_on": _l("Datum"),
    "held_at": _l("Beginn"),
    "occasion": _l("Anlass"),
    "summary": _l("Inhalt"),
    "agreements": _l("Vereinbarungen"),
    "confidentiality": _l("Vertraulichkeit"),
    "topics": _l("Themen"),
    "participants": _l("Teilnehmende"),
    "archived_at": _l("Archiviert am"),
}
CHOICES: dict[str, Mapping[str, Text]] = {
    "kind": KINDS,
    "channel": CHANNELS,
    "topics": TOPICS,
    "confidentiality": CONFIDENTIALITY,
}
