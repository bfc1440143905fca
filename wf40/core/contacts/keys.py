"""Numbers as digits, so that they are found however they are written."""

import re

_NUMBER = re.compile(r"[\d\s+()/.\-]+")
_TRUNK = re.compile(r"\(0\)")
SHORTEST_NUMBER = 3


def national(number: str) -> str:
    """Return the digits of a number as dialled in Germany: "+49 (0) 7531/900" -> "07531900"."""
    text = number.strip()
    if text.startswith("+"):
        text = _TRUNK.sub("", text).replace("+", "00", 1)
    digits = "".join(c for c in text if c in "0123456789")
    return "0" + digits[4:] if digits.startswith("0049") else digits


def digits_asked(query: str) -> str:
    """Return the digits to look for, or nothing when the query is no (part of a) number."""
    if not _NUMBER.fullmatch(query):
        return ""
    digits = national(query)
    return digits if len(digits) >= SHORTEST_NUMBER else ""
