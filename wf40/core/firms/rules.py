"""What a firm's and a site's values must be. Each check returns the stored form of a value or refuses with a sentence."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wf40.base.checks import Findings, email, phone, spoken_phone, website
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.firms.sectors import parse_sector
from wf40.core.firms.terms import ABC, KINDS, REGISTERS, STATUSES, TENURES
from wf40.matching.legal_forms import legal_forms
from wf40.matching.names import tidy

__all__ = ["FIRM_CHECKS", "SITE_CHECKS", "Findings", "spoken_phone"]

EARLIEST_YEAR, LATEST_YEAR = 700, 2100
LARGEST_COUNT = 1_000_000
LONGEST_INTERVAL = 3650
_VAT = re.compile(r"^(DE\d{9}|ATU\d{8}|CHE\d{9}|(?!DE|AT|CHE)[A-Z]{2}[A-Z0-9]{8,12})$", re.ASCII)
_ECONOMIC = re.compile(r"^DE(\d{9})-?(\d{5})$", re.ASCII)
_LENGTHS = {
    "name": 500, "trade_name": 500, "branch_of": 500, "source_key": 500, "source": 200, "town": 200,
    "register_number": 20, "register_suffix": 10, "register_court": 200, "note": 50_000, "label": 200, "street": 200,
    "house_number": 30, "business_park": 200,
}  # fmt: skip


def _refuse(sentence: Text) -> None:
    raise InvalidInput(sentence)


def line(field: str, text: str) -> str:
    """Return one line of text; refuses what is too long."""
    clean = tidy(text)
    if len(clean) > _LENGTHS[field]:
        _refuse(
            _l(
                "Das sind %(n)s Zeichen. Bitte kürzen Sie auf höchstens %(most)s.",
                n=len(clean),
                most=_LENGTHS[field],
            )
        )
    return clean


def name(text: str) -> str:
    """Return the name of a firm, which must be there."""
    clean = line("name", text)
    if not clean:
        _refuse(_l("Geben Sie den Namen ein, wie er im Register oder auf dem Briefkopf steht."))
    return clean


def note(text: str) -> str:
    """Return a text of several lines."""
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(clean) > _LENGTHS["note"]:
        _refuse(
            _l(
                "Die Notiz hat %(n)s Zeichen. Bitte kürzen Sie auf höchstens %(most)s.",
                n=len(clean),
                most=_LENGTHS["note"],
            )
        )
    return clean


def one_of(text: str, known: Mapping[str, Text], *, optional: bool = True) -> str:
    """Return a code of a list."""
    if text not in known and not (optional and not text):
        _refuse(_l("„%(value)s“ steht nicht zur Wahl. Bitte wählen Sie einen Eintrag der Liste.", value=text))
    return text


def vat_id(text: str) -> str:
    """Return a VAT number without blanks."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if number and not _VAT.match(number):
        _refuse(_l("Eine USt-IdNr. besteht aus „DE“ und neun Ziffern, zum Beispiel DE123456789."))
    return number


def economic_id(text: str) -> str:
    """Return a W-IdNr: ``DE`` + 9 digits + ``-`` + 5 digits."""
    compact = re.sub(r"\s", "", text).upper()
    match = _ECONOMIC.match(compact)
    if compact and not match:
        _refuse(
            _l(
                "Eine W-IdNr. besteht aus „DE“, neun Ziffern, einem Strich und fünf Ziffern, zum Beispiel DE123456789-00001."
            )
        )
    return f"DE{match[1]}-{match[2]}" if match else ""


def register_number(text: str) -> str:
    """Return digits without leading zeros."""
    digits = re.sub(r"[\s.]", "", text)
    if digits and not (digits.isascii() and digits.isdigit()):
        _refuse(
            _l("Die Registernummer besteht nur aus Ziffern, zum Beispiel 380008. Art und Zusatz haben eigene Felder.")
        )
    return line("register_number", digits.lstrip("0"))


def postcode(text: str) -> str:
    """Return a postcode: five digits, or what other countries write."""
    clean = tidy(text)
    if (clean.isdigit() and len(clean) not in {4, 5}) or len(clean) > 10:
        _refuse(_l("Eine Postleitzahl hat fünf Ziffern, zum Beispiel 78462."))
    return clean


def ags(text: str) -> str:
    """Return a municipality key: eight digits."""
    digits = re.sub(r"\s", "", text)
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 8):
        _refuse(_l("Der amtliche Gemeindeschlüssel hat acht Ziffern, zum Beispiel 08335043."))
    return digits


def count(value: int | None) -> int | None:
    """Return a number of people."""
    if value is not None and not 0 <= value <= LARGEST_COUNT:
        _refuse(_l("Geben Sie eine Anzahl ab 0 ein."))
    return value


def founded_year(value: int | None) -> int | None:
    """Return a year."""
    if value is not None and not EARLIEST_YEAR <= value <= LATEST_YEAR:
        _refuse(_l("Geben Sie das Gründungsjahr vierstellig ein, zum Beispiel 1998."))
    return value


def interval(value: int | None) -> int | None:
    """Return a number of days between two contacts."""
    if value is not None and not 1 <= value <= LONGEST_INTERVAL:
        _refuse(_l("Geben Sie eine Anzahl von Tagen zwischen 1 und %(most)s ein.", most=LONGEST_INTERVAL))
    return value


FIRM_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": name,
    "trade_name": lambda v: line("trade_name", v),
    "kind": lambda v: one_of(v, KINDS, optional=False),
    "branch_of": lambda v: line("branch_of", v),
    "legal_form": lambda v: one_of(v, {code: form.short for code, form in legal_forms().items()}),
    "register_kind": lambda v: one_of(v, REGISTERS),
    "register_number": register_number,
    "register_suffix": lambda v: line("register_suffix", v).upper(),
    "register_court": lambda v: line("register_court", v),
    "vat_id": vat_id,
    "economic_id": economic_id,
    "wz": parse_sector,
    "founded_year": founded_year,
    "website": website,
    "email": email,
    "phone": phone,
    "town": lambda v: line("town", v),
    "abc": lambda v: one_of(v, ABC),
    "care_interval_days": interval,
    "employees": count,
    "apprentices": count,
    "status": lambda v: one_of(v, STATUSES, optional=False),
    "note": note,
    "source": lambda v: line("source", v),
}
SITE_CHECKS: dict[str, Callable[[Any], Any]] = {
    "label": lambda v: line("label", v),
    "street": lambda v: line("street", v),
    "house_number": lambda v: line("house_number", v),
    "postcode": postcode,
    "town": lambda v: line("town", v),
    "ags": ags,
    "business_park": lambda v: line("business_park", v),
    "employees": count,
    "apprentices": count,
    "tenure": lambda v: one_of(v, TENURES),
}
