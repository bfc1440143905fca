"""How texts and queries become words: folded, numbers as digits, addresses whole. Pure functions."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wf40.base.german import loose
from wf40.sdk.search import PreparedDoc, SearchDoc, SearchText

RULES = 2
"""Raise it when any of this changes: every index is then built anew."""
LONGEST_WORD = 60
LONGEST_TITLE = 200
MOST_WORDS = 3000
LONGEST_QUERY = 200
MOST_WORDS_ASKED = 8
SHORTEST_INSIDE = 3
SHORTEST_DIGITS = 4
SHORTEST_PHONE = 7
COMMON = frozenset({
    "ag", "beschrankter", "co", "das", "der", "die", "ek", "ev", "fur", "gbr", "gesellschaft", "gmbh", "gnr", "gsr",
    "haftung", "haftungsbeschrankt", "hra", "hrb", "kg", "mbh", "mit", "ohg", "se", "ug", "und", "von",
})  # fmt: skip
"""Words of so many records that they find nothing by themselves; they count beside others and at the beginning."""

_NUMBERS = re.compile(r"(?<![^\W_])\+?\d(?:[\s()/.\-–]*\d)*")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_NO_DIGIT = re.compile(r"\D")
_PIECES = re.compile(r"([@._+-])")
_ADDRESS = re.compile(r"[^\s,;<>()\"']+")
_REGISTER = re.compile(r"(gnr|gsr|hra|hrb|pr|vr)(\d+)([a-z]*)")
_SINGLE = re.compile(r"(?<!\S)(\w(?: \w)+)(?!\S)")


def prepared(doc: SearchDoc) -> PreparedDoc:
    """Return what the index keeps of a document."""
    return PreparedDoc(title_key(doc.title), "".join([f" {word}" for word in words_of(doc)]))


def words_of(doc: SearchDoc) -> tuple[str, ...]:
    """Return the words of a document, each once."""
    found: dict[str, None] = {}
    for text in (SearchText("", doc.title), *doc.texts):
        for word in _words(text):
            if len(found) >= MOST_WORDS:
                break
            found[word[:LONGEST_WORD]] = None
    return tuple(found)


def title_key(title: str) -> str:
    """Return the title as it is compared with the beginning of a query."""
    return loose(title)[:LONGEST_TITLE]


def found_inside(word: str) -> bool:
    """Tell whether a word is also found by what stands inside: words without digits, and long numbers.

    A number that is no telephone number has at most six digits that anybody would look for inside; those are found by
    their beginning.
    """
    if word.isalpha():
        return len(word) >= SHORTEST_INSIDE
    return word.isdigit() and len(word) >= SHORTEST_PHONE - word.startswith("0")


def national(number: str) -> str:
    """Return the digits of a number as dialled in Germany: "+49 (0) 7531/900" and "0049 7531 900" -> "07531900"."""
    text = number.strip()
    if text.startswith(("+", "00")):
        text = _TRUNK.sub("", text)
    digits = _NO_DIGIT.sub("", ("00" if text.startswith("+") else "") + text)
    return "0" + digits[4:].lstrip("0") if digits.startswith("0049") else digits


def readings(query: str) -> list[tuple[str, ...]]:
    """Return what a query may mean, each as words that must all be there; nothing for a query without words.

    "07531 900-12" may be three words or one number, "muster-bau.de" three words or one domain.
    """
    asked = "".join(c if c.isprintable() else " " for c in query[:LONGEST_QUERY])
    plain = _limited(loose(asked).split())
    found = [plain] if plain else []
    for other in (_with_numbers(asked), _with_addresses(asked), _closed_up(asked), _with_registers(plain)):
        if other and other not in found:
            found.append(other)
    return found


def is_inside(word: str) -> bool:
    """Tell whether a word that was typed is also looked for inside words."""
    if word.isdigit():
        return len(word) >= SHORTEST_DIGITS
    return len(word) >= SHORTEST_INSIDE and word.isalpha()


def _limited(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in words))[:MOST_WORDS_ASKED]


def _with_numbers(asked: str) -> tuple[str, ...]:
    """Read groups of digits that stand together as one number."""
    joined = _NUMBERS.sub(lambda m: f" {national(m[0])} " if _is_long(m[0]) else m[0], _TRUNK.sub("(0)", asked))
    return _limited(loose(joined).split())


def _is_long(number: str) -> bool:
    return len(_NO_DIGIT.sub("", number)) >= SHORTEST_DIGITS


def _with_addresses(asked: str) -> tuple[str, ...]:
    """Read what looks like an address as one word."""
    words: list[str] = []
    for piece in asked.split():
        address = piece.strip("<>()[]\"',;")
        if "@" in address:
            words.append(_plain(address.lstrip("@")))
        elif "." in address.strip("."):
            words.append(_domain(address))
        else:
            words += loose(piece).split()
    return _limited(word for word in words if word)


def _closed_up(asked: str) -> tuple[str, ...]:
    """Read single letters that follow each other as one word: "C. U. B. A." -> "cuba"."""
    return _limited(_close_up(loose(asked)).split())


def _with_registers(words: Sequence[str]) -> tuple[str, ...]:
    """Read a register number that was typed without a blank as it is kept: "hrb12345" -> "hrb", "12345"."""
    found = [register for word in words if (register := _REGISTER.fullmatch(word))]
    parts = {register[0]: tuple(filter(None, register.groups())) for register in found}
    return _limited(part for word in words for part in parts.get(word, (word,)))


def _close_up(text: str) -> str:
    return _SINGLE.sub(lambda m: m[1].replace(" ", ""), text)


def _words(text: SearchText) -> Iterator[str]:
    match text.form:
        case "phone":
            number = national(text.text)
            if len(number) >= SHORTEST_DIGITS:
                yield number
        case "mail":
            for address in _ADDRESS.findall(text.text.lower()):
                yield _plain(address)
                yield from _domain_words(_domain(address.rpartition("@")[2]))
        case "web":
            for address in _ADDRESS.findall(text.text.lower()):
                yield from _domain_words(_domain(address))
        case "code":
            yield from _code_words(text.text)
        case _:
            plain = loose(text.text)
            yield from plain.split()
            for single in _SINGLE.findall(plain):
                yield single.replace(" ", "")


def _code_words(text: str) -> Iterator[str]:
    """Give "DE129273398" as one word, and its longest number alone; of "HRB 12345 B" its words, as they are asked for."""
    words = loose(text).split()
    whole = "".join(words)
    if register := _REGISTER.fullmatch(whole):
        yield from filter(None, register.groups())
        return
    yield whole
    numbers = [number for word in words if (number := _NO_DIGIT.sub("", word))]
    if numbers:
        yield max(reversed(numbers), key=len)


def _domain(address: str) -> str:
    """Return the host of a web address without "www."."""
    host = address.lower().partition("://")[2] or address.lower()
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".")
    return _plain(host.removeprefix("www."))


def _domain_words(domain: str) -> Iterator[str]:
    if not domain:
        return
    yield domain
    names = domain.split(".")
    for name in names[:-1]:
        yield from (word for word in re.split(r"[^\w]+", name) if len(word) >= SHORTEST_INSIDE)


def _plain(address: str) -> str:
    """Return an address in loose spelling, with its dots and signs."""
    pieces = _PIECES.split(address)
    return "".join(piece if _PIECES.fullmatch(piece) else loose(piece).replace(" ", "") for piece in pieces)
