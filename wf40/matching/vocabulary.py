"""Words of German firm names: which are frequent, which say nothing, which stand for one another (vocabulary.toml)."""

import tomllib
from importlib import resources
from typing import Any

from wf40.base.german import loose

Phrases = dict[str, tuple[tuple[tuple[str, ...], str], ...]]
"""Phrases by their first word, the longest first, each with what it stands for."""

_TABLE: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))


def _words(name: str) -> tuple[str, ...]:
    return tuple(str(_TABLE[name]).split())


def by_first_word(entries: set[tuple[tuple[str, ...], str]]) -> Phrases:
    """Put phrases in the order in which a text is searched for them."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, value in entries:
        table.setdefault(words[0], []).append((words, value))
    return {first: tuple(sorted(found, key=lambda e: (-len(e[0]), e))) for first, found in table.items()}


SILENT = frozenset(_words("silent"))
GENERIC = frozenset(_words("generic"))
ROLES = frozenset(_words("roles"))
LIABLE = frozenset(_words("liable"))
TOWNS = frozenset(_words("towns"))
TAILS = _words("tails")
HOUSES = _words("houses")
BRANCHES = frozenset(_words("branches"))
HEADS = frozenset(_words("heads"))
FREE_MAIL = frozenset(_words("free_mail"))
PLATFORMS = frozenset(_words("platforms"))
BITS = {loose(word): float(bits) for bits, words in _TABLE["bits"].items() for word in words.split()}
PHRASES = by_first_word(
    {
        (tuple(loose(spelling).split()), str(canon))
        for canon, spellings in _TABLE["phrases"].items()
        for spelling in spellings.split(",")
    }
)
_ROMAN = _words("romans")
_VALUES = (2, 3, 4, 6, 7, 8, 9, *range(11, 21))
COUNTED = {
    **{word + ending: str(n) for n, word in enumerate(_words("ordinals"), 1) for ending in ("", "r", "s")},
    **{roman: str(n) for roman, n in zip(_ROMAN, _VALUES, strict=True)},
}
"""Words that count and Roman numbers as digits."""

_FAMILY_OF_FORM = {
    "capital": "gmbh ggmbh ug ltd",
    "stock": "ag gag se kgaa reit_ag inv_ag gmbh_co_kgaa ag_co_kgaa sce",
    "partnership": """kg ohg ek gbr egbr partg partg_mbb einzelunternehmen gmbh_co_kg ug_co_kg ag_co_kg se_co_kg kgaa_co_kg ltd_co_kg
    eg_co_kg stiftung_co_kg gmbh_co_ohg invest_kg ewiv partenreederei""",
    "association": "ev nev wv",
    "cooperative": "eg vvag",
    "foundation": "stiftung_privat stiftung_oeffentlich",
    "public": "koer aoer",
}
FAMILY_OF_FORM = {code: family for family, codes in _FAMILY_OF_FORM.items() for code in codes.split()}
"""Legal forms between which an organisation may change and stay itself share a family."""
