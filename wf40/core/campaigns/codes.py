"""States, reasons and groups of campaigns and their firms, each code with its words."""

from wf40.base.errors import Text
from wf40.base.i18n import _l

DRAFT, RUNNING, STOPPED, DONE = "draft", "running", "stopped", "done"
STATES: dict[str, tuple[Text, str]] = {
    DRAFT: (_l("Entwurf"), "neutral"),
    RUNNING: (_l("läuft"), "info"),
    STOPPED: (_l("angehalten"), "warning"),
    DONE: (_l("verschickt"), "neutral"),
}
"""Words and kind of badge."""

UNCHECKED, WAITING, SENT, SKIPPED, FAILED = "unchecked", "waiting", "sent", "skipped", "failed"

NO_BASIS, NO_PERSON, BUSY_OPEN, BUSY_ANSWERED = "no_basis", "no_person", "busy_open", "busy_answered"
OTHER_UNIT, ARCHIVED, LEFT_OUT, WITHDRAWN, GONE = "other_unit", "archived", "left_out", "withdrawn", "gone"
REASONS: dict[str, Text] = {
    NO_BASIS: _l("Keine Einwilligung oder andere Rechtsgrundlage für E-Mails."),
    NO_PERSON: _l("Keine Ansprechperson mit E-Mail-Adresse eingetragen."),
    BUSY_OPEN: _l("Hat schon eine Einladung, die noch offen ist."),
    BUSY_ANSWERED: _l("Hat in den letzten 90 Tagen geantwortet."),
    OTHER_UNIT: _l("Gehört zu einer anderen Gemeinde."),
    ARCHIVED: _l("Das Unternehmen ist archiviert."),
    LEFT_OUT: _l("Von Hand weggelassen."),
    WITHDRAWN: _l("Einwilligung oder Rechtsgrundlage wurde inzwischen widerrufen."),
    GONE: _l("Die Ansprechperson ist nicht mehr eingetragen."),
}  # fmt: skip
HALTS: dict[str, Text] = {
    "sender": _l(
        "Wer die Aktion gestartet hat, darf das Versenden nicht mehr veranlassen oder gehört nicht mehr zu dieser"
        " Stelle. Wer weitermachen will, klickt auf „Fortsetzen“ und versendet dann im eigenen Namen."
    ),
}

RECEIVES = "receives"
GROUPS: dict[str, tuple[Text, tuple[str, ...]]] = {
    RECEIVES: (_l("Erhält Einladung"), ()),
    NO_BASIS: (_l("Keine Rechtsgrundlage oder Einwilligung"), (NO_BASIS,)),
    NO_PERSON: (_l("Keine E-Mail-Adresse oder Ansprechperson"), (NO_PERSON,)),
    "busy": (_l("Schon eingeladen oder vor Kurzem beantwortet"), (BUSY_OPEN, BUSY_ANSWERED)),
    OTHER_UNIT: (_l("Andere Gemeinde"), (OTHER_UNIT,)),
    ARCHIVED: (_l("Archiviert"), (ARCHIVED,)),
    LEFT_OUT: (_l("Von Hand weggelassen"), (LEFT_OUT,)),
}
"""The groups of a draft: words, and the reasons that fall into them."""
ALWAYS_SHOWN = (RECEIVES, NO_BASIS, NO_PERSON, "busy", OTHER_UNIT)

REPLIES: dict[str, tuple[Text, str]] = {
    "answered": (_l("beantwortet"), "success"),
    "opened": (_l("geöffnet"), "info"),
    "sent": (_l("eingeladen"), "neutral"),
    "expired": (_l("Frist abgelaufen"), "warning"),
    "revoked": (_l("widerrufen"), "neutral"),
    WAITING: (_l("wartet"), "neutral"),
    SKIPPED: (_l("ausgelassen"), "warning"),
    FAILED: (_l("nicht gesendet"), "danger"),
}
"""How far a firm got, as the result says it: words and kind of badge."""
UNANSWERED = frozenset({"sent", "opened", "expired"})
INVITED = frozenset({"answered", "opened", "sent", "expired", "revoked"})
FILTERS: dict[str, Text] = {
    "unanswered": _l("Noch nicht beantwortet"),
    "answered": _l("Beantwortet"),
    "opened": _l("Geöffnet, nicht beantwortet"),
    "sent": _l("Eingeladen, nicht geöffnet"),
    "expired": _l("Frist abgelaufen"),
    "revoked": _l("Widerrufen"),
    WAITING: _l("Wartet"),
    "missed": _l("Nicht eingeladen"),
}
FIELDS: dict[str, Text] = {"title": _l("Titel"), "note": _l("Notiz")}
