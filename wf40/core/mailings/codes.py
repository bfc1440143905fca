"""What may be chosen and what may become of a mailing, each code with its words."""

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.core.contacts.audience import ALL, MAIN, ROLE
from wf40.core.contacts.codes import ROLES

PURPOSE = "information"
"""What persons must have agreed to, or what a legal basis must permit, for being written to."""
FIRMS, CONTACTS = "firms", "contacts"
SOURCES = {"unternehmen": FIRMS, "ansprechpersonen": CONTACTS}
"""The lists by their name in an address."""
WHICH: dict[str, Text] = {
    MAIN: _l("eine Person je Unternehmen: die wichtigste Ansprechperson, sonst die erste"),
    ALL: _l("alle Ansprechpersonen"),
    **{f"{ROLE}{code}": _l("nur: %(role)s", role=name) for code, name in ROLES.items()},
}
MAIL, LETTER = "mail", "letter"
CHANNELS: dict[str, Text] = {MAIL: _l("Rundschreiben per E-Mail"), LETTER: _l("Serienbrief")}
DRAFT, RUNNING, STOPPED, DONE = "draft", "running", "stopped", "done"
STATES: dict[str, Text] = {
    DRAFT: _l("Entwurf"),
    RUNNING: _l("läuft"),
    STOPPED: _l("angehalten"),
    DONE: _l("abgeschlossen"),
}
STATE_LEVELS = {DRAFT: "neutral", RUNNING: "info", STOPPED: "warning", DONE: "success"}
WAITING, QUEUED, SKIPPED, FAILED = "waiting", "queued", "skipped", "failed"
OUTCOMES: dict[str, Text] = {
    WAITING: _l("wartet"),
    QUEUED: _l("angeschrieben"),
    SKIPPED: _l("ausgelassen"),
    FAILED: _l("fehlgeschlagen"),
}
OUTCOME_LEVELS = {WAITING: "info", QUEUED: "success", SKIPPED: "warning", FAILED: "danger"}
HALTED = "halted"
REASONS: dict[str, Text] = {
    "gone": _l("nicht mehr eingetragen"),
    "archived": _l("Person oder Unternehmen archiviert"),
    "no_email": _l("keine E-Mail-Adresse"),
    "opted_out": _l("hat sich abgemeldet"),
    "not_permitted": _l("keine Einwilligung oder Rechtsgrundlage"),
    "no_address": _l("keine vollständige Anschrift"),
    "no_post": _l("möchte keine Briefe"),
    "error": _l("Text oder Adresse nicht verwendbar"),
    HALTED: _l("beim Anhalten zurückgenommen"),
}
"""Why somebody was left out."""
