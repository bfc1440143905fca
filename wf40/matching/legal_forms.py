"""Code list of German legal forms: codes, short names, and the spellings found in names of firms."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_LOOSE = re.compile(r"[\s.\-()\u00ad]+")


@dataclass(frozen=True, slots=True)
class LegalForm:
    """One legal form. ``kind`` is the kind of organisation that it makes a firm (company, sole_trader, ...)."""

    code: str
    short: str
    name: str
    kind: str
    elf: str | None
    xunternehmen: str | None
    written: tuple[str, ...]
    also: tuple[str, ...]


@cache
def legal_forms() -> dict[str, LegalForm]:
    """Return all legal forms by code, in the order of the table."""
    text = resources.files(__package__).joinpath("legal_forms.toml").read_text(encoding="utf-8")
    return {
        entry["code"]: LegalForm(
            code=entry["code"],
            short=entry["short"],
            name=entry["name"],
            kind=entry["kind"],
            elf=entry.get("elf"),
            xunternehmen=entry.get("xunternehmen"),
            written=tuple(entry["written"]),
            also=tuple(entry.get("also", ())),
        )
        for entry in tomllib.loads(text)["form"]
    }


def loosely(spelling: str) -> str:
    """Return a spelling without case, spaces, dots, hyphens and brackets; "u." and "und" and "+" count as "&"."""
    text = unicodedata.normalize("NFC", spelling).casefold()
    text = re.sub(r"\s(?:u\.|und)\s|\+", " & ", text)
    return _LOOSE.sub("", text)


@cache
def _by_spelling() -> dict[str, LegalForm]:
    table: dict[str, LegalForm] = {}
    for form in legal_forms().values():
        spellings = (form.code, form.short, form.name, *form.written, *form.also)
        if form.elf and form.elf not in ("8Z6G", "40DB", "T0YJ"):
            spellings += (form.elf,)
        for spelling in spellings:
            table.setdefault(loosely(spelling), form)
    # These three ISO codes stand for a family ("KG" and all "& Co. KG"): a code alone means the plain form.
    for elf, code in (("8Z6G", "kg"), ("40DB", "ohg"), ("T0YJ", "kgaa")):
        table[loosely(elf)] = legal_forms()[code]
    return table


def legal_form_of(text: str) -> LegalForm | None:
    """Return the form that a value of a column "Rechtsform" names (short, long name, our or ISO 20275 code)."""
    return _by_spelling().get(loosely(text))
