"""Says where in a text a query was found. Pure functions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wf40.base.german import loose
from wf40.core.search.words import national
from wf40.sdk.search import SearchText

_RUN = re.compile(r"\w+")
_SLACK = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    marked: bool = False


def marked(text: SearchText, words: Iterable[str]) -> list[Segment] | None:
    """Return the text in pieces, or ``None`` when none of the words stands in it."""
    spans: list[tuple[int, int]] = []
    for word in sorted(set(words), key=len, reverse=True):
        spans += _digits(text.text, word) if text.form == "phone" else _letters(text, word)
    return _pieces(text.text, spans) if spans else None


def shortened(segments: Sequence[Segment], most: int = 120) -> list[Segment]:
    """Return the pieces round the first mark of a long text."""
    if sum(len(s.text) for s in segments) <= most:
        return list(segments)
    first = next((n for n, s in enumerate(segments) if s.marked), 0)
    before = "".join(s.text for s in segments[:first])
    start = before[-(most // 3) :].partition(" ")[2] if len(before) > most // 3 else before
    kept = [Segment(f"… {start}" if start != before else start), segments[first]]
    left = most - len(start) - len(segments[first].text)
    for segment in segments[first + 1 :]:
        if left <= 0:
            break
        cut = segment.text if len(segment.text) <= left else segment.text[:left].rpartition(" ")[0] + " …"
        kept.append(Segment(cut, segment.marked))
        left -= len(segment.text)
    return kept


def _letters(text: SearchText, word: str) -> list[tuple[int, int]]:
    if text.form == "words":
        return [span for run in _RUN.finditer(text.text) if (span := _within(run[0], run.start(), word))]
    flat = [(place, c) for place, c in enumerate(text.text.lower()) if c.isalnum() or c in "@."]
    plain = word if any(c in word for c in "@.") else re.sub(r"\W", "", word)
    at = "".join(c for _place, c in flat).find(plain)
    if at < 0 or not plain:
        return [span for run in _RUN.finditer(text.text) if (span := _within(run[0], run.start(), word))]
    return [(flat[at][0], flat[at + len(plain) - 1][0] + 1)]


def _within(run: str, offset: int, word: str) -> tuple[int, int] | None:
    """Return where in one word of a text another stands, which is written as the index writes it."""
    at = loose(run).find(word)
    if at < 0:
        return None
    for start in range(at, min(at + _SLACK, len(run))):
        for end in range(start + max(len(word) - _SLACK, 1), min(start + len(word) + _SLACK, len(run)) + 1):
            if loose(run[start:end]) == word:
                return offset + start, offset + end
    return offset, offset + len(run)


def _digits(text: str, word: str) -> list[tuple[int, int]]:
    places = [place for place, c in enumerate(text) if c.isdecimal()]
    number = national(text)
    at = number.find(word) if word.isdigit() else -1
    if at < 0:
        return []
    moved = len(places) - len(number)  # "+49" and "0049" became "0"
    last = places[min(max(at + len(word) - 1 + moved, 0), len(places) - 1)]
    first = 0 if at == 0 and moved else places[max(at + moved, 0)]
    return [(first, last + 1)]


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[Segment]:
    found, place = [], 0
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end <= place:
            continue
        start = max(begin, place)
        if start > place:
            found.append(Segment(text[place:start]))
        found.append(Segment(text[start:end], marked=True))
        place = end
    if place < len(text):
        found.append(Segment(text[place:]))
    return found
