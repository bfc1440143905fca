"""What a closing day and a department must keep to, and how people write a closing day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wf40.base import checks
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.office.calendar import Closing
from wf40.sdk.topics import TOPICS

FIELDS: dict[str, Text] = {
    "name": _l("Name"),
    "email": _l("E-Mail"),
    "phone": _l("Telefon"),
    "contact_name": _l("Kontakt"),
    "topics": _l("Themen"),
    "note": _l("Hinweis"),
}
NAME_LENGTH, NOTE_LENGTH, LABEL_LENGTH = 200, 5000, 100
MOST_CLOSINGS = 200
_LEAP = 2000
_KEY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class DepartmentInput:
    """A department as somebody enters it."""

    name: str
    email: str = ""
    phone: str = ""
    contact_name: str = ""
    topics: tuple[str, ...] = ()
    note: str = ""


def closing(day: date, label: str, *, yearly: bool) -> Closing:
    """Return the closing day that somebody entered; raises :class:`InvalidInput`."""
    found = checks.Findings()
    clean = found.check("label", lambda: checks.line(label, LABEL_LENGTH))
    if not clean and "label" not in found.fields:
        found.fields["label"] = _l("Schreiben Sie, warum das Amt geschlossen ist, zum Beispiel „Betriebsausflug“.")
    found.close()
    return Closing(day.month, day.day, None if yearly else day.year, clean)


def closing_key(closing: Closing) -> str:
    """Return what names a closing day in a form: ``12-24`` or ``2026-05-15``."""
    day = f"{closing.month:02d}-{closing.day:02d}"
    return day if closing.year is None else f"{closing.year:04d}-{day}"


def day_of_key(key: str) -> tuple[int | None, int, int] | None:
    """Return year, month and day that a form names, or ``None``."""
    match = _KEY.fullmatch(key)
    return (int(match[1]) if match[1] else None, int(match[2]), int(match[3])) if match else None


def closing_in_words(closing: Closing) -> str:
    """Return a closing day for histories: ``24.12. Heiligabend`` or ``15.05.2026 Brückentag``."""
    return f"{closing.day:02d}.{closing.month:02d}.{closing.year or ''} {closing.label}".strip()


def checked(given: DepartmentInput) -> Mapping[str, Any]:
    """Return the values to store; raises :class:`InvalidInput` with a sentence for each fault."""
    found = checks.Findings()
    values: dict[str, Any] = {
        "name": found.check("name", lambda: checks.line(given.name, NAME_LENGTH)),
        "email": found.check("email", lambda: checks.email(given.email)),
        "phone": found.check("phone", lambda: checks.phone(given.phone)),
        "contact_name": found.check("contact_name", lambda: checks.line(given.contact_name, NAME_LENGTH)),
        "topics": [found.check("topics", lambda t=topic: checks.one_of(t, TOPICS)) for topic in given.topics],  # type: ignore[misc]
        "note": found.check("note", lambda: checks.lines(given.note, NOTE_LENGTH)),
    }
    if not values["name"] and "name" not in found.fields:
        found.fields["name"] = _l("Geben Sie den Namen des Fachamts ein.")
    if not (given.email or given.phone):
        found.fields["email"] = _l(
            "Geben Sie eine E-Mail-Adresse oder eine Telefonnummer ein, damit Anliegen dort ankommen."
        )
    found.close()
    return {**values, "topics": [topic for topic in TOPICS if topic in values["topics"]]}


def no_such_land() -> InvalidInput:
    """Return the sentence for a Land that does not exist."""
    sentence = _l("Diese Auswahl gibt es nicht.")
    return InvalidInput(sentence, {"land": sentence})
