"""States of a task, what lists can be narrowed to, and the words for fields."""

from wf40.base.errors import Text
from wf40.base.i18n import _l, _pl

OPEN, DONE, DROPPED = "open", "done", "dropped"
STATES: dict[str, Text] = {OPEN: _l("offen"), DONE: _l("erledigt"), DROPPED: _l("gestrichen")}
WHEN: dict[str, Text] = {
    "offen": _l("Alle offenen"),
    "ueberfaellig": _l("Überfällig"),
    "heute": _l("Heute fällig"),
    "woche": _l("Diese Woche fällig"),
    "erledigt": _l("Erledigt"),
    "gestrichen": _l("Gestrichen"),
}
"""What a list may be narrowed to, by the word in its address."""
MINE, ALL, NOBODY = "ich", "alle", "niemand"
FIELDS: dict[str, Text] = {
    "title": _l("Was ist zu tun?"),
    "note": _l("Notiz"),
    "due_on": _l("Fällig am"),
    "responsible": _l("Zuständig"),
    "confidential": _l("Vertraulich"),
    "state": _l("Status"),
    "outcome": _l("Ergebnis"),
    "word": _l("Hinweis bei der Weitergabe"),
}
CHOICES = {"state": STATES}
CONFIDENTIAL = _l("Vertrauliche Aufgabe")
"""What everybody reads who may not read what a task is about."""
RECORDS: dict[str, Text] = {
    "concern": _l("Anliegen"),
    "consultation": _l("Gespräch"),
    "contact": _l("Ansprechperson"),
    "firm": _pl("Einzahl", "Unternehmen"),
    "signal": _l("Signal"),
}
"""What a task may be about; anything else is called an entry."""
