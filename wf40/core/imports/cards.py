"""Address books (vCard 2.1, 3.0, 4.0) as a table with one row per card. Runs in the limited child process.

Only what concerns a firm is taken: what a card marks as private (HOME), days of birth and pictures are not even read
into the table. A card without an organisation is a firm with the name of its person.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from wf40.core.imports.encodings import TextEncoding
from wf40.core.imports.text_tables import LINE_CHARS, Record, fault_of, storable

HEADERS = (
    "Name", "Ansprechperson", "Straße", "PLZ", "Ort", "Land", "Telefon", "Telefon 2", "Mobiltelefon", "E-Mail", "E-Mail 2",
    "Website", "Notiz",
)  # fmt: skip
_TAKEN = frozenset({"FN", "N", "ORG", "ADR", "TEL", "EMAIL", "URL", "NOTE", "BEGIN", "END"})
_PRIVATE, _MOBILE, _NO_VOICE = "HOME", "CELL", frozenset({"FAX", "PAGER", "MODEM"})
_LONGEST_HEAD = 20_000
_PROPERTY = re.compile(r'^(?:[\w\-]{1,60}\.)?([\w\-]{1,60})((?:;(?:[^:";]|"[^"]*")*)*):', re.ASCII)
_PARAMETER = re.compile(r';((?:[^:";]|"[^"]*")*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FIELD_END = re.compile(r"(?<!\\)((?:\\\\)*);")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One property of a card; ``types`` in capitals."""

    name: str
    types: frozenset[str]
    value: str

    def parts(self) -> list[str]:
        """Return the fields of a structured value, plain text each."""
        ends = [(m.end(1), m.end()) for m in _FIELD_END.finditer(self.value)]
        starts = [0, *(end for _stop, end in ends)]
        stops = [*(stop for stop, _end in ends), len(self.value)]
        return [_plain(self.value[a:b]) for a, b in zip(starts, stops, strict=True)]


def records(path: Path, encoding: TextEncoding) -> Iterator[Record]:
    """Yield the header, then one record per card."""
    yield Record(1, list(HEADERS))
    number, card = 1, list[_Entry]()
    with path.open(encoding=encoding.name, errors=encoding.errors, newline=None) as file:
        for entry in _entries(file):
            if entry.name not in {"BEGIN", "END"}:
                card.append(entry)
            elif card:
                number += 1
                yield _record(number, card, encoding)
                card = []
    if card:
        yield _record(number + 1, card, encoding)


def _record(number: int, card: list[_Entry], encoding: TextEncoding) -> Record:
    cells = _cells(card)
    fault = fault_of(cells, encoding)
    return Record(number, [storable(cell) for cell in cells] if fault else cells, fault)


def _entries(file: TextIO) -> Iterator[_Entry]:
    """Yield the properties that are taken, unfolded; whatever is no property is passed over."""
    for line in _unfolded(file):
        match = _PROPERTY.match(line, 0, _LONGEST_HEAD)
        if match and match[1].upper() in _TAKEN:
            values = [part.strip('"') for part in _PARAMETER.findall(match[2])]
            named = dict(part.upper().split("=", 1) for part in values if "=" in part)
            types = {word for part in values for word in part.upper().removeprefix("TYPE=").replace('"', "").split(",")}
            value = line[match.end() :]
            if "QUOTED-PRINTABLE" in types or named.get("ENCODING") in {"QUOTED-PRINTABLE", "Q"}:
                value = _unquoted(value, named.get("CHARSET", "UTF-8"))
            yield _Entry(match[1].upper(), frozenset(types), value)


def _unfolded(file: TextIO) -> Iterator[str]:
    """Yield logical lines: one that begins with a space goes on, and so does a quoted-printable one that ends with "="."""
    whole, soft = "", False
    while line := file.readline(LINE_CHARS):
        text = line.rstrip("\r\n")
        if soft or text[:1] in {" ", "\t"}:
            # Pictures may be of any length, and are not taken.
            whole += text if soft else text[1:] if len(whole) < LINE_CHARS else ""
        else:
            if whole:
                yield whole
            whole = text
        head = whole[:200].upper()
        soft = whole.endswith("=") and "QUOTED-PRINTABLE" in head and len(whole) < LINE_CHARS
        if soft:
            whole = whole[:-1]
    if whole:
        yield whole


def _unquoted(value: str, charset: str) -> str:
    content = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", "surrogateescape")


def _plain(value: str) -> str:
    text = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)
    return text.replace("\r\n", "\n").strip()


def _cells(card: list[_Entry]) -> list[str]:
    """Return the cells of one card; the first entry that is not private counts, a preferred one before others."""
    named: dict[str, list[_Entry]] = {}
    for entry in sorted(card, key=lambda e: "PREF" not in e.types and "PREF=1" not in e.types):
        if _PRIVATE not in entry.types:
            named.setdefault(entry.name, []).append(entry)
    texts = {name: [text for e in entries if (text := _plain(e.value))] for name, entries in named.items()}
    person = next(iter(texts.get("FN", ())), "") or _person(named.get("N", []))
    company = next((e.parts()[0] for e in named.get("ORG", ())), "")
    street, postcode, town, country = _address(named.get("ADR", []))
    voices = [e for e in named.get("TEL", []) if not e.types & _NO_VOICE]
    mobile = [_plain(e.value).removeprefix("tel:") for e in voices if _MOBILE in e.types]
    phones = [_plain(e.value).removeprefix("tel:") for e in voices if _MOBILE not in e.types]
    emails = texts.get("EMAIL", [])
    return [
        company or person, person if company and person != company else "", street, postcode, town, country, *_two(phones),
        next(iter(mobile), ""), *_two(emails), next(iter(texts.get("URL", ())), ""), next(iter(texts.get("NOTE", ())), ""),
    ]  # fmt: skip


def _two(values: list[str]) -> tuple[str, str]:
    first, second = next(pairwise([*dict.fromkeys(values), "", ""]))
    return first, second


def _person(entries: list[_Entry]) -> str:
    parts = [*(entries[0].parts() if entries else []), "", ""]
    return f"{parts[1]} {parts[0]}".strip()


def _address(entries: list[_Entry]) -> tuple[str, str, str, str]:
    for entry in entries:
        _box, _more, street, town, _state, postcode, country = [*entry.parts(), *[""] * 7][:7]
        if street or town or postcode:
            return street, postcode, town, country
    return "", "", "", ""
