"""Why a firm's Ampel shows what it shows: the stored score in words, for the record page and its own page."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import SOURCE_LANGUAGE, _, _n
from wf40.base.uow import UnitOfWork
from wf40.core.risk import queries
from wf40.core.risk.evidence import newest_answers
from wf40.core.risk.models import RiskHistory, RiskOverride, RiskScore
from wf40.core.risk.sources import Source, sources_of
from wf40.core.risk.words import (
    CAUSES,
    INPUTS,
    LEVEL_WORDS,
    LIGHTS,
    pressure_words,
    readiness_words,
    reason_sentence,
    short_reason,
    signal_words,
)
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.web.charts import Chart, score_band
from wf40.web.formats import day, number

COSTLIEST = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One bar: what it is, signed points, a remark."""

    label: Text
    value: float
    note: Text = ""
    url: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history in words."""

    at: datetime
    light: str
    title: Text
    cause: Text
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that the panel and the page show. ``points``, ``low``, ``high`` on [0, 100]."""

    light: str
    light_name: Text
    reason: str
    summary: Text
    points: float | None
    low: float
    high: float
    near_boundary: bool
    chart: Chart
    base: int
    parts: list[Part]
    costliest: list[Part]
    sources: list[Source]
    unknown: list[Text]
    lowering: list[Text]
    next_step: Text
    pressure: Text
    parameters_version: str
    exposure_version: str
    computed_at: datetime
    not_renewed_since: datetime | None
    override: RiskOverride | None
    computed_name: Text


@requires("risk.read")
def explain(u: UnitOfWork, firm_id: int) -> Explanation | None:
    """Return the explanation of a firm's score, ``None`` before its first computation."""
    score = queries.score_of(u, firm_id)
    if score is None:
        return None
    labels = _labels(u, firm_id)
    chart = score_band(f"ampel-{firm_id}", _("Einschätzung"), score.points, (score.low, score.high))
    costliest = _costliest(score, labels)
    override = queries.override_of(u, firm_id)
    return Explanation(
        light=score.light,
        light_name=LIGHTS[score.light],
        reason=score.reason,
        summary=short_reason(score, _hard(score, labels)),
        points=score.points,
        low=score.low,
        high=score.high,
        near_boundary=score.near_boundary,
        chart=chart,
        base=round(score.contributions.get("base", 50)),
        parts=_parts(score),
        costliest=costliest,
        sources=sources_of(score, labels),
        unknown=_unknown(score, labels),
        lowering=_lowering(score, labels, costliest),
        next_step=_next_step(score),
        pressure=pressure_words(score.pressure),
        parameters_version=score.parameters_version,
        exposure_version=score.exposure_version,
        computed_at=score.computed_at,
        not_renewed_since=score.not_renewed_since,
        override=override if override and override.light == score.light else None,
        computed_name=LIGHTS[score.computed_light],
    )


@requires("risk.read")
def history(u: UnitOfWork, firm_id: int) -> list[Event]:
    """Return the history of a firm's score in words, the newest first."""
    labels = _labels(u, firm_id)
    return [_event(row, labels) for row in queries.history_of(u, firm_id)]


def _event(row: RiskHistory, labels: dict[str, str]) -> Event:
    before, after = _named(row.light_before, row.points_before), _named(row.light, row.points)
    title = _("%(before)s → %(after)s", before=before, after=after) if row.light_before else after
    reasons = [reason_sentence(reason, labels) for reason in row.reasons]
    return Event(row.at, row.light, title, CAUSES.get(row.cause, ""), reasons)


def _named(light: str, points: float | None) -> str:
    name = str(LIGHTS.get(light, ""))
    return name if points is None else f"{name} ({number(round(points))})"


def _labels(u: UnitOfWork, firm_id: int) -> dict[str, str]:
    """Questions, signals and, by their stored German name, sources in the present language, as far as owners tell."""
    hooks = u.service(Hooks)
    answers = newest_answers(hooks.each(Spec.indicators, u, [firm_id])).get(firm_id, {})
    labels = {concept: str(answer.label) for concept, answer in answers.items() if answer.label}
    with force_locale(SOURCE_LANGUAGE):
        stored = {concept: str(answer.source) for concept, answer in answers.items()}
    labels |= {stored[concept]: str(answer.source) for concept, answer in answers.items()}
    return labels | {s.key: str(s.label) for s in hooks.each(Spec.firm_signals, u, [firm_id])}


