"""The words for codes of imports: states, outcomes, legal bases."""

from wf40.base.errors import Text
from wf40.base.i18n import _l

LEGAL_BASES: dict[str, Text] = {
    "public_register": _l("Öffentliches Register"),
    "public_task": _l("Aufgabenerfüllung nach Landesrecht (Art. 6 Abs. 1 Buchst. e DSGVO)"),
    "consent": _l("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
    "contract": _l("Vertrag (Art. 6 Abs. 1 Buchst. b DSGVO)"),
}
OUTCOMES: dict[str, Text] = {
    "created": _l("Neu"),
    "updated": _l("Aktualisiert"),
    "unchanged": _l("Unverändert"),
    "ask": _l("Zu entscheiden"),
    "skipped": _l("Übersprungen"),
    "faulty": _l("Fehlerhaft"),
}
STATES: dict[str, Text] = {
    "reading": _l("Wird gelesen"),
    "uploaded": _l("Spalten zuordnen"),
    "mapped": _l("Wird geprüft"),
    "checked": _l("Geprüft"),
    "queued": _l("Wartet"),
    "running": _l("Wird eingelesen"),
    "done": _l("Abgeschlossen"),
    "failed": _l("Gescheitert"),
    "cancelled": _l("Abgebrochen"),
    "undoing": _l("Wird zurückgenommen"),
    "undone": _l("Zurückgenommen"),
}
OPEN = frozenset({"uploaded", "mapped", "checked"})
"""Nothing has gone in yet: the columns may still be changed."""
WORKING = frozenset({"queued", "running"})
ENDED = frozenset({"done", "failed", "cancelled", "undone"})
UNDOABLE = frozenset({"done", "failed", "cancelled"})
"""What has gone in can be taken back."""
POLICIES: dict[str, Text] = {
    "newer": _l("Neueren Wert behalten"),
    "fill": _l("Nur leere Felder füllen"),
    "overwrite": _l("Immer überschreiben"),
}
NO_AUTHOR, NO_UNDOER = "no_author", "no_undoer"
"""Why a run failed: the person with whose rights it is moved may do so no longer. Other errors are kept as they came."""
