"""Cells that hold several values: "07531 1 / 07531 2", "info@a.de; b@c.de", two addresses."""

import re

from wf40.core.imports.addresses import Address, split_address
from wf40.core.imports.problems import N_

SEVERAL = N_("In der Zelle stehen mehrere Angaben, nur „%(value)s“ wird übernommen.")
SEVERAL_ADDRESSES = N_(
    "In der Zelle stehen mehrere Anschriften: „%(value)s“ wird die erste, die weiteren werden Betriebsstätten."
)

_BETWEEN = {
    "email": re.compile(r"[;,\s|]+(?:(?:und|oder|u\.)\s+)?"),
    "phone": re.compile(r"[;,|\r\n]+|\s+(?:und|oder|u\.|bzw\.)\s+|\s+/\s+(?=[+0(])"),
    "website": re.compile(r"[;|\s]+(?:(?:und|oder|u\.)\s+)?|,\s+|,(?=www\.|http)"),
    "address": re.compile(r"\s*[;|]\s*|\s+/\s+|(?:\r?\n){2,}"),
}
_MOST = 10


def parts_of(field: str, raw: str) -> list[str]:
    """Return the single texts where a cell seems to hold several, else nothing."""
    between = _BETWEEN.get(field)
    if between is None or not between.search(raw.strip(" ;,|\t\r\n")):
        return []
    parts = [part.strip() for part in between.split(raw, maxsplit=_MOST)]
    return [part for part in parts if part][:_MOST]


def further_addresses(raw: str) -> list[str]:
    """Return the texts of the addresses that a cell holds beside the first."""
    found: dict[Address, str] = {}
    for part in parts_of("address", raw):
        address = split_address(part)
        if address is not None and address.postcode:
            found.setdefault(address, part)
    return list(found.values())[1:]
