"""Register courts in one notation: "Freiburg im Breisgau" and "AG Freiburg" are one, Hagen and Stadthagen are two."""

from functools import lru_cache

from wf40.base.german import loose

_LITTLE = frozenset(("ag", "sankt", "amtsgericht", "registergericht", "handelsregister", "vereinsregister"))
_SHORT = 4
_BEFORE = "berlin"


@lru_cache(4096)
def court_of(written: str) -> str:
    """Return the words of a court that tell which one it is: "St. Wendel (St Wendel)" -> "wendel"."""
    # Homburg and Bad Homburg are two.
    words = [word for word in loose(written).replace("bad ", "bad").split() if word not in _LITTLE]
    telling = [word for word in words if len(word) >= _SHORT] or words
    return " ".join(dict.fromkeys(telling))


@lru_cache(4096)
def same_courts(a: str, b: str) -> bool:
    """Return whether two courts, as :func:`court_of` has them, may be one: all words of one are in the other."""
    one, two = frozenset(a.split()), frozenset(b.split())
    return one <= two or two <= one


@lru_cache(4096)
def main_word(court: str) -> str:
    """Return the word that a court has however it is written: Berlin's is Charlottenburg."""
    words = court.split()
    return words[1] if words[0] == _BEFORE and len(words) > 1 else words[0]
