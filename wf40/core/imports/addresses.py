"""German addresses: "Riedstraße 78, 78467 Konstanz." taken apart, Länder by name or code."""

import re
from dataclasses import dataclass

from wf40.matching.names import fold, tidy

_LINE_BREAKS = re.compile(r"[\r\n\v\f\u2028\u2029]+")
_TOWN = re.compile(r"(?:^|[\s,;])(?:D\s?[-–]\s?)?(\d{5})\s+([^\d,;]+(?:\s\d{1,2}(?=$|,))?)", re.ASCII)
_NUMBER = r"\d+\s?[a-zA-Z]?(?:\s?[-–/+]\s?\d+\s?[a-zA-Z]?)*"
_STREET_SPACED = re.compile(rf"^(.+?)[\s,]+({_NUMBER})$", re.ASCII)
_STREET_CLOSE = re.compile(rf"^(.*[^\W\d].*?[.\w])({_NUMBER})$")
_STREET_WORD = re.compile(
    r"(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm|hof|steig|chaussee)$", re.IGNORECASE
)
_AROUND_DASH = re.compile(r"\s*([-–/+])\s*")
_COUNTRIES = {"deutschland", "germany", "d", "de", "bundesrepublik deutschland"}

_STATES = {
    "BW": "baden wuerttemberg", "BY": "bayern|bavaria|freistaat bayern", "BE": "berlin", "BB": "brandenburg",
    "HB": "bremen|freie hansestadt bremen", "HH": "hamburg|freie und hansestadt hamburg", "HE": "hessen|hesse",
    "MV": "mecklenburg vorpommern|mecklenburg western pomerania", "NI": "niedersachsen|lower saxony",
    "NW": "nordrhein westfalen|north rhine westphalia|nrw", "RP": "rheinland pfalz|rhineland palatinate", "SL": "saarland",
    "SN": "sachsen|saxony|freistaat sachsen", "ST": "sachsen anhalt|saxony anhalt", "SH": "schleswig holstein",
    "TH": "thueringen|thuringia|freistaat thueringen",
}  # fmt: skip
_STATE_BY_NAME = {name: code for code, names in _STATES.items() for name in names.split("|")}
_STATE_BY_NAME |= {code.lower(): code for code in _STATES} | {f"de {code.lower()}": code for code in _STATES}


@dataclass(frozen=True, slots=True)
class Address:
    """An address; parts that are not in the text are None. ``extra`` is what stands before the street (c/o, building)."""

    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    extra: str | None = None

    def __str__(self) -> str:
        """Return it in one line."""
        street = " ".join(p for p in (self.street, self.house_number) if p)
        town = " ".join(p for p in (self.postcode, self.town) if p)
        return ", ".join(p for p in (self.extra, street, town) if p)


def split_street(text: str) -> tuple[str, str | None]:
    """Split "Straße des 17. Juni 135 a" into street and house number; without a number all is street."""
    line = tidy(text).strip(" ,;")
    match = _STREET_SPACED.match(line) or _STREET_CLOSE.match(line)
    if not match:
        return line, None
    number = match[2]
    return match[1].rstrip(" ,"), number if number.isdigit() else _AROUND_DASH.sub(r"\1", number)


def split_address(text: str) -> Address | None:
    """Take an unsplit address apart (one line or several); None where it has neither postcode nor street."""
    line = tidy(_LINE_BREAKS.sub(", ", text)).rstrip(" .,;")
    parts = [part.strip(" .;") for part in line.split(",")]
    while len(parts) > 1 and fold(parts[-1]) in _COUNTRIES:
        parts.pop()
    line = ", ".join(part for part in parts if part)
    towns = list(_TOWN.finditer(line))
    if not towns:
        street, number = split_street(line)
        is_street = number or _STREET_WORD.search(street)
        return Address(street, number, None, None) if is_street and "," not in street else None
    town = towns[-1]
    before = [part.strip() for part in line[: town.start()].split(",") if part.strip()]
    splits = [split_street(part) for part in before]
    # The street is the last part that has a house number, else the last.
    at = next((i for i in range(len(splits) - 1, -1, -1) if splits[i][1]), len(splits) - 1)
    street, number = splits[at] if before else ("", None)
    extra = ", ".join(part for i, part in enumerate(before) if i != at) if len(before) > 1 else ""
    return Address(street or None, number, town[1], town[2].strip(" .,;-") or None, extra or None)


def federal_state_of(text: str) -> str | None:
    """Return the two letters of a Land ("BW") for its German or English name or ISO 3166-2 code."""
    return _STATE_BY_NAME.get(fold(text))
