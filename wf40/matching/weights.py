"""From evidence to a verdict: weights in bits are added up, as Fellegi and Sunter describe it.

Two records agree or differ in a feature with one probability if they are the same (m) and with another if they are not
(u); log2(m/u) is the weight of what was found, and the sum of all weights and of the prior odds makes the probability.
Ivan P. Fellegi, Alan B. Sunter: A Theory for Record Linkage, JASA 64 (1969), 1183-1210; further reading: the
documentation of Splink.
"""

from functools import lru_cache

from wf40.matching.verdicts import Band, Evidence, Verdict

SAME = 0.95
"""From this probability on two records are the same."""
ASK = 0.5
"""From this probability on a person has to look."""


_MOST = (0.1, 0.94, 1.0)


@lru_cache(maxsize=8192)
def evidence(feature: str, level: str, weight: float) -> Evidence:
    """Return the evidence, one object for equal ones: most comparisons find what others have found."""
    return Evidence(feature, level, weight)


def _strength(found: Evidence) -> float:
    return -abs(found.weight)


def verdict(prior: float, found: list[Evidence], most: int) -> Verdict:
    """Add up what was found. ``most`` bounds the outcome: 2 the same, 1 a person has to look, 0 different."""
    bits = prior
    for one in found:
        bits += one.weight
    probability = min(1.0 / (1.0 + 2.0 ** -max(-40.0, min(40.0, bits))), _MOST[most])
    band = Band.SAME if probability >= SAME else Band.ASK if probability >= ASK else Band.DIFFERENT
    if len(found) > 1:
        found.sort(key=_strength)
    return Verdict(probability, band, tuple(found))
