"""Which characters the bytes of a text file mean.

Own order instead of a statistical guess: byte order mark, strict UTF-8, UTF-16 by its zero bytes, else cp1252. German
offices produce these and no others; a guesser takes short German tables for cp1250 or Mac Turkish, differently from
file to file, and cannot say why. Every choice here can be told in one sentence.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_ESCAPED = re.compile("[\udc80-\udcff]")
_LETTER = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1a\x1b\x00")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """``name`` for :func:`open`; ``errors`` marks what cannot be read, so that only the row concerned is faulty."""

    name: str
    errors: str


def detect(path: Path) -> TextEncoding | None:
    """Return the encoding of a text file, or None for bytes that are no text."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return TextEncoding(name, "surrogateescape" if name == "utf-8-sig" else "replace")
    wide = _utf16_without_bom(head)
    if wide:
        return TextEncoding(wide, "replace")
    zeros = head.count(0)
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if zeros > max(8, len(head) // 50) or controls > max(4, len(head) // 50):
        return None
    clean, multibyte = _utf8(path)
    return TextEncoding("utf-8" if clean or multibyte else "cp1252", "surrogateescape")


def _utf16_without_bom(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in (nearly) every second byte, on one side only."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    first, second = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if second > 0.4 * pairs and first < 0.05 * pairs:
        return "utf-16-le"
    if first > 0.4 * pairs and second < 0.05 * pairs:
        return "utf-16-be"
    return None


def _utf8(path: Path) -> tuple[bool, bool]:
    """Return whether all bytes are UTF-8, and whether there are letters beyond ASCII that only UTF-8 explains.

    A file with both such letters and unreadable bytes is UTF-8 with damaged rows, not cp1252.
    """
    clean, multibyte = True, False
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(chunk)
            clean = clean and not _ESCAPED.search(text)
            multibyte = multibyte or bool(_LETTER.search(text))
    if decoder.decode(b"", final=True):
        clean = False
    return clean, multibyte
