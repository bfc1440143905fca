"""What an input must keep to; every breach is one sentence beside its field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from wf40.base.checks import email, phone, storable
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.contacts import codes
from wf40.core.contacts.models import Consent, Contact

NOTE_LENGTH = 20_000
_LONGEST = {"note": NOTE_LENGTH}


@dataclass(frozen=True, slots=True)
class ContactInput:
    """A contact as somebody enters it. ``origin`` other than ``person`` needs a ``source``."""

    family_name: str
    given_name: str = ""
    salutation: str = ""
    title: str = ""
    role: str = "other"
    function: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    language: str = "de"
    main: bool = False
    note: str = ""
    mail_basis: str = ""
    origin: str = codes.DIRECT
    source: str = ""
    as_of: date | None = None
    informed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentInput:
    """A consent that a person gave on a day in the past or today."""

    purpose: str
    channel: str
    given_on: date
    given_how: str
    note: str = ""


FIELDS = tuple(f.name for f in fields(ContactInput))


def check_contact(given: ContactInput, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found = _texts(given, Contact) | _choices(given, codes.CHOICES)
    if not given.family_name:
        found["family_name"] = _l("Geben Sie den Nachnamen ein.")
    for name, check in (("email", email), ("phone", phone), ("mobile", phone)):
        if name not in found and (sentence := _fault(check, getattr(given, name))):
            found[name] = sentence
    if given.origin != codes.DIRECT and not given.source:
        found["source"] = _l("Nennen Sie die Quelle, denn die Angaben stammen nicht von der Person selbst.")
    for name in ("as_of", "informed_on"):
        if (day := getattr(given, name)) and day > today:
            found[name] = _l("Dieses Datum liegt in der Zukunft.")
    _raise(found)


def check_consent(given: ConsentInput, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    choices = {"purpose": codes.PURPOSES, "channel": codes.CHANNELS, "given_how": codes.WAYS}
    found = _texts(given, Consent) | _choices(given, choices)
    if given.given_on > today:
        found["given_on"] = _l("Eine Einwilligung kann nicht in der Zukunft erteilt sein.")
    _raise(found)


def _fault(check: Callable[[str], str], value: str) -> Text | None:
    try:
        check(value)
    except InvalidInput as error:
        return error.message
    return None


def _texts(given: ContactInput | ConsentInput, model: type[Contact | Consent]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for field in fields(given):
        value = getattr(given, field.name)
        if isinstance(value, str):
            longest = _LONGEST.get(field.name) or model.__table__.c[field.name].type.length  # type: ignore[attr-defined]
            if sentence := storable(value, longest, lines=field.name in _LONGEST):
                found[field.name] = sentence
    return found


def _choices(given: Any, choices: Mapping[str, Mapping[str, Text]]) -> dict[str, Text]:
    wrong = [name for name, known in choices.items() if getattr(given, name) not in known]
    return {name: _l("Diese Auswahl gibt es nicht.") for name in wrong}


def _raise(found: dict[str, Text]) -> None:
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)
