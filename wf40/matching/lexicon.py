"""What is known of a single word: how much it tells, its stem, whether it names a town or a number."""

from functools import lru_cache

from wf40.matching.vocabulary import BITS, COUNTED, GENERIC, HOUSES, TAILS, TOWNS

_OF_LENGTH = (4.0, 4.0, 7.5, 10.0, 11.5)
_CACHED = 8192


@lru_cache(_CACHED)
def stem(word: str) -> str:
    """Return the word without the endings that an adjective or a plural changes."""
    if len(word) < 6:
        return word
    if word.endswith(("en", "er", "es", "em")):
        return word[:-2]
    return word[:-1] if word[-1] in "esn" else word


@lru_cache(_CACHED)
def house(word: str) -> str:
    """Return what stands before the kind of organisation in a compound ("Bildungszentrum" -> "bildungs"), or ""."""
    if not word.endswith(HOUSES):
        return ""
    tail = next(tail for tail in HOUSES if word.endswith(tail))
    front = word[: -len(tail)]
    return front if len(front) > 4 else ""


@lru_cache(_CACHED)
def is_place(word: str) -> bool:
    """Return whether the word names a town or Land, also as "Berliner"."""
    return word in TOWNS or (word.endswith("er") and word[:-2] in TOWNS)


@lru_cache(_CACHED)
def bits_of(word: str) -> float:
    """Return what a word tells when two names share it: nothing or little for frequent words, much for rare ones."""
    if word in GENERIC:
        return 0.0
    known = BITS.get(word) or BITS.get(stem(word))
    if known is not None:
        return known
    if is_place(word):
        return 7.0
    if len(word) < len(_OF_LENGTH):
        return _OF_LENGTH[len(word)]
    return 9.0 if word.endswith(TAILS) else min(13.0, 11.0 + 0.25 * len(word))


def number_of(word: str) -> str:
    """Return a number in one notation ("y49" for 1949 and 49, "n2" for 2, II, zweite)."""
    digits = COUNTED.get(word, word)
    if len(digits) == 4 and digits[:2] in {"18", "19", "20"}:
        return "y" + digits[2:]
    if len(digits) == 2 and (digits[0] == "0" or digits >= "30"):
        return "y" + digits
    return "n" + digits.lstrip("0")
