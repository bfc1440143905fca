"""Rules in plain sentences, their changes in words, and why a task was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wf40.sdk.i18n import Text, current_language
from wf40_follow_up import terms
from wf40_follow_up.models import Rule
from wf40_follow_up.queries import Figures
from wf40_follow_up.texts import _, _l, _n

_WHEN: Mapping[str, Text] = {
    terms.LIGHT_RED: _l("Wird die Ampel eines Unternehmens rot, entsteht diese Wiedervorlage."),
    terms.RESPONDED: _l(
        "Schickt ein Unternehmen etwas zurück, zum Beispiel einen ausgefüllten Digitalcheck, entsteht diese Wiedervorlage."
    ),
    terms.CARE_GAP: _l(
        "Ist der letzte Kontakt länger her als das Betreuungsintervall des Unternehmens, entsteht diese Wiedervorlage."
    ),
    terms.CONCERN_CLOSED: _l("Ist ein Anliegen abgeschlossen, entsteht diese Wiedervorlage."),
}
_AFTERWARDS: Mapping[str, Text] = {
    terms.LIGHT_RED: _l("Ist die Ampel nicht mehr rot, entfällt sie von selbst."),
    terms.CARE_GAP: _l(
        "Ist ein Gespräch eingetragen, entfällt sie am nächsten Morgen von selbst. Jede Person hat höchstens fünf davon"
        " zugleich, die längste Wartezeit zuerst."
    ),
}
_REASON: Mapping[str, Text] = {
    terms.LIGHT_RED: _l("Die Ampel ist am %(day)s rot geworden."),
    terms.RESPONDED: _l("Am %(day)s ist eine Antwort des Unternehmens eingegangen."),
    terms.CARE_GAP: _l("Der letzte Kontakt ist länger her als das Betreuungsintervall (Stand %(day)s)."),
    terms.CONCERN_CLOSED: _l("Am %(day)s wurde ein Anliegen des Unternehmens abgeschlossen."),
    terms.TASK_DONE: _l("Am %(day)s wurde die Wiedervorlage davor erledigt."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule as the page shows it."""

    id: int
    title: str
    sentences: list[str]
    active: bool
    own: bool
    figures: Figures


def reason(trigger: str, day: date) -> Text:
    """Return why a rule made a task, as it stands in the task's note."""
    return str(_REASON[trigger]) % {"day": day.strftime("%d.%m.%Y")}


def shown(row: Rule, figures: Figures, names: Mapping[int, str], titles: Mapping[int, str]) -> Shown:
    """Return a rule in sentences. ``names`` are the officers present, ``titles`` the other rules'."""
    sentences = [_when(row, titles), _deadline(row), _receiver(row, names), str(_AFTERWARDS.get(row.trigger, ""))]
    return Shown(row.id, row.title, [s for s in sentences if s], row.active, not row.builtin, figures)


def _when(row: Rule, titles: Mapping[int, str]) -> str:
    if row.trigger != terms.TASK_DONE:
        return str(_WHEN[row.trigger])
    if row.source == terms.BY_HAND:
        return _("Ist eine von Hand angelegte Wiedervorlage zu einem Unternehmen erledigt, entsteht diese.")
    if row.source.startswith(terms.AFTER_RULE):
        before = titles.get(int(row.source.removeprefix(terms.AFTER_RULE)), "")
        return _("Ist eine Wiedervorlage aus der Regel „%(title)s“ erledigt, entsteht diese.", title=before)
    return _("Ist eine Wiedervorlage zu einem Unternehmen erledigt, gleich woher sie kam, entsteht diese.")


def _deadline(row: Rule) -> str:
    if row.days == 0:
        return _("Fällig ist sie sofort.")
    if row.day_kind == "working":
        return _n(
            "Fällig ist sie innerhalb eines Arbeitstags.",
            "Fällig ist sie innerhalb von %(num)s Arbeitstagen.",
            row.days,
        )
    return _n("Fällig ist sie nach einem Tag.", "Fällig ist sie nach %(num)s Tagen.", row.days)


def _receiver(row: Rule, names: Mapping[int, str]) -> str:
    if row.responsible == "head":
        return _("Sie geht an die Leitung.")
    if row.responsible == "officer":
        return _("Sie geht an die Person, die für das Unternehmen zuständig ist; gibt es keine, sieht die Leitung sie.")
    name = names.get(row.officer_id or 0)
    if name:
        return _("Sie geht an %(name)s.", name=name)
    return _("Die Person, an die sie gehen sollte, ist nicht mehr da: Die Leitung sieht sie.")


def differences(
    stored: Mapping[str, Any], typed: Mapping[str, Any], names: Mapping[int, str], sources: Mapping[str, Text]
) -> list[dict[str, Text]]:
    """Return the fields in which two versions differ: label, what is stored, what was typed."""
    return [
        {
            "label": terms.FIELDS[name],
            "stored": _word(name, stored[name], names, sources),
            "typed": _word(name, value, names, sources),
        }
        for name, value in typed.items()
        if stored[name] != value
    ]


def _word(field: str, value: Any, names: Mapping[int, str], sources: Mapping[str, Text]) -> str:
    known: dict[str, Mapping[Any, Text]] = {
        "trigger": terms.TRIGGERS,
        "source": sources,
        "day_kind": terms.DAY_KINDS,
        "responsible": terms.RESPONSIBLE,
        "officer_id": names,
    }
    return "" if value is None else str(known.get(field, {}).get(value, value))


def day_word(day: date) -> str:
    """Return a day as mails write it, in the language of the mail."""
    weekdays = (_("Montag"), _("Dienstag"), _("Mittwoch"), _("Donnerstag"), _("Freitag"), _("Samstag"), _("Sonntag"))
    written = day.strftime("%d.%m.%Y" if current_language() == "de" else "%Y-%m-%d")
    return f"{weekdays[day.weekday()]}, {written}"


def titles_of(rows: Iterable[Rule]) -> dict[int, str]:
    """Return the titles of rules by id."""
    return {row.id: row.title for row in rows}