def _hard(score: RiskScore, labels: dict[str, str]) -> list[str]:
    return [labels.get(s["key"], s["label"]) for s in score.inputs["signals"] if s["hard"]]


def _parts(score: RiskScore) -> list[Part]:
    shown: dict[str, float] = score.contributions.get("shown", {})
    notes = {
        "exposure": _pressure_note(score),
        "vulnerability": readiness_words(score.vulnerability),
        "signals": signal_words(len(score.inputs["signals"])),
    }
    return [Part(INPUTS[name], value, notes[name], text=_signed(value)) for name, value in shown.items()]


def _signed(points: float) -> str:
    rounded = round(points)
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded < 0 else "0"


def _pressure_note(score: RiskScore) -> Text:
    word = LEVEL_WORDS.get(score.pressure)
    return (
        ""
        if word is None
        else _("%(word)s (%(value)s auf einer Skala bis 1)", word=word, value=number(score.exposure, 2))
    )


def _costliest(score: RiskScore, labels: dict[str, str]) -> list[Part]:
    costly = sorted((a for a in score.inputs["answers"] if a["cost"] > 0), key=lambda a: (-a["cost"], a["concept"]))
    return [
        Part(labels.get(a["concept"], a["label"]), a["cost"], "", a["url"], _signed(max(1.0, a["cost"])))
        for a in costly[:COSTLIEST]
    ]


def _unknown(score: RiskScore, labels: dict[str, str]) -> list[Text]:
    found: list[Text] = []
    if score.exposure is None:
        found.append(_("Die Branche fehlt oder hat keine veröffentlichte Zahl."))
    if score.vulnerability_low is None:
        found.append(_("Es gibt noch keine Antworten aus einem Check."))
        return found
    open_answers = [a for a in score.inputs["answers"] if a["applies"] and a["low"] != a["high"]]
    found.extend(
        _("Mit „weiß nicht“ beantwortet: %(label)s", label=labels.get(a["concept"], a["label"])) for a in open_answers
    )
    if missing := len(score.inputs["missing"]):
        found.append(_n("%(num)s Frage ist noch offen.", "%(num)s Fragen sind noch offen.", missing))
    return found


def _lowering(score: RiskScore, labels: dict[str, str], costliest: list[Part]) -> list[Text]:
    found: list[Text] = [
        _(
            "Günstigere Antwort auf „%(label)s“: etwa %(points)s Punkte weniger",
            label=part.label,
            points=max(1, round(part.value)),
        )
        for part in costliest
    ]
    for signal in score.inputs["signals"]:
        if signal["effect"] >= 0.5 or signal["hard"]:
            label = labels.get(signal["key"], signal["label"])
            points = max(1, round(signal["effect"]))
            found.append(_("Wenn geklärt: %(label)s (etwa %(points)s Punkte weniger)", label=label, points=points))
    return found


def _next_step(score: RiskScore) -> Text:
    if score.light != "grey":
        return ""
    if score.reason == "no_sector":
        return _("Tragen Sie die Branche (WZ) ein. Dann ist der Strukturdruck bekannt.")
    if score.reason == "no_check":
        return _("Laden Sie das Unternehmen zum Digitalcheck ein.")
    narrows = {
        "exposure": _("Eine genauere Branche würde am meisten helfen."),
        "vulnerability": _("Fehlende oder alte Antworten im Digitalcheck würden am meisten helfen."),
    }
    return narrows.get(score.narrowing, _("Weitere Angaben würden helfen."))


def shown_interval(explanation: Explanation) -> str:
    """The interval in whole points, e.g. ``48 bis 71``."""
    return _("%(low)s bis %(high)s", low=number(round(explanation.low)), high=number(round(explanation.high)))


def override_line(override: RiskOverride) -> str:
    """Who set a light by hand and until when."""
    return _("Festgelegt von %(who)s, gilt bis %(until)s", who=override.author_name, until=day(override.expires_on))


__all__ = ["Explanation", "explain", "history", "override_line", "shown_interval"]
