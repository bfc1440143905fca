"""How alike two names are: their words are laid side by side, and what is shared, left over and in conflict is weighed.

The weights come from a logistic fit, which is the Fellegi-Sunter model with weights that may depend on one another;
docs/decisions/012-recognising-firms.md tells on which pairs and how it was checked.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from wf40.matching.lexicon import bits_of, house, stem
from wf40.matching.vocabulary import ROLES
from wf40.matching.words import Words, abbreviates

_ALIKE = 45
"""Names whose letters are less alike than this (of 100) have no words that are slips of one another."""


@dataclass(slots=True)
class Likeness:
    """What laying two names side by side found.

    In bits: ``shared`` by both, ``conflict`` where both have words of their own, ``extra`` and ``tail`` where only one
    has (``tail``: after all shared words). ``equal``: nothing is left over; ``whole``: nothing but brackets,
    descriptions, towns. ``first``: the word at the head is shared. ``numbers`` is -1 where they differ, 1 where not;
    ``years`` and ``counts`` are numbers that one name alone has. ``roles``: one
    alone has a word like "Holding"; ``acronym``, ``slips``: words were matched that are not spelled alike.
    """

    shared: float = 0.0
    conflict: float = 0.0
    extra: float = 0.0
    tail: float = 0.0
    years: int = 0
    counts: int = 0
    numbers: int = 0
    acronym: bool = False
    first: bool = False
    equal: bool = False
    whole: bool = False
    roles: bool = False
    slips: bool = False


def slip(a: str, b: str) -> float:
    """Return the share of its bits that a word keeps when the other is a slip or an ending of it, or 0."""
    shorter, size = (len(a), len(b)) if len(a) < len(b) else (len(b), len(a))
    if shorter < 5 or (a[0] != b[0] and size < 8):
        return 0.0
    if size > 6 and stem(a) == stem(b):
        return 0.9
    if size - shorter > 2:
        return 0.0
    allowed = 1 if size < 9 else 2
    distance = OSA.distance(a, b, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    cost = 1.8 if size - shorter == distance else 2.6
    return max(0.0, 1.0 - distance * cost / (size - 1))


def likeness(a: Words, b: Words) -> Likeness:
    """Lay two names side by side."""
    out = Likeness()
    common = a.bits.keys() & b.bits.keys()
    bits = a.bits
    shared = 0.0
    for word in common:
        shared += bits[word]
    left = [] if len(common) == len(a.order) else [i for i, word in enumerate(a.order) if word not in common]
    right = [] if len(common) == len(b.order) else [i for i, word in enumerate(b.order) if word not in common]
    if left and right and fuzz.ratio(a.joined, b.joined, score_cutoff=_ALIKE):
        shared += _compounds(left, right, a, b) + _compounds(right, left, b, a)
        shared += _slips(left, right, a, b, out)
    if left:
        shared += _acronyms(left, right, a, b, out)
    if right:
        shared += _acronyms(right, left, b, a, out)
    out.shared = shared
    if left or right:
        _leftovers(left, right, a, b, out)
    else:
        out.equal = out.first = True
    if a.numbers or b.numbers:
        _numbers(a, b, out)
    return out


def _leftovers(left: list[int], right: list[int], a: Words, b: Words, out: Likeness) -> None:
    core_left, light_left, places_left = _left_over(left, a, out)
    core_right, light_right, places_right = _left_over(right, b, out)
    out.conflict = min(core_left + light_left, core_right + light_right) or min(
        core_left + light_left + places_left, core_right + light_right + places_right
    )
    longer, over = (a, left) if core_left >= core_right else (b, right)
    extra = abs(core_left - core_right)
    if not core_left or not core_right:
        if over and over[0] >= len(longer.order) - len(over):
            out.tail = extra
        else:
            out.extra = extra
        out.whole = not extra and not out.conflict
    else:
        out.extra = extra
    out.first = not _starts(left, a) and not _starts(right, b)


def _starts(left: list[int], words: Words) -> bool:
    """Return whether the first word, if it is one that tells, is among those left over."""
    return bool(left) and left[0] == 0 and words.bits[words.order[0]] > 6.5


def _left_over(left: list[int], words: Words, out: Likeness) -> tuple[float, float, float]:
    core = light = places = 0.0
    for i in left:
        word = words.order[i]
        worth = words.bits[word]
        if word in words.places:
            places += worth
        elif word in words.light:
            light += worth
        else:
            core += worth
            if word in ROLES:
                out.roles = True
    return core, light, places


def _numbers(a: Words, b: Words, out: Likeness) -> None:
    if a.numbers & b.numbers:
        out.numbers = 1
        out.shared += 4.0
    elif a.numbers and b.numbers:
        out.numbers = -1
        counted = [number for number in a.numbers | b.numbers if number[0] == "n"]
        out.counts = min(2, len(counted))
        return
    for number in a.numbers ^ b.numbers:
        if number[0] == "y":
            out.years += 1
        else:
            out.counts += 1


def _slips(left: list[int], right: list[int], a: Words, b: Words, out: Likeness) -> float:
    gained = 0.0
    for i in list(left):
        best, which = 0.0, -1
        word = a.raw[i]
        for j in right:
            alike = slip(word, b.raw[j])
            if not alike and (front := house(word)) and front == house(b.raw[j]):
                alike = 0.6
            if alike > best:
                best, which = alike, j
        if which >= 0:
            left.remove(i)
            right.remove(which)
            gained += min(a.bits[a.order[i]], b.bits[b.order[which]]) * best
            out.slips = True
    return gained


def _acronyms(left: list[int], right: list[int], a: Words, b: Words, out: Likeness) -> float:
    """Match letters with the words they stand for, in the other name or in their own."""
    gained = 0.0
    for i in list(left):
        short = a.raw[i]
        if not 2 <= len(short) <= 6:
            continue
        if a.order[i] in a.own:
            left.remove(i)
            continue
        start = b.initials.find(short[0])
        while start >= 0:
            used = abbreviates(short, b.raw, start)
            if used:
                found = [j for j in right if start <= j < start + used]
                for j in found:
                    right.remove(j)
                left.remove(i)
                gained += 3.0 * len(short) if found else 0.0
                out.acronym = True
                break
            start = b.initials.find(short[0], start + 1)
    return gained


def _compounds(left: list[int], right: list[int], a: Words, b: Words) -> float:
    """Match words that one name writes apart and the other as one: "Kaffee-Manufaktur", "Kaffeemanufaktur"."""
    gained = 0.0
    for j in list(right):
        whole = b.raw[j]
        if len(whole) < 6:
            continue
        size = _parts_of(whole, a.raw)
        if size:
            start = size[0]
            right.remove(j)
            for k in range(start, start + size[1]):
                if k in left:
                    left.remove(k)
            gained += bits_of(whole)
    return gained


def _parts_of(whole: str, raw: tuple[str, ...]) -> tuple[int, int] | None:
    """Return where two or three neighbouring words make up the whole, and how many they are."""
    for i in range(len(raw) - 1):
        if whole.startswith(raw[i]):
            two = raw[i] + raw[i + 1]
            if two == whole:
                return i, 2
            if i + 2 < len(raw) and two + raw[i + 2] == whole:
                return i, 3
    return None
