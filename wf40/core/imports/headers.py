"""Headers of tables: where they stand, and which fields their words mean, in German and English."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from wf40.core.imports.fields import FIELDS
from wf40.matching.names import fold

NO_MEANING = re.compile(r"^(?:spalte|column|col|feld|field|f|unnamed|header|c)?\s*\d*$|^[a-z]{1,2}$")
# Never taken, whatever a file holds.
PRIVATE = (
    "geburt",
    "birth",
    "nationalit",
    "staatsang",
    "privat",
    "wohnanschrift",
    "wohnort",
    "religion",
    "familienstand",
)
# Projects, money and other people's bookkeeping: no facts about a firm.
_FOREIGN = (
    "vorhaben", "projekt", "project", "operation", "betrag", "bewillig", "ausgaben", "expenditure", "foerder", "kofinanz", "beginn",
    "ende", "start", "zweck", "geber", "kategorie", "category", "latitude", "longitude", "breitengrad", "laengengrad", "umsatz",
    "kosten", "zuwendungs", "emission", "preis", "fax", "former", "frueher", "ehemalig", "vormalig", "photo", "bild", "investition",
    "auszahlung", "zahlung", "amount", "cost", "fonds", "prioritaet", "intervention", "landkreis",
)  # fmt: skip
_GENERIC = {"name", "nr", "id", "land", "ag", "key", "web", "str", "status", "firma", "company", "state"}
# Whose a fact is says nothing about what it is: "Anschrift des Unternehmens".
_PLACES = frozenset({"postcode", "town", "address", "street"})
_STAYING = _PLACES | {"email", "phone", "website"}
# Words that mean a field only where no better column does.
_SECOND = {
    "mobil": "phone", "handy": "phone", "mobiltelefon": "phone", "mobilnummer": "phone", "mobile": "phone", "mobile phone": "phone",
    "projektort": "town", "vorhabenort": "town", "durchfuehrungsort": "town", "investitionsort": "town", "bezeichnung": "name",
    "kurzname": "trade_name", "projekttraeger": "name", "vorhabentraeger": "name", "traeger": "name", "antragsteller": "name",
}  # fmt: skip
_KNOWN_WORD = 0.7
_RUNNING = re.compile(r"\(?(\d{1,3}|[A-Za-z]{1,2})\)?\.?")


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the header among the first rows.

    It is the first row that is filled nearly as widely as the widest. A row of running numbers is none, and where the
    first has no known word, but one of the next three has several, that one is it: groups of columns stand above it.
    """
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(widths, default=0)
    wide = [i for i, width in enumerate(widths) if width >= 0.6 * widest]
    wide = [i for i in wide if not _is_running(rows[i])] or wide
    if not wide or known_words(rows[wide[0]]) > 0:
        return wide[0] if wide else 0
    return next((i for i in wide[1:4] if known_words(rows[i]) > 1), wide[0])


def known_words(row: Sequence[str]) -> int:
    """Return how many cells of a row are words for fields."""
    return sum(max(header_score(cell).values(), default=0.0) >= _KNOWN_WORD for cell in row if 1 < len(cell) < 200)


def _is_running(row: Sequence[str]) -> bool:
    """Return whether a row only counts its columns: 1, 2, 3 or A, B, C or (1), (2), (3)."""
    marks = [match[1] for cell in row if cell.strip() and (match := _RUNNING.fullmatch(cell.strip()))]
    filled = sum(bool(cell.strip()) for cell in row)
    steps = [
        int(m) if m.isdigit() else sum(26**i * (ord(c) - 64) for i, c in enumerate(reversed(m.upper()))) for m in marks
    ]
    return len(marks) == filled > 2 and all(b - a == 1 for a, b in pairwise(steps))


def is_foreign(text: str) -> bool:
    """Return whether a folded header speaks of projects, money or other things that are no facts about a firm."""
    text = text.replace("mitarbeitende", "").replace("ausbildung", "")
    return any(word in text for word in _FOREIGN)


@cache
def _words() -> dict[str, str]:
    return {word: target.key for target in FIELDS for word in (*target.words, fold(target.label))}


@cache
def _finders() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rf"(?:^| ){word}(?: |$)"), key) for word, key in _words().items() if word not in _GENERIC]


def header_score(header: str) -> dict[str, float]:
    """Return {field: score} for the words of a header; empty where they say nothing."""
    return dict(_header_scores(header))


def is_header_of(field: str, text: str) -> bool:
    """Return whether a text is, as it stands, a word for a field; quicker than :func:`header_score`."""
    return any(_words().get(spelling) == field for spelling in _spellings(text))


def _spellings(header: str) -> tuple[str, str, str]:
    text = fold(header)
    return text, fold(header.split("(", maxsplit=1)[0].split("\n", maxsplit=1)[0]), _without_number(text)


@lru_cache(maxsize=2048)
def _header_scores(header: str) -> tuple[tuple[str, float], ...]:
    words, text = _words(), fold(header)
    for spelling in _spellings(header):
        if spelling in words:
            return ((words[spelling], 1.0),)
        if spelling in _SECOND:
            return ((_SECOND[spelling], 0.75),)
    foreign = is_foreign(text)
    scores = _scores_within(text, foreign)
    if len(scores) > 1 and "name" in scores and not re.search(r"(?:^| )(?:name|firma)", text):
        scores["name"] = 0.6
    if scores.keys() >= {"postcode", "town"} and len(text) < 40:
        scores = {"address": 0.85} | dict.fromkeys(scores, 0.7)
    if not scores and not foreign and len(text) > 4:
        near = process.extractOne(text, words.keys(), scorer=fuzz.ratio, score_cutoff=86)
        if near is not None and len(near[0]) > 4:
            scores[words[near[0]]] = 0.8
    return tuple(scores.items())


def _scores_within(text: str, foreign: bool) -> dict[str, float]:  # noqa: FBT001
    scores: dict[str, float] = {}
    for finder, key in _finders():
        match = finder.search(text)
        if match and not foreign:
            scores[key] = max(scores.get(key, 0.0), 0.8 if match.start() == 0 else 0.75)
        elif match and match.start() == 0 and key in _STAYING:
            scores[key] = 0.7
    return scores


def _without_number(text: str) -> str:
    """Return a folded header without the number of the first of several ("Telefon 1"); further ones stay what they are."""
    return text.removesuffix(" 1").removesuffix("1").strip() if text.endswith("1") and not text.endswith("11") else text
