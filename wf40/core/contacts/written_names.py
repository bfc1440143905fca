"""Names of people as files write them: "Frau Dr. Eva von der Heide", "Heide, Eva" become their parts."""

import re
from dataclasses import dataclass

from wf40.base.german import fold, tidy

_SALUTATIONS = {"frau": "ms", "fr": "ms", "ms": "ms", "mrs": "ms", "herr": "mr", "herrn": "mr", "hr": "mr", "mr": "mr"}
_TITLE = re.compile(
    r"(?:Prof|Dr|Dipl|Mag|Ing|PD|Priv|B|M|LL|h|rer|nat|med|jur|phil|pol|oec|ing|habil|mult|dent|vet|theol|FH|Univ|univ)"
    r"(?:\.(?:-?[A-Za-z]+\.?)*|\b\.?)|MBA|BA|MA"
)
_PARTICLES = frozenset(
    {"von", "vom", "van", "zu", "zum", "zur", "der", "den", "dem", "de", "di", "da", "del", "della", "la", "le", "ten", "ter", "el", "al"}
)  # fmt: skip
_SEVERAL = re.compile(r"\s*(?:[;|\n/]|\s(?:und|u\.|sowie)\s)\s*")


@dataclass(frozen=True, slots=True)
class WrittenName:
    """The parts of a name; ``salutation`` is a code."""

    family_name: str
    given_name: str = ""
    title: str = ""
    salutation: str = ""


def salutation_of(text: str) -> str:
    """Return the code of a written salutation, empty for any other text."""
    return _SALUTATIONS.get(fold(text), "")


def names_in(text: str) -> list[str]:
    """Return the single names in a text that may hold several: "Eva Huber; Jan Maier"."""
    return [part for part in map(tidy, _SEVERAL.split(text)) if part]


def name_of(text: str) -> WrittenName:
    """Take a name apart; what cannot be told apart is the family name."""
    clean = tidy(text).strip(" ,")
    family, _comma, given = (part.strip() for part in clean.partition(","))
    salutation, titles, words = _without_forms(f"{given} {family}" if given else family)
    if given:
        own = _without_forms(family)
        more, first = _without_forms(given)[1:]
        return WrittenName(" ".join(own[2]), " ".join(first), " ".join([*own[1], *more]), own[0] or salutation)
    at = next((i for i, word in enumerate(words[:-1]) if i and word.lower() in _PARTICLES), len(words) - 1)
    return WrittenName(" ".join(words[at:]), " ".join(words[:at]), " ".join(titles), salutation)


def _without_forms(text: str) -> tuple[str, list[str], list[str]]:
    """Return salutation and titles that stand before a name, and the words of the name, at least one of them."""
    words, salutation, titles = text.split(), "", list[str]()
    while len(words) > 1 and (found := salutation_of(words[0])):
        salutation = found
        words.pop(0)
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        titles.append(words.pop(0))
    return salutation, titles, words
