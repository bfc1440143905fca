"""Says in plain words how alike two records are and why: bands, and sentences for what was compared."""

from collections.abc import Iterable, Sequence
from typing import Any

from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.matching.verdicts import Evidence

BANDS: dict[str, Text] = {
    "same": _l("Sehr wahrscheinlich dasselbe"),
    "ask": _l("Vielleicht dasselbe"),
    "different": _l("Verschieden"),
}
PERSON_BANDS: dict[str, Text] = {
    "same": _l("Sehr wahrscheinlich dieselbe Person"),
    "ask": _l("Vielleicht dieselbe Person"),
    "different": _l("Verschieden"),
}
_SENTENCES: dict[tuple[str, str], Text] = {
    ("name", "equal"): _l("Gleicher Name"),
    ("name", "similar"): _l("Namen zum Teil gleich"),
    ("name", "spelling"): _l("Gleicher Name, anders geschrieben"),
    ("name", "acronym"): _l("Name und seine Abkürzung"),
    ("name", "described"): _l("Gleicher Name, einmal mit Zusatz"),
    ("name", "contained"): _l("Ein Name steckt im anderen"),
    ("name", "role"): _l("Namen gleich bis auf ein Wort wie „Holding“"),
    ("name", "numbers_differ"): _l("Zahlen im Namen verschieden"),
    ("name", "swapped"): _l("Vor- und Nachname vertauscht"),
    ("name", "differs"): _l("Namen verschieden"),
    ("former_name", "equal"): _l("Ein früherer oder weiterer Name ist gleich"),
    ("former_name", "similar"): _l("Ein früherer oder weiterer Name ist zum Teil gleich"),
    ("former_name", "spelling"): _l("Ein früherer oder weiterer Name ist anders geschrieben"),
    ("former_name", "acronym"): _l("Ein früherer oder weiterer Name und seine Abkürzung"),
    ("former_name", "described"): _l("Ein früherer oder weiterer Name ist gleich, einmal mit Zusatz"),
    ("former_name", "contained"): _l("Ein Name steckt in einem früheren oder weiteren"),
    ("former_name", "role"): _l("Ein früherer oder weiterer Name ist gleich bis auf ein Wort wie „Holding“"),
    ("former_name", "differs"): _l("Auch frühere oder weitere Namen verschieden"),
    ("former_name", "numbers_differ"): _l("Zahlen in einem früheren oder weiteren Namen verschieden"),
    ("legal_form", "equal"): _l("Gleiche Rechtsform"),
    ("legal_form", "differs"): _l("Rechtsformen verschieden"),
    ("register", "equal"): _l("Gleiche Registernummer"),
    ("register", "number_equal"): _l("Gleiche Registernummer, Gericht unbekannt"),
    ("register", "similar"): _l("Registernummern fast gleich"),
    ("register", "differs"): _l("Registernummern verschieden"),
    ("vat_id", "equal"): _l("Gleiche USt-IdNr."),
    ("vat_id", "differs"): _l("USt-IdNrn. verschieden"),
    ("economic_id", "equal"): _l("Gleiche W-IdNr."),
    ("economic_id", "differs"): _l("W-IdNrn. verschieden"),
    ("address", "equal"): _l("Gleiche Anschrift"),
    ("address", "similar"): _l("Anschrift fast gleich"),
    ("address", "differs"): _l("Anschriften verschieden"),
    ("postcode", "equal"): _l("Gleiche PLZ"),
    ("postcode", "differs"): _l("PLZ verschieden"),
    ("town", "equal"): _l("Gleicher Ort"),
    ("town", "differs"): _l("Orte verschieden"),
    ("phone", "equal"): _l("Gleiche Telefonnummer"),
    ("phone", "similar"): _l("Telefonnummern mit gleichem Stamm"),
    ("phone", "differs"): _l("Telefonnummern verschieden"),
    ("email", "equal"): _l("Gleiche E-Mail-Adresse"),
    ("email", "differs"): _l("E-Mail-Adressen verschieden"),
    ("website", "equal"): _l("Gleiche Website"),
    ("website", "differs"): _l("Websites verschieden"),
    ("domain", "equal"): _l("Gleiche Internetadresse"),
    ("given_name", "equal"): _l("Gleicher Vorname"),
    ("given_name", "similar"): _l("Vorname fast gleich"),
    ("given_name", "initial"): _l("Vorname abgekürzt"),
    ("given_name", "differs"): _l("Vornamen verschieden"),
    ("salutation", "differs"): _l("Anreden verschieden"),
    ("family_name", "equal"): _l("Gleicher Nachname"),
    ("family_name", "similar"): _l("Nachname fast gleich"),
    ("family_name", "part"): _l("Ein Nachname steckt im anderen"),
    ("family_name", "differs"): _l("Nachnamen verschieden"),
    ("mobile", "equal"): _l("Gleiche Mobilnummer"),
    ("firm", "equal"): _l("Gleiches Unternehmen"),
    ("firm", "differs"): _l("Unternehmen verschieden"),
    ("born", "equal"): _l("Gleicher Geburtstag"),
    ("born", "similar"): _l("Geburtstag fast gleich"),
    ("born", "year_equal"): _l("Gleiches Geburtsjahr"),
    ("born", "differs"): _l("Geburtstage verschieden"),
}
_WEAK = 0.5
"""Bits below which a feature says too little to be named."""


def sentence(feature: str, level: str) -> str:
    """Return what a comparison found, for instance "Gleiche Telefonnummer"; empty for what has no words."""
    return str(_SENTENCES.get((feature, level), ""))


def sentences(evidence: Iterable[Sequence[Any]]) -> tuple[list[str], list[str]]:
    """Return what speaks for and what speaks against the same, each the strongest first.

    ``evidence`` are ``(feature, level, weight)`` as stored, or the engine's own objects turned so by :func:`codes`.
    """
    ordered = sorted(evidence, key=lambda part: -abs(part[2]))
    told = [(sentence(part[0], part[1]), part[2]) for part in ordered if abs(part[2]) >= _WEAK]
    speaks_for = [words for words, weight in told if words and weight > 0]
    against = [words for words, weight in told if words and weight < 0]
    return list(dict.fromkeys(speaks_for)), list(dict.fromkeys(against))


def codes(evidence: Iterable[Evidence]) -> list[tuple[str, str, float]]:
    """Return the engine's evidence in the form in which it is stored."""
    return [(part.feature, part.level, part.weight) for part in evidence]


def percent(probability: float) -> str:
    """Return a probability for reading: never 100 %, for nobody can know."""
    return _("%(n)s %%", n=min(99, round(100 * probability)))
