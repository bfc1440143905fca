"""Text of one cell becomes a value, or one German sentence that says what is wrong with it. Never raises for any text."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from wf40.core.imports.addresses import Address, federal_state_of, split_address
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.problems import N_, FieldProblem
from wf40.core.imports.registers import RegisterNumber, court_of, register_kind_of, register_number_of
from wf40.core.imports.sectors import Edition, Sector, sector_of
from wf40.core.imports.several import SEVERAL, SEVERAL_ADDRESSES, parts_of
from wf40.matching.legal_forms import legal_form_of
from wf40.matching.names import fold, tidy

Result = tuple["Value | None", FieldProblem | None]
Reader = Callable[[str], Result]
Value = str | int | dt.date | tuple[str, ...] | Address | RegisterNumber | Sector
LONGEST, LONGEST_NOTE = 500, 50_000
LATEST_YEAR = 2100

_NOTHING = {"", "k a", "keine angabe", "n a", "unbekannt", "nicht bekannt", "unknown", "none", "null", "nan"}
_ACTIVE = {
    "currently registered", "registered", "active", "aktiv", "eingetragen", "bestehend", "aktuell", "ja", "yes", "laufend", "taetig",
}  # fmt: skip
_GONE = {
    "removed", "dissolved", "deleted", "inactive", "geloescht", "erloschen", "aufgeloest", "inaktiv", "abgemeldet", "nein", "no", "closed",
    "beendet", "liquidiert",
}  # fmt: skip
_KINDS = {
    "company": "unternehmen|kapitalgesellschaft|personengesellschaft|gesellschaft|company|im handelsregister eingetragen",
    "sole_trader": "einzelunternehmen|einzelunternehmer|kleingewerbetreibender|kleingewerbe|gewerbe|sole trader|kaufmann",
    "freelancer": "freiberufler|freier beruf|freie berufe|freiberuflich|freelancer|selbstaendig",
    "association": "verein|verband|stiftung|association|gemeinnuetzige organisation",
    "public_body": "oeffentliche einrichtung|behoerde|kommune|koerperschaft|public body|oeffentlich",
    "founder": "gruender|gruenderin|gruendung|founder|gruendungsvorhaben|start up in gruendung",
}
_KIND_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
_VAT = re.compile(r"^(DE\d{9}|ATU\d{8}|(?!DE|AT)[A-Z]{2}[A-Z0-9]{8,12})$", re.ASCII)
_ECONOMIC = re.compile(r"^DE(\d{9})-?(\d{5})$", re.ASCII)
_HOST = re.compile(r"^(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,}$")
_GERMAN_DATE = re.compile(r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:[ T,]|$)", re.ASCII)
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[ T]|$)", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(1[0-9]\d{2}|20\d{2})(?!\d)", re.ASCII)
_COUNT = re.compile(
    r"^(?:ca\.?\s*)?(\d{1,3}(?:[. ']\d{3})+|\d+)(?:,0+|\.0+)?(?:\s*(?:MA|Mitarbeiter\w*|Beschäftigte|Personen))?$",
    re.ASCII,
)


class _Bad(Exception):
    """Carries the sentence; never leaves this module."""


def _legal_form(raw: str) -> str:
    form = legal_form_of(raw)
    if form is None:
        raise _Bad(N_("Die Rechtsform „%(value)s“ ist nicht bekannt. Bitte wählen Sie sie im Unternehmen aus."))
    return form.code


def _register_kind(raw: str) -> str:
    kind = register_kind_of(raw)
    if kind is None:
        raise _Bad(N_("„%(value)s“ ist keine Registerart. Möglich sind HRA, HRB, GnR, PR, VR und GsR."))
    return kind


def _register_number(raw: str) -> RegisterNumber:
    number = register_number_of(raw)
    if number is None:
        raise _Bad(N_("„%(value)s“ ist keine Registernummer. Erwartet wird zum Beispiel „HRB 12345“ oder „12345“."))
    return number


def _status(raw: str) -> str:
    word = fold(raw)
    if word in _ACTIVE:
        return "active"
    if word in _GONE:
        return "dissolved"
    raise _Bad(
        N_("Der Status „%(value)s“ ist nicht bekannt. Verstanden werden zum Beispiel „eingetragen“ und „gelöscht“.")
    )


def _former_names(raw: str) -> tuple[str, ...]:
    names = (tidy(part) for part in re.split(r"\s\|\s|[;\r\n]+", raw))
    return tuple(dict.fromkeys(name for name in names if name))


def _address(raw: str) -> Address:
    address = split_address(raw)
    if address is None:
        raise _Bad(N_("Die Anschrift „%(value)s“ lässt sich nicht aufteilen. Erwartet wird „Straße Nr., PLZ Ort“."))
    return address


def _postcode(raw: str) -> str:
    digits = re.sub(r"^(?:D|DE)\s?[-–]\s?", "", tidy(raw), flags=re.IGNORECASE).removesuffix(".0").replace(" ", "")
    if digits.isascii() and digits.isdigit() and len(digits) in {4, 5}:
        return digits.zfill(5)  # spreadsheets drop the leading zero of 01067
    raise _Bad(N_("„%(value)s“ ist keine Postleitzahl. Erwartet werden fünf Ziffern."))


def _federal_state(raw: str) -> str:
    state = federal_state_of(raw)
    if state is None:
        raise _Bad(N_("„%(value)s“ ist kein Bundesland."))
    return state


def _phone(raw: str) -> str:
    bad = _Bad(
        N_("„%(value)s“ ist keine Telefonnummer. Erwartet wird zum Beispiel „07531 12345“ oder „+49 7531 12345“.")
    )
    try:
        number = phonenumbers.parse(tidy(raw), "DE")
    except phonenumbers.NumberParseException:
        raise bad from None
    if not phonenumbers.is_possible_number(number):
        raise bad
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(raw: str) -> str:
    try:
        return validate_email(
            tidy(raw).removeprefix("mailto:").strip(" ;,"), check_deliverability=False, test_environment=True
        ).normalized
    except (EmailNotValidError, ValueError):
        raise _Bad(N_("„%(value)s“ ist keine E-Mail-Adresse. Erwartet wird zum Beispiel „info@beispiel.de“.")) from None


def _website(raw: str) -> str:
    bad = _Bad(N_("„%(value)s“ ist keine Internetadresse. Erwartet wird zum Beispiel „www.beispiel.de“."))
    match = re.match(r"^(?:(https?)://)?([^/?#\s:@]+)(:\d{1,5})?([/?#]\S*)?$", tidy(raw), re.IGNORECASE | re.ASCII)
    host = match[2].lower() if match else ""
    if not match or not _HOST.match(host) or len(host) > 253:
        raise bad
    rest = (match[3] or "") + (match[4] or "")
    return f"{(match[1] or 'https').lower()}://{host}{rest if rest != '/' else ''}"


def _vat_id(raw: str) -> str:
    number = re.sub(r"[\s.\-/]", "", raw).upper()
    if not _VAT.match(number):
        raise _Bad(N_("„%(value)s“ ist keine USt-IdNr. Erwartet werden „DE“ und neun Ziffern."))
    return number


def _economic_id(raw: str) -> str:
    match = _ECONOMIC.match(re.sub(r"\s", "", raw).upper())
    if not match:
        raise _Bad(N_("„%(value)s“ ist keine W-IdNr. Erwartet werden „DE“, neun Ziffern, ein Strich und fünf Ziffern."))
    return f"DE{match[1]}-{match[2]}"


def _employees(raw: str) -> int:
    match = _COUNT.match(tidy(raw))
    digits = re.sub(r"\D", "", match[1]) if match else ""
    if not digits or len(digits) > 7:
        raise _Bad(N_("„%(value)s“ ist keine Anzahl von Beschäftigten. Erwartet wird eine ganze Zahl."))
    return int(digits)


def _founded_year(raw: str) -> int:
    match = _YEAR.search(raw)
    if not match or int(match[1]) > LATEST_YEAR:
        raise _Bad(N_("„%(value)s“ enthält keine Jahreszahl."))
    return int(match[1])


def _date(raw: str) -> dt.date:
    text = tidy(raw)
    try:
        if match := _ISO_DATE.match(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _GERMAN_DATE.match(text):
            year = int(match[3])
            return dt.date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))
    except ValueError:
        pass
    raise _Bad(N_("„%(value)s“ ist kein Datum. Erwartet wird zum Beispiel „31.12.2025“ oder „2025-12-31“."))


def _kind(raw: str) -> str:
    word = fold(raw)
    if word in _KINDS or word.replace(" ", "_") in _KINDS:
        return word.replace(" ", "_")
    if word not in _KIND_BY_WORD:
        raise _Bad(N_("Die Art der Organisation „%(value)s“ ist nicht bekannt."))
    return _KIND_BY_WORD[word]


def _note(raw: str) -> str:
    return unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\x00", "")).strip()


_READERS: dict[str, Callable[[str], Value]] = {
    "legal_form": _legal_form, "register_kind": _register_kind, "register_number": _register_number, "register_court": court_of,
    "status": _status, "former_names": _former_names, "address": _address, "postcode": _postcode,
    "federal_state": _federal_state, "phone": _phone, "email": _email, "website": _website, "vat_id": _vat_id,
    "economic_id": _economic_id, "employees": _employees, "founded_year": _founded_year, "as_of": _date, "kind": _kind, "note": _note,
}  # fmt: skip
# In these fields a dash or "k. A." is a value like any other.
_LITERAL = {"name", "source_key", "trade_name", "note", "former_names"}


# The same few texts in every row: read once, remembered.
_REPEATED = frozenset({
    "legal_form", "register_kind", "register_suffix", "register_court", "status", "postcode", "town", "federal_state", "wz_code",
    "employees", "founded_year", "as_of", "kind", "house_number",
})  # fmt: skip
_REMEMBERED, _REMEMBERED_LENGTH = 4096, 80
# Only texts that begin like this can fold to one of the words for "nothing".
_PERHAPS_NOTHING = re.compile(r"[\W_]*(?:$|[knuKNU]|[^\x00-\x7f])")


def says_nothing(raw: str) -> bool:
    """Tell whether a cell only says that nothing is known, such as "k. A."."""
    return bool(_PERHAPS_NOTHING.match(raw)) and fold(raw) in _NOTHING


def normalise(field: str, raw: str, *, edition: Edition | None = None) -> tuple[Value | None, FieldProblem | None]:
    """Read the text of one cell for one field.

    Returns:
        (value, None) where it could be read, (None, None) for an empty cell, (None, problem) otherwise; (value, problem)
        where the cell holds several values and only the first is taken.
    """
    return reader_of(field, edition)(raw)


@cache
def reader_of(field: str, edition: Edition | None = None) -> Reader:
    """Return the function that reads the cells of a column, as :func:`normalise` does; for the WZ with its edition."""
    longest = LONGEST_NOTE if field in {"note", "former_names"} else LONGEST
    literal, convert = field in _LITERAL, _READERS.get(field, tidy)

    def read(raw: str) -> Result:
        if not raw or raw.isspace() or (not literal and _PERHAPS_NOTHING.match(raw) and fold(raw) in _NOTHING):
            return None, None
        if len(raw) > longest:
            values = {"label": FIELD_BY_KEY[field].label, "found": str(len(raw)), "limit": str(longest)}
            message = N_("„%(label)s“ hat %(found)s Zeichen, höchstens %(limit)s sind möglich.")
            return None, FieldProblem(field, message, values)
        if field == "wz_code":
            return _sector(raw, edition)
        if parts := parts_of(field, raw):
            first, problem = _first_of(field, parts, convert)
            if problem is not None:
                return first, problem
        try:
            value = convert(raw)
        except _Bad as bad:
            return None, FieldProblem(field, str(bad), {"value": shortened(raw)})
        return (None, None) if value in ("", ()) else (value, None)

    if field not in _REPEATED:
        return read
    remembered = lru_cache(maxsize=_REMEMBERED)(read)
    return lambda raw: remembered(raw) if len(raw) <= _REMEMBERED_LENGTH else read(raw)


def _first_of(field: str, parts: list[str], convert: Callable[[str], Value]) -> Result:
    """Return the first of several values with a note; (None, None) where they are not several after all."""
    values: list[tuple[Value, str]] = []
    for part in parts:
        with suppress(_Bad):
            value = convert(part)
            if not isinstance(value, Address) or value.postcode:
                values.append((value, part))
    if len({value for value, _part in values}) < 2 and (len(values) != 1 or field == "address"):
        return None, None
    value, part = values[0]
    message = SEVERAL_ADDRESSES if field == "address" else SEVERAL
    return value, FieldProblem(field, message, {"value": shortened(part)})


def _sector(raw: str, edition: Edition | None) -> tuple[Value | None, FieldProblem | None]:
    sector = sector_of(raw, edition)
    if sector is not None:
        return sector, None
    message = N_("Den WZ-Code „%(value)s“ gibt es weder in der Ausgabe 2008 noch in der Ausgabe 2025.")
    if edition:
        message = N_("Den WZ-Code „%(value)s“ gibt es in der Ausgabe %(edition)s nicht.")
    return None, FieldProblem("wz_code", message, {"value": shortened(raw)} | ({"edition": edition} if edition else {}))


def shortened(raw: str) -> str:
    """Return the text of a cell for a sentence: one line, at most 60 characters."""
    text = tidy(raw)
    return text if len(text) <= 60 else f"{text[:59]}…"
