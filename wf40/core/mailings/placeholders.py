"""Placeholders in texts: four known names in double braces, filled in one pass; everything else is refused."""

import re
from collections.abc import Mapping

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.core.contacts.audience import Person

NAMES = ("Anrede", "Name", "Unternehmen", "Ort")
MEANINGS: Mapping[str, Text] = {
    "Anrede": _l("Sehr geehrte Frau Dr. Müller – ohne Frau oder Herr: Guten Tag Ines Müller"),
    "Name": _l("Dr. Ines Müller"),
    "Unternehmen": _l("Name des Unternehmens"),
    "Ort": _l("Ort des Unternehmens"),
}
_KNOWN = {name.casefold(): name for name in NAMES}
_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


def fault(text: str) -> Text | None:
    """Say what is wrong with the placeholders of a text, or ``None``."""
    unknown = [f"{{{{{name}}}}}" for name in dict.fromkeys(_PLACE.findall(text)) if _key(name) not in _KNOWN]
    known = ", ".join(f"{{{{{name}}}}}" for name in NAMES)
    if unknown:
        shown = ", ".join(name[:40] for name in unknown[:5])
        return _l("Diesen Platzhalter gibt es nicht: %(unknown)s. Möglich sind %(known)s.", unknown=shown, known=known)
    if _BRACES.search(_PLACE.sub("", text)):
        return _l(
            "Ein Platzhalter ist unvollständig: Er beginnt mit {{ und endet mit }}. Möglich sind %(known)s.",
            known=known,
        )
    return None


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the values in place; what a value holds is not looked at again."""
    return _PLACE.sub(lambda place: values[_KNOWN[_key(place[1])]], text)


def values_for(person: Person) -> dict[str, str]:
    """Return what the placeholders stand for when somebody is written to; each is one line."""
    values = {
        "Anrede": greeting(person),
        "Name": person.name,
        "Unternehmen": person.firm_name,
        "Ort": person.town,
    }
    return {name: " ".join(value.split()) for name, value in values.items()}


def greeting(person: Person) -> str:
    """Return the greeting in the person's language, without a comma; by full name where neither Frau nor Herr is known."""
    addressed = f"{person.title} {person.family_name}".strip()
    if person.language == "en":
        forms = {"ms": f"Dear Ms {person.family_name}", "mr": f"Dear Mr {person.family_name}"}
        return forms.get(person.salutation, f"Dear {person.name}")
    forms = {"ms": f"Sehr geehrte Frau {addressed}", "mr": f"Sehr geehrter Herr {addressed}"}
    return forms.get(person.salutation, f"Guten Tag {person.name}")


def _key(name: str) -> str:
    return name.strip().casefold()
