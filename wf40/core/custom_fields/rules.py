"""What fields and their values must be: read from what people type or a file holds, and put into words again."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wf40.base import checks
from wf40.base.errors import InvalidInput, Text
from wf40.base.german import fold, tidy
from wf40.base.i18n import _l
from wf40.core.custom_fields import codes
from wf40.core.custom_fields.models import CustomFieldOption
from wf40.web.formats import day, number

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SHOWN_CHOICES = 8
Value = str | Decimal | date | int
"""Words, a number, a day, or the number of a choice."""


@dataclass(frozen=True, slots=True)
class FieldInput:
    """A field as somebody enters it. ``kind`` counts for a new one only."""

    name: str
    kind: str = codes.TEXT
    help: str = ""
    in_panel: bool = True
    in_list: bool = True


@dataclass(frozen=True, slots=True)
class OptionInput:
    """A choice as somebody enters it: ``id`` of an existing one, its name and place, or that it shall go."""

    name: str
    id: int | None = None
    place: int = 0
    remove: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be used, with its choices in their order."""

    id: int
    unit_id: int
    kind: str
    name: str
    label: str
    """The name, with the unit's where it is another one."""
    help: str
    in_panel: bool
    in_list: bool
    options: tuple[tuple[int, str], ...] = ()

    def option_names(self) -> dict[int, str]:
        """Return the names of the choices."""
        return dict(self.options)


def checked(given: FieldInput) -> dict[str, Any]:
    """Return the columns of a definition; raises :class:`InvalidInput` with a sentence for each fault."""
    found = checks.Findings()
    name = found.check("name", lambda: checks.line(given.name, codes.LONGEST_NAME))
    if not name and "name" not in found.fields:
        found.fields["name"] = _l("Geben Sie eine Bezeichnung ein, zum Beispiel „Innung“.")
    words = found.check("help", lambda: checks.line(given.help, codes.LONGEST_HELP))
    found.check("kind", lambda: checks.one_of(given.kind, codes.KINDS))
    found.close()
    key = name_key(name)
    return {"name": name, "name_key": key, "help": words, "in_panel": given.in_panel, "in_list": given.in_list}


def name_key(name: str) -> str:
    """Return the name as it is compared: folded, or as it is where nothing of it is a word."""
    return fold(name) or tidy(name).casefold()


def ordered(options: Sequence[CustomFieldOption]) -> tuple[tuple[int, str], ...]:
    """Return choices in their order."""
    return tuple((o.id, o.name) for o in sorted(options, key=lambda o: (o.position, o.id)))


def reader(field: Field) -> Callable[[str], Value]:
    """Return what reads a value of the field from a text that is not empty, and refuses with a sentence."""
    if field.kind == codes.NUMBER:
        return read_number
    if field.kind == codes.DATE:
        return read_day
    if field.kind == codes.TEXT:
        return _read_text
    by_name = {name_key(name): option_id for option_id, name in field.options}

    def read(text: str) -> Value:
        found = by_name.get(name_key(text))
        if found is None:
            names = [name for _id, name in field.options]
            some = ", ".join(names[:_SHOWN_CHOICES]) + (" …" if len(names) > _SHOWN_CHOICES else "")
            sentence = _l("„%(value)s“ gehört nicht zur Auswahl von „%(field)s“. Möglich sind: %(names)s.", value=tidy(text)[:60], field=field.name, names=some)  # fmt: skip
            raise InvalidInput(sentence)
        return found

    return read


def _read_text(text: str) -> str:
    return checks.line(text, codes.LONGEST_TEXT)


def read_number(text: str) -> Decimal:
    """Read a number as people in Germany write it: ``1.234,5``; a single dot that groups nothing is a decimal point."""
    clean = re.sub(r"[\s\u00a0\u202f']", "", text)
    if "," in clean:
        clean = clean.replace(".", "") if clean.rfind(",") > clean.rfind(".") else clean.replace(",", "")
        clean = clean.replace(",", ".")
    elif _THOUSANDS.fullmatch(clean):
        clean = clean.replace(".", "")
    try:
        found = Decimal(clean) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", clean, re.ASCII) else None
    except InvalidOperation:
        found = None
    if found is None:
        sentence = _l(
            "„%(value)s“ ist keine Zahl. Erwartet wird zum Beispiel „12“ oder „1.250,50“.", value=tidy(text)[:60]
        )
        raise InvalidInput(sentence)
    if abs(found) >= codes.LARGEST:
        raise InvalidInput(_l("Die Zahl ist zu groß: Möglich sind bis zu 13 Stellen vor dem Komma."))
    if found != round(found, codes.PLACES):
        raise InvalidInput(_l("Möglich sind höchstens %(n)s Stellen nach dem Komma. Bitte runden Sie.", n=codes.PLACES))
    return round(found, codes.PLACES).normalize() + 0


def read_day(text: str) -> date:
    """Read a day as ``21.11.2026`` or ``2026-11-21``."""
    clean = text.strip()
    try:
        if match := _GERMAN_DAY.fullmatch(clean):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(clean[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]00:00(:00)?", clean) else clean)
    except ValueError:
        sentence = _l("„%(value)s“ ist kein Datum. Erwartet wird zum Beispiel „21.11.2026“.", value=tidy(text)[:60])
        raise InvalidInput(sentence) from None


def to_json(value: Value | None) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def from_json(kind: str, stored: Any) -> Value | None:
    """Return the value that :func:`to_json` wrote."""
    if stored is None:
        return None
    makers: Mapping[str, Callable[[Any], Value]] = {
        codes.TEXT: str, codes.NUMBER: Decimal, codes.DATE: date.fromisoformat, codes.CHOICE: int,
    }  # fmt: skip
    return makers[kind](stored)


def in_words(kind: str, value: Value | None, names: Mapping[int, str] | None = None) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return number(value, places)  # type: ignore[arg-type]  # Babel takes decimals, too
    if isinstance(value, date):
        return day(value)
    if kind == codes.CHOICE and isinstance(value, int):
        return (names or {}).get(value, "")
    return str(value)


def in_field(value: Decimal) -> str:
    """Return a number as :func:`read_number` reads it, whatever language the form is in."""
    return str(to_json(value)).replace(".", ",")


def in_history(kind: str, value: Value | None, names: Mapping[int, str]) -> Any:
    """Return what the history keeps: a choice by the name that it had then."""
    return names.get(value, "") if kind == codes.CHOICE and isinstance(value, int) else to_json(value)


def from_history(kind: str) -> Callable[[Any], Text]:
    """Return what puts a value of the history into words."""
    if kind in (codes.TEXT, codes.CHOICE):
        return str
    return lambda stored: in_words(kind, from_json(kind, stored))
