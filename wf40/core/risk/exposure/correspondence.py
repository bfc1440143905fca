"""How much of each WZ 2025 division comes from which WZ 2008 division: what `wz2025_origins.csv` is made by."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from wz_code import WZ


def predecessor_shares() -> dict[str, dict[str, Fraction]]:
    """WZ 2025 division -> {WZ 2008 division: share}, the shares of a division sum to 1.

    Counted on the finest level of the official correspondence: every five-digit WZ 2025 class of a division weighs
    the same and is split evenly among the WZ 2008 classes it came from. Employment per class is not published for
    both editions, so classes are counted.
    """
    edition = WZ(version="2025")
    shares: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for code in edition.get_all_codes():
        sources = [link.code[:2] for link in edition.get(code).correspondences]
        for source in sources:
            shares[code[:2]][source] += Fraction(1, len(sources))
    return {
        division: {source: share / sum(parts.values()) for source, share in sorted(parts.items())}
        for division, parts in sorted(shares.items())
    }


def origins_csv() -> str:
    """The text of `wz2025_origins.csv`, to be written again when a new correspondence is published."""
    lines = ["division,wz2008_division,share"]
    for division, parts in predecessor_shares().items():
        lines += [f"{division},{source},{float(share):.4f}" for source, share in parts.items()]
    return "\n".join(lines) + "\n"
