"""What values that people enter must be, whatever record they belong to.

Each check returns the stored form of a value, or raises :class:`InvalidInput` with a sentence.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from wf40.base.errors import InvalidInput, Text
from wf40.base.german import tidy
from wf40.base.i18n import _l

LONGEST_WEBSITE = 500
_WEBSITE = re.compile(r"^(?:(https?)://)?((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,})(:\d{1,5})?([/?#]\S*)?$")


class Findings:
    """Gathers all sentences, so that a person sees every fault at once."""

    def __init__(self) -> None:
        self.fields: dict[str, Text] = {}

    def check(self, field: str, work: Callable[[], Any]) -> Any:
        """Return the outcome of a check, or ``None`` after noting its sentence for the field."""
        try:
            return work()
        except InvalidInput as error:
            self.fields.update(error.fields or {field: error.message})
            return None

    def close(self) -> None:
        """Refuse when anything was found."""
        if self.fields:
            raise InvalidInput(next(iter(self.fields.values())), self.fields)


def line(text: str, longest: int) -> str:
    """Return one line of text with single blanks; refuses what is too long."""
    clean = tidy(text)
    if len(clean) > longest:
        raise InvalidInput(
            _l("Das sind %(n)s Zeichen. Bitte kürzen Sie auf höchstens %(most)s.", n=len(clean), most=longest)
        )
    return clean


def lines(text: str, longest: int) -> str:
    """Return a text of several lines."""
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(clean) > longest:
        raise InvalidInput(
            _l("Das sind %(n)s Zeichen. Bitte kürzen Sie auf höchstens %(most)s.", n=len(clean), most=longest)
        )
    return clean


def storable(text: str, longest: int, *, lines: bool) -> Text | None:
    """Say why a text cannot be stored byte for byte, or ``None``. ``lines``: it may have line breaks."""
    if len(text) > longest:
        return _l(
            "Das sind %(length)s Zeichen, möglich sind %(longest)s. Bitte kürzen Sie den Text.",
            length=len(text),
            longest=longest,
        )
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return _l(
            "Der Text enthält ein Zeichen, das nicht gespeichert werden kann (Nullzeichen). Bitte entfernen Sie es."
        )
    if not lines and ("\n" in text or "\r" in text):
        return _l("Hier sind keine Zeilenumbrüche möglich. Bitte schreiben Sie alles in eine Zeile.")
    return None


def one_of(text: str, known: Mapping[str, Text]) -> str:
    """Return a code of a list."""
    if text not in known:
        raise InvalidInput(
            _l("„%(value)s“ steht nicht zur Wahl. Bitte wählen Sie einen Eintrag der Liste.", value=text)
        )
    return text


def whole_number(text: object) -> int | None:
    """Return the number that an address or a hidden field names, ``None`` for anything that no record could have."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def website(text: str) -> str:
    """Return an address that starts with http:// or https://, or nothing for nothing."""
    clean = tidy(text)
    match = _WEBSITE.match(clean)
    stored = f"{(match[1] or 'https').lower()}://{match[2].lower()}{match[3] or ''}{match[4] or ''}" if match else ""
    if clean and not 0 < len(stored) <= LONGEST_WEBSITE:
        raise InvalidInput(_l("Das ist keine Internetadresse. Erwartet wird zum Beispiel „www.beispiel.de“."))
    return stored


def email(text: str) -> str:
    """Return a mail address, or nothing for nothing."""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized if text else ""
    except (EmailNotValidError, ValueError):
        sentence = _l("Das ist keine vollständige E-Mail-Adresse. Erwartet wird zum Beispiel „info@beispiel.de“.")
        raise InvalidInput(sentence) from None


def phone(text: str) -> str:
    """Return a telephone number in international form (E.164); one without a country is German."""
    if not text:
        return ""
    try:
        number = phonenumbers.parse(tidy(text), "DE")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(_l("Das ist keine Telefonnummer. Erwartet wird zum Beispiel „07531 12345“."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(number: str) -> str:
    """Return a stored telephone number with blanks, as people read it."""
    try:
        parsed = phonenumbers.parse(number, "DE")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
