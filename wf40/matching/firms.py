"""Compares organisations: what is known of two of them becomes an explained probability that they are one."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from wf40.base.german import loose
from wf40.matching.names import split_name
from wf40.matching.traits import NO_REGISTER, FirmTraits, RegisterKey
from wf40.matching.verdicts import Band, Evidence, Verdict

_SAME, _ASK = 0.97, 0.5


@dataclass(frozen=True, slots=True)
class PreparedFirm:
    """An organisation whose traits are normalised, ready for many comparisons."""

    names: tuple[str, ...]
    register: RegisterKey
    phone: str
    email: str


def prepared(traits: FirmTraits) -> PreparedFirm:
    """Normalise the traits of an organisation once, so that each comparison is quick."""
    names = tuple(loose(split_name(name).base) for name in (traits.name, *traits.former_names))
    phone = "".join(c for c in traits.phone if c.isdigit())[-7:]
    return PreparedFirm(names, traits.register, phone, traits.email.casefold().strip())


def compare(a: PreparedFirm, b: PreparedFirm) -> Verdict:
    """Compare two organisations."""
    evidence: list[Evidence] = []
    best = max(fuzz.token_sort_ratio(x, y) for x in a.names for y in b.names)
    if a.names[0] and a.names[0] == b.names[0]:
        evidence.append(Evidence("name", "equal", 18.0))
    else:
        evidence.append(Evidence("name", "similar" if best > 75 else "differs", (best - 75) * 0.5))
    ask_at_most = False
    if NO_REGISTER not in (a.register, b.register):
        ask_at_most = a.register != b.register
        evidence.append(Evidence("register", "differs", -6.0) if ask_at_most else Evidence("register", "equal", 20.0))
    if a.phone and a.phone == b.phone:
        evidence.append(Evidence("phone", "equal", 8.0))
    if a.email and a.email == b.email:
        evidence.append(Evidence("email", "equal", 9.0))
    bits = max(-60.0, min(60.0, sum(e.weight for e in evidence) - 10))
    probability = 1 / (1 + 2.0**-bits)
    band = (
        Band.SAME if probability >= _SAME and not ask_at_most else Band.ASK if probability >= _ASK else Band.DIFFERENT
    )
    return Verdict(probability, band, tuple(sorted(evidence, key=lambda e: -abs(e.weight))))
