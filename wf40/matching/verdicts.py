"""What a comparison of two records says: a probability, its band, and what speaks for and against it."""

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """What follows from a probability: the same, a person has to look, or different."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One feature that was compared. ``weight`` is in bits: above zero it speaks for the same, below against it.

    ``feature`` and ``level`` are codes ("name"/"equal", "register"/"differs"); words are the caller's.
    """

    feature: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``probability`` is in 0..1 and rests on ``evidence``, the strongest first."""

    probability: float
    band: Band
    evidence: tuple[Evidence, ...]
