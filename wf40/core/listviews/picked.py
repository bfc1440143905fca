"""Rows picked by hand, as an address names them: ``auswahl=1.5.7``."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from wf40.base.checks import whole_number

PICKED = "auswahl"
MOST_PICKED = 200
"""How many rows an address can name; servers and mail programs cut longer addresses."""
NOBODY_PICKED = "0"


def picked_in(args: Mapping[str, str]) -> str:
    """Read the rows picked by hand, as boxes of a form or in one value; nonsense, and too many, choose none, not all."""
    given = args.getlist(PICKED) if isinstance(args, MultiDict) else [args.get(PICKED, "")]
    if not any(given):
        return ""
    numbers = {n for part in ".".join(given).split(".") if (n := whole_number(part.strip())) is not None and n > 0}
    return ".".join(map(str, sorted(numbers))) if 0 < len(numbers) <= MOST_PICKED else NOBODY_PICKED


def ids_in(picked: str) -> list[int]:
    """Return the rows; none of them need exist."""
    return [int(part) for part in picked.split(".") if part]
