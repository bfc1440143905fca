"""What may be chosen and what states there are, each code with its words."""

from collections.abc import Mapping
from dataclasses import dataclass

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.sdk.topics import TOPICS

__all__ = [
    "ACCEPTED", "AWAITING", "CHOICES", "CLOSED", "DECLINED", "FIELDS", "HANDED_ON", "IN_PROGRESS", "KINDS", "LEVELS", "NEW",
    "NO_ANSWER", "OPEN", "OUTCOMES", "REQUEST", "SOLVED", "STATES", "TOPICS", "UNSOLVABLE", "WAYS", "WITHDRAWN", "Kind",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of concern: its words, and within how many working days the office answers and solves it."""

    label: Text
    respond: int
    solve: int | None


# Working days as promised by offices with the RAL quality mark "Mittelstandsorientierte Kommunalverwaltung" (RAL-GZ 981):
# calls and mails answered 1, receipt confirmed with a named person 3, complaints 3, offers of sites 5, missing papers
# and timetable named 7, building applications decided 40.
_ANSWERED, _CONFIRMED = 1, 3
REQUEST = "request"
KINDS: dict[str, Kind] = {
    REQUEST: Kind(_l("Anfrage (Anruf, E-Mail oder Gespräch)"), _ANSWERED, None),
    "complaint": Kind(_l("Beschwerde"), _CONFIRMED, 3),
    "site_offer": Kind(_l("Standortangebot"), _CONFIRMED, 5),
    "papers": Kind(_l("Fehlende Unterlagen oder Zeitplan"), _CONFIRMED, 7),
    "building_application": Kind(_l("Bauantrag"), _CONFIRMED, 40),
}
NEW, IN_PROGRESS, HANDED_ON, AWAITING = "new", "in_progress", "handed_on", "awaiting"
SOLVED, UNSOLVABLE, WITHDRAWN = "solved", "unsolvable", "withdrawn"
STATES: dict[str, Text] = {
    NEW: _l("neu"),
    IN_PROGRESS: _l("in Bearbeitung"),
    HANDED_ON: _l("weitergeleitet"),
    AWAITING: _l("Rückmeldung ausstehend"),
    SOLVED: _l("gelöst"),
    UNSOLVABLE: _l("nicht lösbar"),
    WITHDRAWN: _l("zurückgezogen"),
}
OPEN = (NEW, IN_PROGRESS, HANDED_ON, AWAITING)
CLOSED = (SOLVED, UNSOLVABLE, WITHDRAWN)
LEVELS = {NEW: "info", IN_PROGRESS: "info", HANDED_ON: "info", AWAITING: "warning", SOLVED: "success"}
"""Colour and icon of a state; the others are neutral."""
WAYS: dict[str, Text] = {
    "phone": _l("per Telefon"),
    "mail": _l("per E-Mail"),
    "letter": _l("per Brief"),
    "visit": _l("bei einem Besuch"),
    "talk": _l("im Gespräch"),
}
ACCEPTED, DECLINED, NO_ANSWER = "accepted", "declined", "no_answer"
OUTCOMES: dict[str, Text] = {
    ACCEPTED: _l("übernommen"),
    SOLVED: _l("gelöst"),
    DECLINED: _l("abgelehnt"),
    NO_ANSWER: _l("keine Rückmeldung"),
}
FIELDS: dict[str, Text] = {
    "topic": _l("Thema"),
    "title": _l("Worum geht es?"),
    "description": _l("Beschreibung"),
    "kind": _l("Art"),
    "state": _l("Status"),
    "owner": _l("Zuständig"),
    "raised_on": _l("Aufgenommen am"),
    "respond_by": _l("Erste Antwort bis"),
    "deadline_on": _l("Lösung bis"),
    "first_response_how": _l("Erste Antwort"),
    "outcome": _l("Ergebnis"),
    "confidential": _l("Vertraulich"),
    "recipient": _l("Weitergeleitet an"),
    "confirmed": _l("Empfang bestätigt von"),
    "answer": _l("Rückmeldung"),
    "recalled": _l("Weiterleitung zurückgenommen an"),
}
CHOICES: Mapping[str, Mapping[str, Text]] = {
    "topic": TOPICS,
    "kind": {code: kind.label for code, kind in KINDS.items()},
    "state": STATES,
    "first_response_how": WAYS,
    "answer": OUTCOMES,
}
