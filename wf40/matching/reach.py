"""Phone, mail, web and tax numbers in one notation each, so that equal ones are equal however they were written."""

import re
from functools import lru_cache

import phonenumbers

from wf40.matching.vocabulary import FREE_MAIL, PLATFORMS

_NOT_DIGIT = re.compile(r"[^\d+]")
_EXTENSION = re.compile(r"(?:\(0\)|durchwahl|\bdw\b|ext\.?)", re.IGNORECASE)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.\-]*:)?(?://)?(?:[^/@\s]*@)?(?:www\d?\.)?([^/:?#\s]+)")
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov"})


@lru_cache(maxsize=16384)
def phone_key(written: str) -> str:
    """Return a phone number as digits with the country in front ("030/123 45" -> "493012345"), or ""."""
    if not written:
        return ""
    digits = _NOT_DIGIT.sub("", _EXTENSION.sub("", written))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+490"):
        digits = "+49" + digits[4:]
    if digits.startswith("+49") or (digits[:1] == "0" and digits[1:2] != "0"):
        national = digits[3:] if digits[0] == "+" else digits[1:]
        national = national.replace("+", "")
        return "49" + national if 5 <= len(national) <= 13 else ""
    try:
        number = phonenumbers.parse(written, "DE")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return f"{number.country_code}{number.national_number}"


def switchboard(a: str, b: str) -> bool:
    """Return whether one number is the switchboard of the other: it ends with 0 where the other has an extension."""
    return _extends(a, b) or _extends(b, a)


def _extends(a: str, b: str) -> bool:
    return len(a) > 7 and a[-1] == "0" and 0 <= len(b) - len(a) < 4 and b.startswith(a[:-1])


def mail_key(written: str) -> str:
    """Return a mail address in lower case, or "" if it is none."""
    mail = written.strip().casefold().removeprefix("mailto:")
    return mail if 0 < mail.find("@") < len(mail) - 3 and " " not in mail else ""


def site_key(written: str) -> str:
    """Return the domain that belongs to an organisation ("https://www.x.de/y" -> "x.de"), or "" for none of its own."""
    if not written:
        return ""
    found = _HOST.match(written.strip().casefold())
    return domain_of(found[1]) if found else ""


def domain_of(host: str) -> str:
    """Return the registered part of a host name, or "" for free mail and platforms."""
    labels = [label for label in host.strip(".").split(".") if label]
    if len(labels) < 2:
        return ""
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    domain = ".".join(labels[-size:])
    return "" if domain in FREE_MAIL or domain in PLATFORMS or host in PLATFORMS else domain


def tax_key(written: str) -> str:
    """Return a VAT or economic id without spaces and marks, and without what follows its base ("DE123456789")."""
    text = "".join(c for c in written.upper() if c.isalnum()) if written else ""
    return text[:11] if text.startswith("DE") else text
