"""German words as keys: how texts are tidied, folded for search, and put in order. Knows letters, no domain."""

import re
import unicodedata
from functools import lru_cache

_UMLAUTS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    }
)
_AND = re.compile(r"[&+]")
_NO_WORD = re.compile(r"[\W_]+")
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    38: " und ",
    43: " und ",
}


def tidy(text: str) -> str:
    """Return the text in composed Unicode, without control characters, with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isprintable():
        composed = "".join(c if c.isprintable() else " " for c in composed)
    return " ".join(composed.split())


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return lower-case words without marks, as DIN 5007-2 spells umlauts: "Müller & Söhne" -> "mueller und soehne".

    Fit for comparing, searching and ordering; every letter of another script stays as it is.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII_WORDS).split())
    german = text.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    if german.isascii():
        return " ".join(german.translate(_ASCII_WORDS).split())
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).translate(_UMLAUTS)
    if not folded.isascii():
        marked = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in marked if not unicodedata.combining(c)).casefold().translate(_UMLAUTS)
    if folded.isascii():
        return " ".join(folded.translate(_ASCII_WORDS).split())
    return _NO_WORD.sub(" ", _AND.sub(" und ", folded)).strip()


def sort_key(name: str) -> str:
    """Return the key by which lists are put in order, after DIN 5007-2 (telephone book): ä as ae, marks ignored."""
    return fold(name) or tidy(name).casefold()


def loose(text: str) -> str:
    """Return folded words in which "Muller", "Mueller" and "Müller" are one: ae, oe and ue lose their e."""
    return fold(text).replace("ae", "a").replace("oe", "o").replace("ue", "u")
