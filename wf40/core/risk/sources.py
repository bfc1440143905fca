"""What a stored score rests on: each input in words, with its day and its source."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from wf40.base.errors import Text
from wf40.base.i18n import _
from wf40.core.risk.models import RiskScore
from wf40.core.risk.words import FAMILIES, INPUTS
from wf40.web.formats import number


@dataclass(frozen=True, slots=True)
class Source:
    """One input with its value in words, its day and its source."""

    label: Text
    value: Text
    observed_on: date | None
    source: Text
    url: str = ""
    is_answer: bool = False
    """One of the many answers of a check, which a page may fold together."""


def sources_of(score: RiskScore, labels: dict[str, str]) -> list[Source]:
    """Return all inputs: the sector's figures, the answers, the signals; ``labels`` are today's words by key."""
    return [*_sector(score), *_answers(score, labels), *_signals(score, labels)]


def _sector(score: RiskScore) -> list[Source]:
    exposure, wz = score.inputs["exposure"], score.inputs["wz"]
    if exposure is None:
        missing = _("keine veröffentlichte Zahl") if wz["code"] else _("Branche fehlt")
        return [Source(INPUTS["exposure"], missing, None, f"WZ {wz['edition']}: {wz['code']}" if wz["code"] else "")]
    label = _(
        "%(name)s (Abteilung %(division)s, WZ %(edition)s)",
        name=INPUTS["exposure"],
        **{k: exposure[k] for k in ("division", "edition")},
    )
    return [
        Source(
            label,
            f"{FAMILIES.get(family['name'], family['name'])}: {number(family['value'], 2)}",
            None,
            family["source"],
        )
        for family in exposure["families"]
    ]


def _answers(score: RiskScore, labels: dict[str, str]) -> list[Source]:
    def word(answer: dict[str, Any]) -> Text:
        if not answer["applies"]:
            return _("trifft nicht zu")
        if answer["low"] != answer["high"]:
            return _("weiß nicht")
        share = answer["low"]
        return (
            _("erfüllt")
            if share >= 1
            else _("nicht erfüllt")
            if share <= 0
            else _("zu %(part)s %% erfüllt", part=round(100 * share))
        )

    return [
        Source(
            labels.get(a["concept"], a["label"]),
            word(a),
            date.fromisoformat(a["observed_on"]),
            labels.get(a["source"], a["source"]),
            a["url"],
            is_answer=True,
        )
        for a in score.inputs["answers"]
    ]


def _signals(score: RiskScore, labels: dict[str, str]) -> list[Source]:
    if not score.inputs["signals"]:
        return [Source(INPUTS["signals"], _("keine erfasst"), None, "")]
    return [
        Source(
            labels.get(s["key"], s["label"]),
            _("zählt heute %(part)s %%", part=round(100 * s["strength"])),
            date.fromisoformat(s["observed_on"]),
            s["source"],
            s["url"],
        )
        for s in score.inputs["signals"]
    ]
