"""What the queue calls the two kinds of records that may stand twice."""

from collections.abc import Mapping
from dataclasses import dataclass

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.core.duplicates.codes import FIRMS, PERSONS
from wf40.core.firms import match_words


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one kind. ``unit`` is what a search counts; ``apart`` is the button that keeps two apart."""

    intro: Text
    both: Text
    apart: Text
    decided: Text
    checked: Text
    unit: Text
    nothing: Text
    nothing_now: Text
    nothing_kept: Text
    bands: Mapping[str, Text]


WORDS: Mapping[str, Words] = {
    FIRMS: Words(
        intro=_l("Unternehmen, die vielleicht doppelt im Bestand stehen. Sie entscheiden, ob es dasselbe ist."),
        both=_l("Angaben beider Unternehmen"),
        apart=_l("Nicht dasselbe"),
        decided=_l("Nicht dasselbe"),
        checked=_l("Neue und geänderte Unternehmen werden laufend geprüft."),
        unit=_l("Unternehmen"),
        nothing=_l("Neue und geänderte Unternehmen werden laufend mit dem Bestand verglichen."),
        nothing_now=_l(
            "Neue und geänderte Unternehmen werden laufend mit dem Bestand verglichen. Mit „Bestand prüfen“ vergleichen Sie"
            " alle auf einmal."
        ),
        nothing_kept=_l(
            "Hier stehen Paare, bei denen jemand „Nicht dasselbe“ gewählt hat. Sie werden nicht wieder vorgeschlagen."
        ),
        bands=match_words.BANDS,
    ),
    PERSONS: Words(
        intro=_l("Personen, die vielleicht doppelt im Bestand stehen. Sie entscheiden, ob es dieselbe ist."),
        both=_l("Angaben beider Personen"),
        apart=_l("Nicht dieselbe Person"),
        decided=_l("Bleiben getrennt"),
        checked=_l("Neue und geänderte Personen werden laufend geprüft."),
        unit=_l("Personen"),
        nothing=_l("Neue und geänderte Personen werden laufend mit dem Bestand verglichen."),
        nothing_now=_l(
            "Neue und geänderte Personen werden laufend mit dem Bestand verglichen. Mit „Bestand prüfen“ vergleichen Sie alle"
            " auf einmal."
        ),
        nothing_kept=_l(
            "Hier stehen Paare, die jemand auseinandergehalten hat. Sie werden nicht wieder vorgeschlagen."
        ),
        bands={"same": _l("Sehr wahrscheinlich dieselbe"), "ask": _l("Vielleicht dieselbe")},
    ),
}
