"""Names of firms: base name and legal form, and the keys by which names are found and put in order."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from wf40.base.german import fold, loose, sort_key, tidy
from wf40.matching.legal_forms import LegalForm, legal_forms

__all__ = ["SplitName", "fold", "loose", "search_key", "sort_key", "split_name", "tidy"]

_LIQUIDATION = re.compile(
    r"[\s,(\-]*(?:\bin\s+Liqu(?:idation|\.)|\bi\.\s?L\.?|\biL|\bin\s+Abwicklung|\bi\.\s?Abw\.)\)?\s*$",
    re.IGNORECASE,
)
_EDGE = " \t\r\n,;-\u2013\u2014"


@dataclass(frozen=True, slots=True)
class SplitName:
    """A registered name taken apart. ``base`` is never empty unless the name was."""

    base: str
    legal_form: LegalForm | None
    in_liquidation: bool


def _pattern_of(spelling: str) -> str:
    """Return the pattern of one lower-case spelling: spaces after dots are free, "&" is also "und", "u." and "+"."""
    parts: list[str] = []
    for char in spelling.lower():
        if char == ".":
            parts.append(r"\.?\s?")
        elif char == "&":
            parts.append(r"(?:&|\+|u\.|und)")
        elif char == " ":
            parts.append(r"[\s\-]*" if parts and parts[-1].endswith(r"\s?") else r"[\s\-]+")
        else:
            parts.append(re.escape(char))
    pattern = "".join(parts)
    return pattern.replace(r"[\s\-]+(?:&", r"\.?[\s\-]*(?:&").replace(r"und)[\s\-]+", r"und)\s*")


@cache
def _finder() -> tuple[re.Pattern[str], dict[str, LegalForm]]:
    """Return the pattern of all spellings. It is sorted into branches by first letter, which makes it fast."""
    entries = [(s, form) for form in legal_forms().values() for s in form.written]
    entries.sort(key=lambda entry: len(entry[0]), reverse=True)
    branches: dict[str, list[str]] = {}
    groups: dict[str, LegalForm] = {}
    for i, (spelling, form) in enumerate(entries):
        groups[f"f{i}"] = form
        first = spelling[0].lower()
        rest = _pattern_of(spelling[1:]) if first != "&" else _pattern_of(spelling)
        branches.setdefault(first, []).append(f"(?P<f{i}>{rest})")
    tree = "|".join(
        f"{'' if first == '&' else re.escape(first)}(?:{'|'.join(rest)})" for first, rest in branches.items()
    )
    starts = "".join(sorted(set(branches) | set("+u")))
    return re.compile(rf"(?<![\w.])(?=[{re.escape(starts)}])(?:{tree})\.?(?!\w)"), groups


def _lower(text: str) -> str:
    """Return the text in lower case, letter by letter where a letter would become two, so that places stay."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _without(text: str, start: int, end: int) -> str:
    head, tail = text[:start].rstrip(_EDGE), text[end:].lstrip(_EDGE)
    gap = "" if not tail or tail[0] in "\"'.)\u201c\u201d" else " "
    return f"{head}{gap}{tail}".strip(_EDGE)


@lru_cache(maxsize=8192)
def split_name(name: str) -> SplitName:
    """Take a registered name apart: "Südkurier GmbH i. L." -> "Südkurier", GmbH, in liquidation.

    The form may stand inside ("Fischer GmbH Gartenbau"). Of several, the one at the end counts, else the first. At the
    very start it is none: "AG Weinbau e.V." is a working group.
    """
    text = tidy(name)
    rest = _LIQUIDATION.sub("", text) or text
    in_liquidation = rest != text
    pattern, groups = _finder()
    found = [m for m in pattern.finditer(_lower(rest)) if m.start() > 0]
    if not found:
        return SplitName(rest.strip(_EDGE) or text, None, in_liquidation)
    last = found[-1]
    match = last if not rest[last.end() :].strip(" .,;\"'") else found[0]
    base = _without(rest, match.start(), match.end())
    if not fold(base):
        return SplitName(rest, None, in_liquidation)
    return SplitName(base, groups[str(match.lastgroup)], in_liquidation)


def search_key(name: str) -> str:
    """Return the key under which a name is looked up: folded, without legal form ("Müller GmbH" -> "mueller")."""
    return fold(split_name(name).base)
