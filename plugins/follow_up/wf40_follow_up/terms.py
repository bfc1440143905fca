"""What rules can be made of, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wf40.sdk.i18n import Text
from wf40_follow_up.texts import _l

LIGHT_RED: Final = "light_red"
RESPONDED: Final = "responded"
CARE_GAP: Final = "care_gap"
CONCERN_CLOSED: Final = "concern_closed"
TASK_DONE: Final = "task_done"

TRIGGERS: Mapping[str, Text] = {
    LIGHT_RED: _l("Die Ampel eines Unternehmens wird rot"),
    RESPONDED: _l("Ein Unternehmen schickt eine Antwort, zum Beispiel einen Digitalcheck"),
    CARE_GAP: _l("Der letzte Kontakt ist länger her als das Betreuungsintervall"),
    CONCERN_CLOSED: _l("Ein Anliegen ist abgeschlossen"),
    TASK_DONE: _l("Eine Wiedervorlage zu einem Unternehmen ist erledigt"),
}
DAY_KINDS: Mapping[str, Text] = {"working": _l("Arbeitstage"), "calendar": _l("Kalendertage")}
RESPONSIBLE: Mapping[str, Text] = {
    "officer": _l("Zuständige Person des Unternehmens"),
    "head": _l("Leitung"),
    "named": _l("Eine bestimmte Person"),
}
ANY, BY_HAND, AFTER_RULE = "any", "hand", "rule:"
"""What a rule on finished tasks heeds: all, those that people wrote, or those of another rule (``rule:<id>``)."""
FIELDS: Mapping[str, Text] = {
    "trigger": _l("Auslöser"),
    "source": _l("Welche Wiedervorlagen"),
    "title": _l("Text der Wiedervorlage"),
    "days": _l("Frist in Tagen"),
    "day_kind": _l("Gezählt werden"),
    "responsible": _l("Geht an"),
    "officer_id": _l("Person"),
    "active": _l("Eingeschaltet"),
}


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A rule that every unit has from the start. Its title is a text of the office, so it is not translated."""

    trigger: str
    title: str
    days: int
    day_kind: str = "working"
    active: bool = True


BUILT_IN: tuple[BuiltIn, ...] = (
    BuiltIn(LIGHT_RED, "Anrufen: Ampel ist rot", 1),
    BuiltIn(RESPONDED, "Kontakt aufnehmen: Antwort ist eingegangen", 5),
    BuiltIn(CARE_GAP, "Besuch planen", 10),
    BuiltIn(CONCERN_CLOSED, "Nachfragen, ob alles geklärt ist", 90, "calendar", active=False),
)
