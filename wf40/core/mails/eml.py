"""Reads a mail as it was sent (RFC 5322 and what is sent in its place), with the standard library."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from wf40.core.mails.parts import LONGEST_HEADER, LONGEST_SUBJECT, MOST_PARTS, Mail, Person, Refused, one_line
from wf40.core.mails.plain import text_of

_TELLS = ("from", "date", "subject", "received", "to", "message-id", "reply-to", "mime-version")
_REGISTRY = HeaderRegistry()
_STRUCTURED = 5_000
"""Longer lists of addresses are read by simpler rules, which cost no more for long ones."""


def read(content: bytes) -> Mail:
    """Return the mail of a file.

    Raises:
        Refused: no mail, or one of more parts than anybody sends.
    """
    try:
        message = message_from_bytes(content, policy=compat32)
        if not any(name in message for name in _TELLS):
            raise Refused("not_a_mail")
        mail = Mail(
            subject=one_line(_header(message, "subject"), LONGEST_SUBJECT), at=_moment(message),
            sender=next(iter(_people(message, "from") or _people(message, "sender")), None),
            to=_people(message, "to"), cc=_people(message, "cc"),
        )  # fmt: skip
        _take_parts(mail, message)
    except RecursionError as error:
        raise Refused("too_many_parts", limit=str(MOST_PARTS)) from error
    return mail


def _take_parts(mail: Mail, message: Message) -> None:
    said: list[str] = []
    for part, within in _leaves(message):
        kind, named = part.get_content_type(), _file_name(part)
        disposition = str(part.get_content_disposition() or "")
        if kind in {"text/plain", "text/html"} and disposition != "attachment" and not named:
            text = _text(part)
            said.append(text_of(text) if kind == "text/html" else text)
        elif kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            content = first.as_bytes(policy=compat32) if isinstance(first, Message) else _bytes(part)
            title = _header(first, "subject") if isinstance(first, Message) else ""
            mail.attach(named or f"{one_line(title, 100) or 'E-Mail'}.eml", "message/rfc822", content)
        else:
            in_text = disposition != "attachment" and kind.startswith("image/")
            in_text = in_text and (within == "multipart/related" or "content-id" in part)
            mail.attach(named or _unnamed(kind), kind, _bytes(part), inline=in_text)
    mail.say("\n\n".join(text.strip("\r\n") for text in said if text.strip()))


def _leaves(message: Message) -> Iterator[tuple[Message, str]]:
    """Yield the parts that hold something, each with the kind of what it is in; of alternatives the one that is text."""
    waiting: list[tuple[Message, str]] = [(message, "")]
    count = 0
    while waiting:
        part, within = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise Refused("too_many_parts", limit=str(MOST_PARTS))
        inner = part.get_payload()
        kind = part.get_content_type()
        if kind.startswith("multipart/") and isinstance(inner, list):
            chosen = _of_alternatives(inner) if kind == "multipart/alternative" else inner
            waiting += [(each, kind) for each in reversed(chosen) if isinstance(each, Message)]
        elif not (kind.startswith("multipart/") and not str(inner or "").strip()):
            yield part, within


def _of_alternatives(parts: list[Any]) -> list[Any]:
    """Leave out the HTML where the same is there as text; invitations and the like stay."""
    plain = next((p for p in parts if p.get_content_type() == "text/plain" and _text(p).strip()), None)
    if plain is None:
        return [p for p in parts if p.get_content_type() != "text/plain"]
    return [plain, *(p for p in parts if not _is_page(p) and p is not plain)]


def _is_page(part: Message) -> bool:
    """Tell whether a part is the page of an alternative: HTML, or HTML with the pictures that belong to it."""
    if part.get_content_type() == "text/html":
        return True
    inner = part.get_payload()
    related = part.get_content_type() == "multipart/related" and isinstance(inner, list)
    return related and all(isinstance(p, Message) and p.get_content_disposition() != "attachment" for p in inner)


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"".join(p.as_bytes(policy=compat32) for p in inner if isinstance(p, Message))
    return str(inner).encode("utf-8", "replace")


def _text(part: Message) -> str:
    content = _bytes(part)
    try:
        named = str(part.get_content_charset() or "utf-8")
    except (ValueError, LookupError, TypeError):
        named = "utf-8"
    for charset in (named, "utf-8"):
        try:
            return content.decode(charset)
        except (ValueError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def _header(message: Message, name: str) -> str:
    """Return a header's text; bytes that nobody declared are UTF-8, else Windows."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[:LONGEST_HEADER]
    return _decoded(raw)


def _decoded(raw: str) -> str:
    content = raw.encode("utf-8", "surrogateescape")
    try:
        text = content.decode("utf-8")
    except ValueError:
        text = content.decode("cp1252", "replace")
    text = re.sub(r"[\r\n]+[ \t]*", " ", text)
    try:
        return str(make_header(decode_header(text))) if "=?" in text else text
    except (ValueError, LookupError, AssertionError):
        return text


def _people(message: Message, name: str) -> list[Person]:
    """Return whom a header names, each once."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[:LONGEST_HEADER]
    content = raw.encode("utf-8", "surrogateescape")
    text = re.sub(r"[\r\n]+[ \t]*", " ", content.decode("utf-8", "replace"))
    pairs: list[tuple[str, str]] = []
    if len(text) <= _STRUCTURED:
        try:
            found: Any = _REGISTRY(name, text)
            pairs = [(each.display_name, each.addr_spec) for each in found.addresses]
        except Exception:  # noqa: BLE001 - the library fails on hostile headers in ways of its own
            pairs = []
    if not any("@" in address for _name, address in pairs):
        pairs = [(_decoded(shown), address) for shown, address in getaddresses([text])]
    people = (Person(one_line(shown, 150), one_line(address, 254).strip("<>")) for shown, address in pairs)
    return list({p.address.casefold() or p.name: p for p in people if p.name or p.address}.values())


def _moment(message: Message) -> datetime | None:
    """Return when the mail was sent; without a date of its own, when it was last received."""
    received = _header(message, "received").rpartition(";")[2]
    for text in (_header(message, "date"), received):
        try:
            at = parsedate_to_datetime(text.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _file_name(part: Message) -> str:
    try:
        return _decoded(str(part.get_filename() or ""))
    except (ValueError, LookupError, TypeError, IndexError):
        return ""


def _unnamed(kind: str) -> str:
    """Return a name for a file that brings none."""
    names = {
        "text/plain": "Text.txt", "text/html": "Text.html", "text/calendar": "Termin.ics", "image/png": "Bild.png",
        "image/jpeg": "Bild.jpg", "image/gif": "Bild.gif", "application/pdf": "Dokument.pdf",
        "message/delivery-status": "Zustellbericht.txt", "text/rfc822-headers": "Kopfzeilen.txt",
        "application/pkcs7-mime": "smime.p7m",
    }  # fmt: skip
    return names.get(kind, "")
