"""By which texts a firm is found in the search: from its rows, or from those of a draft that has no number yet."""

from collections.abc import Iterable
from typing import Any

from wf40.sdk.search import SearchDoc, SearchText

FIRM_COLUMNS = (
    "name", "trade_name", "branch_of", "register_kind", "register_number", "register_suffix", "vat_id", "economic_id",
    "source_key", "website", "email", "phone", "town",
)  # fmt: skip
"""What :func:`texts_of` reads of a firm."""
SITE_COLUMNS = ("label", "street", "house_number", "postcode", "town", "business_park")
"""What it reads of each site."""


def document_of(
    row: Any, former_names: Iterable[str], sites: Iterable[Any], *, record_id: int = 0, unit_id: int = 0
) -> SearchDoc:
    """Return a firm as it can be found. A draft needs no number; ``sites`` stand with the main one first."""
    return SearchDoc(record_id, unit_id, row.name, texts_of(row, former_names, sites))


def texts_of(row: Any, former_names: Iterable[str], sites: Iterable[Any]) -> tuple[SearchText, ...]:
    """Return the texts by which a firm is found, without those that are empty."""
    found = _of_firm(row)
    found += [SearchText("former_names", name) for name in former_names]
    for site in sites:
        found += _of_site(site)
    return tuple(text for text in found if text.text)


def _of_firm(row: Any) -> list[SearchText]:
    register = f"{row.register_kind} {row.register_number} {row.register_suffix}" if row.register_number else ""
    return [
        SearchText("trade_name", row.trade_name),
        SearchText("register_number", register.strip(), "code"),
        SearchText("vat_id", row.vat_id, "code"),
        SearchText("economic_id", row.economic_id, "code"),
        SearchText("source_key", row.source_key, "code"),
        SearchText("phone", row.phone, "phone"),
        SearchText("email", row.email, "mail"),
        SearchText("website", row.website, "web"),
        SearchText("town", row.town),
        SearchText("branch_of", row.branch_of),
    ]


def _of_site(site: Any) -> list[SearchText]:
    return [
        SearchText("street", f"{site.street} {site.house_number}".strip()),
        SearchText("postcode", f"{site.postcode} {site.town}".strip()),
        SearchText("business_park", site.business_park),
        SearchText("label", site.label),
    ]
