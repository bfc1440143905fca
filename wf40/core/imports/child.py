"""The process that touches a file nobody trusts: ``python -m wf40.core.imports.child`` with a task as JSON on stdin.

It limits itself first, writes the rows as JSON lines, and answers one JSON object. It imports nothing of the web, gets
no secrets in its environment, and whatever happens to it is only an error code for the parent.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wf40.base.limited import answer_task
from wf40.core.imports import cards, sheets, text_tables
from wf40.core.imports.encodings import TextEncoding, detect
from wf40.core.imports.text_tables import Record, Unreadable

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CARD, _CARD_ENDINGS = "begin:vcard", {".vcf", ".vcard"}
_ZIP_ENDINGS, _OLE_ENDINGS = {".xlsx", ".xlsm", ".xlsb", ".ods"}, {".xls"}


def kind_of(path: Path, ending: str) -> str:
    """Return "book", "cards" or "text" by the first bytes; the ending of the name must agree.

    Raises:
        Unreadable: empty, no table, or a name that says something else than the content.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise Unreadable("empty")
    if head.startswith((_ZIP, _OLE)):
        # A workbook with a password is an OLE container whatever its ending.
        fits = _ZIP_ENDINGS if head.startswith(_ZIP) else _ZIP_ENDINGS | _OLE_ENDINGS
        if ending not in fits:
            raise Unreadable(
                "wrong_ending" if ending in text_endings() | _OLE_ENDINGS else "not_a_table", ending=ending
            )
        return "book"
    if ending in _CARD_ENDINGS:
        return "cards"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Unreadable("web_page")
    if start.startswith((b"<?xml", b"{", b"[{", b"%pdf", b"begin:v", b"\x89png", b"gif8", b"\xff\xd8\xff")):
        raise Unreadable("not_a_table")
    if ending in _ZIP_ENDINGS | _OLE_ENDINGS:
        raise Unreadable("wrong_ending", ending=ending)
    return "text"


def text_endings() -> set[str]:
    return {".csv", ".tsv", ".tab", ".txt", ""}


def read(task: dict[str, Any]) -> dict[str, Any]:
    """Read the file of a task into its staging file and return what was found.

    Raises:
        Unreadable: with the code of the sentence.
    """
    path, ending, columns = Path(task["source"]), str(task["ending"]), int(task["columns"])
    kind = kind_of(path, ending)
    if kind != "book":
        encoding = detect(path)
        if encoding is None:
            raise Unreadable("not_a_table")
        found = text_tables.records(path, encoding, columns) if kind == "text" else _cards(path, encoding)
        count = _write(found, task)
        return {"rows": count, "encoding": encoding.name, "sheets": [], "sheet": None}
    if zipfile.is_zipfile(path):
        sheets.check_unpacked_size(path, int(task["unpacked"]))
    book = sheets.open_workbook(path)
    sheet = sheets.choose_sheet(book, task["sheet"])
    missing = sheets.formulas_without_value(path, sheet.name) if ending in {".xlsx", ".xlsm"} else {}
    try:
        count = _write(sheets.records(sheet, columns, missing), task)
    except Unreadable as refusal:
        if len(book.sheet_names) > 1:
            refusal.values["sheet"] = sheet.name
        raise
    return {"rows": count, "encoding": None, "sheets": book.sheet_names, "sheet": sheet.name}


def _cards(path: Path, encoding: TextEncoding) -> Iterator[Record]:
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        if not file.read(1024).lstrip("\ufeff \t\r\n").lower().startswith(_CARD):
            raise Unreadable("wrong_ending", ending=".vcf")
    return cards.records(path, encoding)


def _write(records: Iterator[Record], task: dict[str, Any]) -> int:
    limit, count = int(task["rows"]), 0
    # One encoder for all rows: json.dumps with options would make a new one each time.
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with Path(task["staging"]).open("w", encoding="utf-8") as out:
        for record in records:
            if not record.fault and not any(cell and not cell.isspace() for cell in record.cells):
                continue
            count += 1
            if count > limit:
                raise Unreadable("too_many_rows", limit=str(limit))
            out.write(encode((record.number, record.fault, record.where, record.cells)) + "\n")
    if not count:
        raise Unreadable("empty")
    return count


if __name__ == "__main__":
    answer_task(read)
