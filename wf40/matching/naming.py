"""What two names say for or against one organisation: their likeness, weighed."""

from rapidfuzz import fuzz

from wf40.matching.likeness import Likeness, likeness
from wf40.matching.verdicts import Evidence
from wf40.matching.weights import evidence
from wf40.matching.words import Words

SHARED, SHARED_MOST = 0.33, 24.0
CONFLICT, CONFLICT_MOST, CLASH = -0.27, 15.0, -0.8
EXTRA, TAIL, EXTRA_MOST = -0.08, -0.03, 20.0
FIRST, EQUAL, WHOLE = 2.5, 1.6, 2.6
NUMBERS_DIFFER, LONE_YEAR, LONE_COUNT = -3.5, -1.5, -2.0
ROLE = -1.0
SPELLED_ALIKE = 11.0
"""Least weight of one name in one form, however frequent its words are."""
NOT_SPELLED_ALIKE = 9.8
"""Most weight of a name with slips or with words left out: by itself it is a reason to ask, not to be sure."""
NAME_DIFFERS = evidence("name", "differs", -5.0)
_ALIKE = 62


def name_evidence(a: Words, b: Words, *, same_form: bool) -> Evidence | None:
    """Return what two names say, or nothing if one of them is empty. ``same_form``: their legal forms are equal."""
    if not (a.order or a.numbers) or not (b.order or b.numbers):
        return None
    if a.text == b.text and a.numbers == b.numbers:
        weight = _weight(Likeness(shared=sum(a.bits.values()) + 4.0 * bool(a.numbers), equal=True, first=True))
        return evidence("name", "equal", round(max(weight, SPELLED_ALIKE) if same_form else weight, 1))
    if a.text > b.text:
        a, b = b, a
    if a.bits.keys().isdisjoint(b.bits) and not _worth_a_look(a, b):
        return NAME_DIFFERS
    alike = likeness(a, b)
    weight = _weight(alike)
    if alike.whole or alike.slips or alike.acronym or alike.roles:
        weight = min(weight, NOT_SPELLED_ALIKE)
    if weight <= NAME_DIFFERS.weight:
        return NAME_DIFFERS
    level = _level(alike)
    return evidence("name", "differs" if level == "similar" and weight < 0 else level, round(weight, 1))


def _weight(alike: Likeness) -> float:
    weight = SHARED * min(alike.shared, SHARED_MOST)
    if alike.equal:
        weight += EQUAL
    elif alike.whole:
        weight += WHOLE
    else:
        weight += EXTRA * min(alike.extra, EXTRA_MOST) + TAIL * min(alike.tail, EXTRA_MOST)
        if alike.conflict:
            weight += CLASH + CONFLICT * min(alike.conflict, CONFLICT_MOST)
        elif alike.roles:
            weight += ROLE
    if alike.first:
        weight += FIRST
    if alike.numbers < 0:
        weight += NUMBERS_DIFFER
    return weight + LONE_YEAR * alike.years + LONE_COUNT * alike.counts


def _level(alike: Likeness) -> str:
    if alike.numbers < 0 or alike.counts:
        return "numbers_differ"
    if alike.conflict:
        return "similar"
    if alike.roles:
        return "role"
    if alike.acronym:
        return "acronym"
    if alike.equal:
        return "spelling" if alike.slips else "equal"
    return "described" if alike.whole else "contained"


def _worth_a_look(a: Words, b: Words) -> bool:
    """Return whether names without one word in common may be one all the same: written together, short for, a slip."""
    if fuzz.ratio(a.joined, b.joined, score_cutoff=_ALIKE):
        return True
    return any(short[0] in b.initials for short in a.shorts) or any(short[0] in a.initials for short in b.shorts)
