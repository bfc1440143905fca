"""Measures how well firms are recognised: a table of pairs with the truth beside them, read, compared and counted."""

import csv
import io
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.matching.firms import compare, prepared
from wf40.matching.legal_forms import legal_form_of
from wf40.matching.traits import NO_REGISTER, FirmTraits, RegisterKey
from wf40.matching.verdicts import Band

MATCH, NON_MATCH = "match", "non_match"
_REGISTER = re.compile(r"^\s*(HRA|HRB|GnR|GsR|PR|VR)\s*0*(\d+)\s*([A-Z]{0,3})\b\s*(.*)$", re.IGNORECASE)
_PLAIN = [field.name for field in fields(FirmTraits) if field.name not in {"name", "former_names", "register"}]
_FORMER = re.compile(r"\s*[|;]\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of the table: two firms, and whether they are one."""

    a: FirmTraits
    b: FirmTraits
    same: bool


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many pairs came into a band, and how many of them are one firm."""

    matches: int
    non_matches: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. ``precision``, ``recall`` and ``f1`` are taken at "ask or better"."""

    precision: float
    recall: float
    f1: float
    bands: Mapping[Band, BandCount]
    pairs: int
    left_out: int
    seconds: float


def evaluate(path: Path) -> Report:
    """Read the table, compare every pair and count. Raises :class:`InvalidInput` with the row and column to mend."""
    began = time.perf_counter()
    pairs, left_out = read_pairs(path)
    if not pairs:
        raise InvalidInput(
            _l("„%(file)s“ hat keine Zeile, in deren Spalte „label“ match oder non_match steht.", file=path.name)
        )
    verdicts = [compare(prepared(pair.a), prepared(pair.b)) for pair in pairs]
    bands = {}
    for band in Band:
        truths = [pair.same for pair, verdict in zip(pairs, verdicts, strict=True) if verdict.band is band]
        bands[band] = BandCount(sum(truths), len(truths) - sum(truths))
    found = [bands[Band.SAME], bands[Band.ASK]]
    hits, wrong, missed = (
        sum(b.matches for b in found),
        sum(b.non_matches for b in found),
        bands[Band.DIFFERENT].matches,
    )
    return Report(
        precision=_share(hits, hits + wrong),
        recall=_share(hits, hits + missed),
        f1=_share(2 * hits, 2 * hits + wrong + missed),
        bands=bands,
        pairs=len(pairs),
        left_out=left_out,
        seconds=round(time.perf_counter() - began, 3),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def read_pairs(path: Path) -> tuple[list[Pair], int]:
    """Return the pairs whose truth is known, and how many rows were left out because it is not."""
    pairs, left_out = [], 0
    for number, row in _rows(path):
        label = row["label"].strip()
        if label not in {MATCH, NON_MATCH}:
            left_out += 1
            continue
        a, b = (_traits(row, side, number) for side in "ab")
        pairs.append(Pair(a, b, label == MATCH))
    return pairs, left_out


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows with the number of the line in which each one ends."""
    text = _text(path)
    nothing = text.find("\0")
    if nothing >= 0:
        line = text.count("\n", 0, nothing) + 1
        raise InvalidInput(_l("Zeile %(row)s enthält ein Nullzeichen; die Datei ist kein Text.", row=line))
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    header: list[str] = []
    try:
        for cells in reader:
            if not header:
                header = _header(cells)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise InvalidInput(
                        _l(
                            "Zeile %(row)s hat %(n)s Werte, die Überschrift hat %(columns)s. Prüfen Sie Trennzeichen und Anführungszeichen.",
                            row=reader.line_num, n=len(cells), columns=len(header),
                        )
                    )  # fmt: skip
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise InvalidInput(_l("Zeile %(row)s ist nicht lesbar: %(error)s.", row=reader.line_num, error=error)) from None
    if not header:
        raise InvalidInput(_l("„%(file)s“ ist leer.", file=path.name))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            _l("Die Datei „%(file)s“ ist nicht lesbar: %(error)s.", file=path, error=error.strerror)
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip().casefold() for cell in cells]
    missing = [name for name in ("name_a", "name_b", "label") if name not in header]
    if missing:
        raise InvalidInput(
            _l(
                "In der ersten Zeile fehlt die Spalte %(missing)s. Nötig sind name_a, name_b und label.",
                missing=", ".join(missing),
            )
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InvalidInput(_l("Die Spalte %(column)s steht in der ersten Zeile mehrmals.", column=", ".join(twice)))
    return header


def _traits(row: Mapping[str, str], side: str, number: int) -> FirmTraits:
    def given(name: str) -> str:
        return row.get(f"{name}_{side}", "").strip()

    if not given("name"):
        raise InvalidInput(_l("Zeile %(row)s, Spalte name_%(side)s: Der Name fehlt.", row=number, side=side))
    plain = {name: given(name) for name in _PLAIN}
    if plain["legal_form"]:
        form = legal_form_of(plain["legal_form"])
        if form is None:
            raise InvalidInput(
                _l(
                    "Zeile %(row)s, Spalte legal_form_%(side)s: Die Rechtsform „%(value)s“ ist nicht bekannt.",
                    row=number, side=side, value=plain["legal_form"],
                )
            )  # fmt: skip
        plain["legal_form"] = form.code
    former = given("former_name") or given("former_names")
    names = tuple(name for name in _FORMER.split(former) if name)
    return FirmTraits(name=given("name"), former_names=names, register=_register(row, side, number), **plain)


def _register(row: Mapping[str, str], side: str, number: int) -> RegisterKey:
    """Return the register id, from one column ("HRB 123 B Charlottenburg") or from several."""
    kind, digits, suffix, court = (
        row.get(f"register_{part}_{side}", "").strip() for part in ("kind", "number", "suffix", "court")
    )
    whole = row.get(f"register_{side}", "").strip()
    if not whole and digits:
        whole = f"{kind} {digits} {suffix}" if kind else digits
    if not whole:
        return NO_REGISTER
    if whole.isdecimal():
        return "", whole.lstrip("0"), suffix.upper(), court
    found = _REGISTER.match(whole)
    if not found:
        raise InvalidInput(
            _l(
                "Zeile %(row)s, Spalte register_%(side)s: „%(value)s“ ist keine Registernummer wie HRB 123.",
                row=number, side=side, value=whole,
            )
        )  # fmt: skip
    # A court may follow the number; a suffix is at most three capital letters.
    return found[1].upper(), found[2], found[3].upper(), court or found[4].strip()
