"""The words of the early warning: lights, reasons and what moved a score, in plain German."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from wf40.base.errors import Text
from wf40.base.i18n import _, _l, _n
from wf40.core.risk.exposure import PressureLevel
from wf40.sdk.values import Level

LIGHTS: Mapping[str, Text] = {
    "red": _l("Rot"),
    "yellow": _l("Gelb"),
    "green": _l("Grün"),
    "grey": _l("Grau"),
}
LEVELS: Mapping[str, Level] = {"red": "danger", "yellow": "warning", "green": "success"}
PRESSURES: Mapping[str, Text] = {
    PressureLevel.HIGH: _l("Strukturdruck hoch"),
    PressureLevel.MEDIUM: _l("Strukturdruck mittel"),
    PressureLevel.LOW: _l("Strukturdruck niedrig"),
}
LEVEL_WORDS: Mapping[str, Text] = {
    PressureLevel.HIGH: _l("hoch"),
    PressureLevel.MEDIUM: _l("mittel"),
    PressureLevel.LOW: _l("niedrig"),
}
INPUTS: Mapping[str, Text] = {
    "exposure": _l("Strukturdruck der Branche"),
    "vulnerability": _l("Digitaler Rückstand"),
    "signals": _l("Signale"),
}
FAMILIES: Mapping[str, Text] = {
    "Digitalisierungsgrad der Branche (OECD)": _l("Digitalisierungsgrad der Branche (OECD)"),
    "KI-Nähe der Tätigkeiten (AIIE)": _l("KI-Nähe der Tätigkeiten (AIIE)"),
}
CAUSES: Mapping[str, Text] = {
    "nightly": _l("Nächtliche Neuberechnung"),
    "signal_recorded": _l("Signal erfasst"),
    "signal_changed": _l("Signal geändert"),
    "signal_resolved": _l("Signal geklärt"),
    "signal_reopened": _l("Signal wieder geöffnet"),
    "signal_archived": _l("Signal archiviert"),
    "signal_restored": _l("Signal wiederhergestellt"),
    "override_set": _l("Ampel von Hand festgelegt"),
    "override_withdrawn": _l("Festlegung aufgehoben"),
    "renewed": _l("Nachgeholte Berechnung"),
    "created": _l("Unternehmen angelegt"),
    "import": _l("Aus einer Datei übernommen"),
    "contact": _l("Gespräch erfasst"),
    "sites": _l("Betriebsstätten geändert"),
    "archived": _l("Unternehmen archiviert"),
    "restored": _l("Unternehmen wiederhergestellt"),
}


def pressure_words(pressure: str) -> Text:
    """Strukturdruck in a word, or what is missing for it."""
    return PRESSURES.get(pressure, _l("Branche fehlt"))


class Facts(Protocol):
    """What the line beside a light needs of a score."""

    light: Any
    computed_light: Any
    reason: Any
    pressure: Any
    vulnerability: Any
    inputs: Any


def short_reason(score: Facts, hard: Sequence[str]) -> Text:
    """One line beside the light: why it shows what it shows. ``hard``: the signals that make it red."""
    if score.light != score.computed_light:
        return _("von Hand festgelegt")
    if score.reason == "hard_trigger":
        return ", ".join(_(signal) for signal in hard)  # stored in German; a title that somebody typed stays
    if score.reason == "no_sector":
        return _("Branche fehlt")
    if score.reason == "no_check":
        return _("Noch kein Check. %(pressure)s.", pressure=pressure_words(score.pressure))
    if score.reason == "too_wide":
        return _("Zu viel ist unbekannt. %(pressure)s.", pressure=pressure_words(score.pressure))
    parts = [str(readiness_words(score.vulnerability)), str(pressure_words(score.pressure))]
    if score.inputs["signals"]:
        parts.append(str(signal_words(len(score.inputs["signals"]))))
    return ", ".join(parts)


def readiness_words(vulnerability: float | None) -> Text:
    """The readiness of the reference concepts in points."""
    if vulnerability is None:
        return _("Reife noch unbekannt")
    return _("Digitale Reife %(points)s von 100", points=round(100 * (1 - vulnerability)))


def signal_words(number: int) -> Text:
    """How many signals count."""
    return _n("%(num)s Signal", "%(num)s Signale", number) if number else _("keine erfasst")


def reason_sentence(reason: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """One thing that moved a score. ``labels``: questions and signals in the present language, by concept or key."""
    kind = reason["kind"]
    if kind == "exposure":
        return _(
            "Branche geändert (vorher %(before)s, jetzt %(after)s).",
            before=reason["before"] or "–",
            after=reason["after"] or "–",
        )
    if kind == "answers":
        named = [labels.get(c, label) for c, label in zip(reason["concepts"], reason["labels"], strict=True)]
        more = len(named) - 3
        text = ", ".join(named[:3]) + (_(" und %(n)s weitere", n=more) if more > 0 else "")
        return _n("Neue Antwort: %(text)s.", "%(num)s neue Antworten: %(text)s.", len(named), text=text)
    if kind in _WITH_LABEL:
        return _WITH_LABEL[kind](labels.get(reason["key"], reason["label"]))
    if kind == "hard":
        return _("Ampel ist rot wegen: %(labels)s.", labels=", ".join(reason["labels"]))
    if kind.endswith("_version"):
        return _(
            "Neue Fassung der Rechenregeln (%(after)s statt %(before)s).",
            before=reason["before"],
            after=reason["after"],
        )
    return str(_PLAIN.get(kind, kind))


def _new(label: str) -> str:
    return _("Neues Signal: %(label)s.", label=label)


def _gone(label: str) -> str:
    return _("Signal zählt nicht mehr: %(label)s.", label=label)


_WITH_LABEL = {"signal_new": _new, "signal_gone": _gone}
_PLAIN: Mapping[str, Text] = {
    "first": _l("Erste Einschätzung."),
    "aged": _l("Die Antworten sind älter geworden und damit unsicherer."),
    "signals_moved": _l("Signale wiegen mit der Zeit mehr oder weniger."),
    "hard_gone": _l("Kein Signal macht die Ampel mehr von sich aus rot."),
    "override_began": _l("Die Ampel wurde von Hand festgelegt."),
    "override_ended": _l("Die Festlegung von Hand gilt nicht mehr."),
}
