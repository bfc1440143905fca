"""Compares persons: what is known of two of them becomes an explained probability that they are one."""

from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from wf40.base.german import loose
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Band, Evidence, Verdict

_SAME, _ASK = 0.97, 0.5


@dataclass(frozen=True, slots=True)
class PreparedPerson:
    """A person whose traits are normalised, ready for many comparisons."""

    given: str
    family: str
    email: str
    born: str


def prepared(traits: PersonTraits) -> PreparedPerson:
    """Normalise the traits of a person once, so that each comparison is quick."""
    return PreparedPerson(
        loose(traits.given_name), loose(traits.family_name), traits.email.casefold().strip(), traits.born
    )


def compare(a: PreparedPerson, b: PreparedPerson) -> Verdict:
    """Compare two persons."""
    likeness = JaroWinkler.similarity(a.given, b.given), JaroWinkler.similarity(a.family, b.family)
    evidence = [
        Evidence(feature, "equal" if alike == 1 else "similar" if alike > 0.85 else "differs", (alike - 0.85) * 60)
        for feature, alike in zip(("given_name", "family_name"), likeness, strict=True)
    ]
    if a.email and a.email == b.email:
        evidence.append(Evidence("email", "equal", 9.0))
    if a.born and b.born:
        evidence.append(Evidence("born", "equal", 10.0) if a.born == b.born else Evidence("born", "differs", -6.0))
    bits = max(-60.0, min(60.0, sum(e.weight for e in evidence) - 10))
    probability = 1 / (1 + 2.0**-bits)
    band = Band.SAME if probability >= _SAME else Band.ASK if probability >= _ASK else Band.DIFFERENT
    return Verdict(probability, band, tuple(sorted(evidence, key=lambda e: -abs(e.weight))))
