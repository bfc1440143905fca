"""Takes a name into comparable words: spelling evened out, legal form apart, each word with what it tells (bits)."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from wf40.base.german import loose, tidy
from wf40.matching.legal_forms import legal_forms
from wf40.matching.lexicon import bits_of, is_place, number_of
from wf40.matching.vocabulary import BRANCHES, COUNTED, HEADS, PHRASES, SILENT, Phrases, by_first_word

_MARK = re.compile(r"[()\[\]]|\s[-\u2013\u2014/|]+(?=\s|$)|[-\u2013\u2014]\s*$|[,;:]\s")
_MAY_MARK = re.compile(r"[()\[\],;:/|\u2013\u2014-]")
_PART = re.compile(rf"(.*?)(?:({_MARK.pattern})|$)", re.DOTALL)
_APOSTROPHES = "'\u2019`\u00b4"
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019`\u00b4](?=\w)")
_DISTINCT = 9.0
_OPENERS = frozenset(("fur", "zur", "der", "des", "zum"))
_SHORT_FORMS = frozenset(("ev", "eg", "ek", "kg", "ag", "il"))
_AFTER_AND = frozenset(("co", "cie", "partner", "sohn", "sohne", "kollegen"))
_NONE: frozenset[str] = frozenset()
_CACHED = 8192


class Words(NamedTuple):
    """The words of one name, in their order, each in its usual spelling (``order``) and as written (``raw``).

    ``bits`` maps them to what they tell. ``light`` words stand in brackets or in a description, ``places`` name towns,
    ``own`` ones are short for others of the name; all may be left out. ``numbers`` stand apart. ``joined``, ``text``,
    ``initials`` and ``shorts`` are derived, so that comparing is quick.
    """

    order: tuple[str, ...]
    raw: tuple[str, ...]
    bits: dict[str, float]
    light: frozenset[str]
    places: frozenset[str]
    own: frozenset[str]
    numbers: frozenset[str]
    joined: str
    text: str
    initials: str
    shorts: tuple[str, ...]
    form: str


@cache
def _forms() -> Phrases:
    """Return the spellings of legal forms as folded words."""
    entries = {(tuple(loose(text).split()), form.code) for form in legal_forms().values() for text in form.written}
    also = {("gug",): "ug", ("g", "ug"): "ug", ("gug", "mbh"): "ug", ("gmbh", "und", "cokg"): "gmbh_co_kg"}
    return by_first_word(entries | set(also.items()))


@lru_cache(_CACHED)
def _heads(word: str) -> bool:
    return word in HEADS or word.endswith("gesellschaft")


def _letters_joined(words: list[str]) -> list[str]:
    """Join letters that stand alone: "c u b a" -> "cuba", "r und w" -> "rw"; a legal form at their end stays apart."""
    if min(map(len, words), default=2) > 1:
        return words
    out: list[str] = []
    run = ""
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        after = len(following)
        if word == "und" or (
            word == "u" and after and (not run or (after > 1 and (len(run) < 2 or following in _AFTER_AND)))
        ):
            if not run or after != 1:
                out += [*_parted(run), "und"]
                run = ""
        elif len(word) == 1 and not word.isdecimal():
            run += word
        else:
            out += [*_parted(run), word]
            run = ""
    return [*out, *_parted(run)]


def _parted(run: str) -> list[str]:
    if len(run) > 2 and run[-2:] in _SHORT_FORMS:
        return [run[:-2], run[-2:]]
    return [run] if run else []


def _at(entries: tuple[tuple[tuple[str, ...], str], ...], words: list[str], i: int) -> tuple[str, int] | None:
    """Return the first of the phrases that stands at a place, and how many words it takes."""
    for phrase, value in entries:
        size = len(phrase)
        if size == 1 or tuple(words[i : i + size]) == phrase:
            return value, size
    return None


def abbreviates(short: str, words: Sequence[str], start: int = 0) -> int:
    """Return how many of the words from ``start`` on the letters stand for, or 0: ("rfc", "reinickendorfer fussballclub") -> 2.

    Every word gives its first letter, at most one of them a second one. Short words are no long form.
    """
    size, at, spare, last = len(short), 0, 1, len(words) - 1
    for i in range(start, last + 1):
        word = words[i]
        if word[0] != short[at] or len(word) < 4:
            return 0
        at += 1
        if at < size and spare and short[at] in word[1:] and (i == last or words[i + 1][0] != short[at]):
            at += 1
            spare = 0
        if at == size:
            used = i + 1 - start
            return used if used > 1 else 0
    return 0


def _own_acronyms(order: list[str], raw: list[str]) -> frozenset[str]:
    """Return the words that are short for the words before or after them: "(HVB)" in "Handball-Verband Berlin (HVB)"."""
    found = []
    for i, short in enumerate(raw):
        if 2 <= len(short) <= 6:
            first = short[0]
            for start in range(len(raw) - 1):
                if raw[start][0] == first:
                    used = abbreviates(short, raw, start)
                    if used and not start <= i < start + used:
                        found.append(order[i])
                        break
    return frozenset(found) if found else _NONE


class _Reader:
    """Reads a name word by word and keeps what it has understood so far."""

    __slots__ = (
        "begun",
        "bits",
        "form",
        "in_brackets",
        "in_light",
        "light",
        "numbers",
        "order",
        "raw",
        "silent",
        "told",
    )

    def __init__(self) -> None:
        self.order: list[str] = []
        self.raw: list[str] = []
        self.bits: dict[str, float] = {}
        self.light: list[str] = []
        self.numbers: list[str] = []
        self.silent: list[str] = []
        self.form = ""
        self.told = 0.0
        self.begun = self.in_light = self.in_brackets = False

    def part(self, words: list[str]) -> None:
        """Read the words between two marks. What follows a distinctive head describes it."""
        forms, phrases = _forms(), PHRASES
        i, size = 0, len(words)
        if self.told >= _DISTINCT:
            self.in_light = True
        while i < size:
            word = words[i]
            if word in forms and self.begun:
                found = _at(forms[word], words, i)
                if found:
                    self._form(found[0])
                    i += found[1]
                    continue
            self.begun = True
            if word in SILENT:
                self.silent.append(word)
                i += 1
                continue
            canon, taken, written = word, 1, word
            if word in phrases:
                found = _at(phrases[word], words, i)
                if found:
                    canon, taken = found
                    written = word if taken == 1 else "".join(words[i : i + taken])
            i += taken
            if self.told >= _DISTINCT and i < size and words[i] in _OPENERS and _heads(canon):
                self.in_light = True
            if self.in_light and canon in BRANCHES:
                self.in_light = False
            self._word(canon, written)

    def _form(self, code: str) -> None:
        if not self.form or not self.in_light:
            self.form = code
        self.in_light = True

    def _word(self, canon: str, written: str) -> None:
        if canon in COUNTED or canon.isdecimal():
            self.numbers.append(number_of(canon))
        elif canon not in self.bits:
            worth = bits_of(canon)
            self.bits[canon] = worth
            self.order.append(canon)
            self.raw.append(written)
            if self.in_light or self.in_brackets:
                self.light.append(canon)
            else:
                self.told += worth


def words_of(name: str) -> Words:
    """Take a name into words. A name of silent words or marks alone stands for itself."""
    text = name
    if not name.isalnum():
        for mark in _APOSTROPHES:
            if mark in name:
                text = _APOSTROPHE.sub("", name)
                break
    reader = _Reader()
    if _MAY_MARK.search(text) and _MARK.search(text):
        for part, closing in _PART.findall(text):
            if part:
                reader.part(_letters_joined(loose(part).split()))
            reader.in_brackets = closing in ("(", "[")
    else:
        reader.part(_letters_joined(loose(text).split()))
    if not reader.bits and not reader.numbers:
        itself = "".join(reader.silent) or tidy(name).casefold()
        if itself:
            reader.bits[itself] = 10.0
            reader.order, reader.raw = [itself], [itself]
    order, raw, bits = reader.order, reader.raw, reader.bits
    numbers = reader.numbers
    places = [word for word in order if is_place(word)]
    return Words(
        order=tuple(order),
        raw=tuple(raw),
        bits=bits,
        light=frozenset(reader.light) if reader.light else _NONE,
        places=frozenset(places) if places else _NONE,
        own=_own_acronyms(order, raw) if len(raw) > 2 else _NONE,
        numbers=frozenset(numbers) if numbers else _NONE,
        joined="".join(raw),
        text=" ".join(raw),
        initials="".join([word[0] for word in raw]),
        shorts=tuple([word for word in raw if 1 < len(word) < 7]),
        form=reader.form,
    )
