"""What the values of a column say about its meaning: a share between 0 and 1 for each field that values can show."""

import re
from collections.abc import Callable, Sequence

from wf40.core.imports.registers import known_court, register_kind_of, register_number_of
from wf40.core.imports.sectors import sector_of
from wf40.core.imports.values import normalise
from wf40.matching.legal_forms import legal_form_of
from wf40.matching.names import split_name

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$")
_WEB = re.compile(r"^(?:https?://|www\.)\S+$|^[\w-]+\.(?:de|com|eu|org|net|info)/?$", re.IGNORECASE)
_PHONE = re.compile(r"^(?:\+|0|\(0)[\d\s()/.\-–]{5,22}$")
_PHONE_MARKS = re.compile(r"[^\d]")
_PERHAPS = 0.5
_POSTCODE = re.compile(r"^(?:D-?)?\d{5}$", re.ASCII)
_ADDRESS = re.compile(r"\d{5}\s+[^\W\d]")
_STREET = re.compile(r"(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm)\s*\d+", re.IGNORECASE)
_KEY = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[\w./\-]{4,40}$")
_PLACE = re.compile(
    r"^(?:[A-ZÄÖÜ][\w.\-]+)(?:[ /-](?:[A-ZÄÖÜ][\w.\-]*|am|an|der|im|in|ob|bei|a\.|d\.)){0,4}(?: \([^)]+\))?$"
)
_WZ = re.compile(r"^(?:[A-U]\s?)?\d{2}\.\d{1,2}(?:\.\d)?(?!\d)")
_WZ_DIGITS = re.compile(r"^\d{4,5}$", re.ASCII)
_HOUSE = re.compile(r"^\d{1,4}\s?[a-z]?(?:\s?[-/]\s?\d{1,4}\s?[a-z]?)?$", re.IGNORECASE | re.ASCII)
_YEAR = re.compile(r"^(?:1[89]\d\d|20[0-4]\d)$", re.ASCII)

# Values of these fields are unmistakable: they count even against a header that says nothing or something unknown.
STRONG = frozenset(
    {"email", "website", "phone", "vat_id", "economic_id", "address", "register_kind", "legal_form", "federal_state", "status"}
)  # fmt: skip
# Values of these can be checked: a header alone is not believed when the values say otherwise.
CHECKED = STRONG | {
    "postcode",
    "wz_code",
    "register_number",
    "as_of",
    "employees",
    "founded_year",
    "register_court",
    "kind",
}
# These are words: a column of numbers is none of them, whatever its header says.
WORDS = frozenset({"name", "town", "street", "trade_name", "contact_name", "former_names"})
LETTERS = "letters"
"""No field: the share of values that have letters at all."""


def _reads(field: str) -> Callable[[str], bool]:
    return lambda text: normalise(field, text)[0] is not None


def _is_sector(text: str) -> bool:
    return bool(_WZ.match(text) or _WZ_DIGITS.match(text)) and sector_of(text) is not None


_TESTS: dict[str, Callable[[str], bool]] = {
    "email": lambda t: bool(_EMAIL.match(t)),
    "website": lambda t: bool(_WEB.match(t)),
    "phone": lambda t: bool(_PHONE.match(t)) and sum(c.isdigit() for c in t) >= 7 and not _POSTCODE.match(t),
    "vat_id": lambda t: t.replace(" ", "").upper().startswith("DE") and _reads("vat_id")(t),
    "economic_id": _reads("economic_id"),
    "address": lambda t: bool(_ADDRESS.search(t)) and bool(re.search(r"^\d{5}|[,\n;]|\d+\s+\d{5}", t)),
    "register_kind": lambda t: len(t) > 1 and register_kind_of(t) is not None,
    "register_number": lambda t: register_number_of(t) is not None,
    "register_court": lambda t: known_court(t) is not None,
    "legal_form": lambda t: legal_form_of(t) is not None,
    "federal_state": lambda t: len(t) > 3 and _reads("federal_state")(t),
    "status": lambda t: len(t) > 4 and _reads("status")(t),
    "kind": _reads("kind"),
    "postcode": lambda t: bool(_POSTCODE.match(t)),
    "wz_code": _is_sector,
    "as_of": _reads("as_of"),
    "employees": lambda t: _reads("employees")(t) or "beschäftigte" in t.lower() or "mitarbeiter" in t.lower(),
    "founded_year": lambda t: bool(_YEAR.match(t)) or _reads("as_of")(t),
    "street": lambda t: bool(_STREET.search(t)) and not _ADDRESS.search(t),
    "house_number": lambda t: bool(_HOUSE.match(t)),
    "town": lambda t: (
        bool(_PLACE.match(t)) and t.lower() not in {"true", "false", "ja", "nein"} and split_name(t).legal_form is None
    ),
    "source_key": lambda t: bool(_KEY.match(t)),
}


def evidence_of(values: Sequence[str]) -> dict[str, float]:
    """Return {field: share} for the non-empty values of one column; empty where there is no value at all.

    ``values`` are all sample cells of the column, empty ones too: how well a column is filled tells names from
    former names.
    """
    filled = [value.strip() for value in values if value and not value.isspace()]
    if not filled:
        return {}
    fill, distinct = len(filled) / len(values), len(set(filled)) / len(filled)
    shares = {field: sum(map(test, filled)) / len(filled) for field, test in _TESTS.items()}
    forms = sum(split_name(value).legal_form is not None for value in filled) / len(filled)
    shares[LETTERS] = sum(any(map(str.isalpha, value)) for value in filled) / len(filled)
    shares["name"] = forms * 0.7 + 0.3 * distinct if fill > 0.9 and forms > 0.2 else 0.0
    shares["former_names"] = min(1.0, forms * 0.9) if fill <= 0.9 else 0.0
    shares["source_key"] *= 1.0 if distinct > 0.98 else 0.2
    shares["register_number"] *= 1.0 if any(len(v) >= 3 for v in filled) and distinct > 0.2 else 0.3
    shares["town"] *= 0.9 if distinct < 0.9 or len(filled) < 5 else 0.5
    # Bare digits of one length are keys of some kind, unless a header calls them telephone numbers.
    if shares["phone"] > _PERHAPS and not any(_PHONE_MARKS.search(v) for v in filled) and len({*map(len, filled)}) == 1:
        shares["phone"] = _PERHAPS
    # A year is also a number and a number of five digits may be anything: the narrower reading wins.
    if shares["postcode"] > 0.9:
        shares["register_number"] *= 0.5
    if shares["as_of"] > 0.5:
        shares["founded_year"] *= 0.5
    if sum(bool(_YEAR.match(v)) for v in filled) > 0.9 * len(filled):
        for other in ("register_number", "employees", "wz_code"):
            shares[other] *= 0.3
    return shares
