"""Sectors: WZ 2008 and WZ 2025 by number and by words, and the sections and divisions by which lists are filtered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from wz_code import WZ

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.matching.names import loose

EDITIONS = ("2025", "2008")
"""The newest edition first: it is meant when a code is typed without one."""
HITS = 20
_WRITTEN = re.compile(
    r"^(?:(?:WZ\s*)?(?P<edition>2008|2025)\s*[:\s]\s*)?(?P<section>[A-Va-v])?\s*"
    r"(?P<digits>\d{2}(?:[.\s]?\d{1,2}(?:[.\s]?\d)?)?)?\s*(?:$|[–:;,\-(].*$)",
    re.ASCII,
)
_EDITION_BEHIND = re.compile(r"\(WZ (2008|2025)\)\s*$", re.ASCII)
_TITLE_BEHIND = re.compile(r"^([\d.\s]+?)\s+–.*$", re.ASCII)
_BROKEN_WORD = re.compile(r"\b(Unternehmens|Sozial)-(?=[a-z])")
_ENDINGS = (
    "ereien",
    "erinnen",
    "erei",
    "innen",
    "eien",
    "erin",
    "ern",
    "eur",
    "ei",
    "en",
    "er",
    "in",
    "e",
    "n",
    "s",
)
_SHORTEST_STEM = 4
_SUB_CLASS = 5
# Division 45 of WZ 2008 (trade and repair of motor vehicles) was divided up in WZ 2025; most of it is trade.
_MOVED_DIVISIONS = {"45": "G"}


@dataclass(frozen=True, slots=True)
class Sector:
    """One entry of the classification. ``level``: 1 section ("C"), 2 division ("28"), ... 5 sub-class ("28.41.0")."""

    edition: str
    code: str
    title: str
    level: int

    @property
    def value(self) -> str:
        """How forms and addresses write it: ``2025:28.41``."""
        return f"{self.edition}:{self.code}"

    @property
    def label(self) -> str:
        """How the screen shows it: ``28.41 – Herstellung von Werkzeugmaschinen ...``."""
        return f"{self.code} – {self.title}"

    @property
    def spoken(self) -> str:
        """How a field shows it and :func:`parse_sector` reads it back: the label, with the edition of an older one."""
        return self.label if self.edition == EDITIONS[0] else f"{self.label} (WZ {self.edition})"


@dataclass(frozen=True, slots=True)
class Section:
    """A section and the numbers of the divisions that belong to it, of both editions."""

    letter: str
    title: str
    divisions: tuple[str, ...]


@cache
def _book(edition: str) -> dict[str, Sector]:
    """Return all entries of an edition by code, in the order of the classification."""
    book = WZ(version=edition)
    found: dict[str, Sector] = {}
    waiting = list(reversed(book.get_top_level_codes()))
    while waiting:
        entry = waiting.pop()
        found[entry.code] = Sector(edition, entry.code, _BROKEN_WORD.sub(r"\1", entry.title), entry.level)
        waiting.extend(reversed(entry.children))
    return found


def sector(edition: str, code: str) -> Sector | None:
    """Return an entry, or ``None`` for an unknown code or edition."""
    return _book(edition).get(code) if edition in EDITIONS else None


def title_of(edition: str, code: str) -> str:
    """Return the title of an entry, empty for an unknown one."""
    found = sector(edition, code)
    return found.title if found else ""


def short_title(edition: str, code: str) -> str:
    """Return the title of the division that a code belongs to, which is short enough for a list."""
    return title_of(edition, code[:2]) or title_of(edition, code)


def parse_sector(text: str) -> Sector | None:
    """Return the sector that somebody typed: "28.41", "2841", "2008:28.41", "28.41 – Herstellung ..."; ``None`` for nothing.

    Without an edition the newest that knows the code is meant. Raises :class:`InvalidInput` for field ``wz``, with a
    sentence that names the code, for one that does not exist.
    """
    text = text.strip()
    if not text:
        return None
    match = _WRITTEN.match(text)
    code = _printed(match) if match else ""
    behind = _EDITION_BEHIND.search(text)
    edition = (match["edition"] if match else None) or (behind[1] if behind else None)
    for candidate in (edition,) if edition else EDITIONS:
        found = sector(candidate, code)
        if found:
            return found
    if edition:
        _refuse(_l(
            "Den WZ-Code „%(code)s“ gibt es in der Ausgabe %(edition)s nicht. Bitte tippen Sie ein Wort oder den Anfang "
            "der Nummer und wählen Sie aus der Liste.", code=code or text, edition=edition,
        ))  # fmt: skip
    _refuse(_l(
        "Den WZ-Code „%(code)s“ gibt es weder in der Ausgabe 2008 noch in der Ausgabe 2025. Bitte tippen Sie ein Wort "
        "oder den Anfang der Nummer und wählen Sie aus der Liste.", code=code or text,
    ))  # fmt: skip
    return None


def _refuse(sentence: object) -> None:
    raise InvalidInput(sentence, {"wz": sentence})


def _printed(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match["digits"] or "")
    if not digits:
        return (match["section"] or "").upper()
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:]) if part)


def search_sectors(query: str, edition: str = "") -> list[Sector]:
    """Return at most 20 entries for words or the beginning of a number, the best first.

    Without an edition both are searched; an entry that is the same in both stands once, as the newest. A sub-class
    that says the same as its class is left out, unless just its number was typed. A title behind a number is passed over.
    """
    match = re.match(r"^(?:WZ\s*)?(2008|2025)\s*:\s*(.*)$", query.strip(), re.ASCII)
    if match:
        edition, query = match[1], match[2]
    query = _TITLE_BEHIND.sub(r"\1", query.strip())
    ranked: list[tuple[int, int, int, str, Sector]] = []
    seen: set[tuple[str, str]] = set()
    for age, candidate in enumerate((edition,) if edition in EDITIONS else EDITIONS):
        for rank, entry in _ranked(query, candidate):
            if (entry.code, entry.title) not in seen and (entry.code == query or not _repeats_its_class(entry)):
                seen.add((entry.code, entry.title))
                ranked.append((rank, age, entry.level, entry.code, entry))
    return [item[-1] for item in sorted(ranked, key=lambda item: item[:-1])[:HITS]]


def _repeats_its_class(entry: Sector) -> bool:
    """Tell whether a sub-class is the only one of its class, under the same title: 10.71.0 beside 10.71."""
    alone = entry.level == _SUB_CLASS and entry.code.endswith(".0")
    above = sector(entry.edition, entry.code.rpartition(".")[0]) if alone else None
    return above is not None and above.title == entry.title


def _ranked(query: str, edition: str) -> list[tuple[int, Sector]]:
    digits = re.sub(r"[\s.]", "", query)
    if digits.isdigit():
        return [
            (0 if code == digits else 1, entry)
            for code, entry in ((c.replace(".", ""), e) for c, e in _book(edition).items())
            if code.startswith(digits)
        ]
    words = loose(query).split()
    if not words:
        return []
    hits = _by_words(words, edition)
    return hits or [(rank + 4, entry) for rank, entry in _by_words([_stem(w) for w in words], edition)]


@cache
def _folded(edition: str) -> list[tuple[str, Sector]]:
    return [(loose(entry.title), entry) for entry in _book(edition).values() if entry.level > 1]


def _by_words(words: list[str], edition: str) -> list[tuple[int, Sector]]:
    phrase = " ".join(words)
    found = []
    for title, entry in _folded(edition):
        if title == phrase:
            found.append((0, entry))
        elif title.startswith(phrase):
            found.append((1, entry))
        elif all(f" {word}" in f" {title}" for word in words):
            found.append((2, entry))
        elif all(word in title for word in words):
            found.append((3, entry))
    return found


def _stem(word: str) -> str:
    """Return a word without its ending, so that "Bäckerei" finds "Backwaren" where nothing better was found."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of the newest edition. The numbers of divisions mean the same in both editions but for 45."""
    found: dict[str, list[str]] = {}
    letter = ""
    for entry in _book(EDITIONS[0]).values():
        if entry.level == 1:
            letter = entry.code
            found[letter] = [d for d, section in _MOVED_DIVISIONS.items() if section == letter]
        elif entry.level == 2:
            found[letter].append(entry.code)
    return tuple(Section(code, title_of(EDITIONS[0], code), tuple(sorted(d))) for code, d in found.items())


def filter_choices() -> list[tuple[str, str]]:
    """Return sections and their divisions as (value, label), for the filter of the list."""
    choices: list[tuple[str, str]] = []
    for section in sections():
        choices.append((section.letter, f"{section.letter} – {section.title}"))
        choices.extend((d, f"{d} – {division_title(d)}") for d in section.divisions)
    return choices


def division_title(division: str) -> str:
    """Return the title of a division in the newest edition that has it."""
    return next((title for e in EDITIONS if (title := title_of(e, division))), "")


def codes_meant(value: str) -> tuple[list[str], Iterable[str]]:
    """Read the sector filter: a section, the beginning of a code, or words.

    Returns:
        (prefixes of codes, divisions): a firm's sector is meant when one of either fits. Both empty: nothing is meant.
    """
    text = value.strip()
    section = next((s for s in sections() if s.letter == text.upper()), None)
    if section:
        return [section.letter], section.divisions
    match = _WRITTEN.match(text)
    if match and match["digits"]:
        return [_printed(match)], ()
    words = loose(text).split()
    return sorted({e.code for edition in EDITIONS for _rank, e in _by_words(words, edition)}) if words else [], ()
