"""Reads a mail that Outlook saved as a file of its own (.msg): MS-OXMSG in an OLE container.

Of its many properties a conversation needs a dozen, which are streams of known names; so the container's library is all
that is needed.
"""

import io
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import olefile

from wf40.core.mails import eml
from wf40.core.mails.parts import LONGEST_SUBJECT, MOST_PARTS, MOST_PEOPLE, Mail, Person, Refused, one_line
from wf40.core.mails.plain import text_of

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0"
_TEXTS = {"subject": 0x0037, "body": 0x1000, "headers": 0x007D, "sender": 0x0C1A}
_SENDER_ADDRESSES = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENT, _RECEIVED, _CODEPAGE, _HTML_CODEPAGE, _HTML = 0x0039, 0x0E06, 0x3FFD, 0x3FDE, 0x1013
_EMBEDDED, _BY_VALUE = 5, 1
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class _Storage:
    """The properties of one message, recipient or attachment; ``head`` is what stands before them."""

    def __init__(self, file: Any, path: list[str], head: int, codepage: str = "cp1252") -> None:
        self.file, self.path, self.codepage = file, path, codepage
        self.fixed: dict[int, bytes] = {}
        content = self.stream(_PROPERTIES)
        for at in range(head, len(content) - 15, 16):
            tag, _flags, value = struct.unpack_from("<II8s", content, at)
            self.fixed[tag >> 16] = value

    def stream(self, name: str) -> bytes:
        path = [*self.path, name]
        if not self.file.exists(path) or self.file.get_type(path) != olefile.STGTY_STREAM:
            return b""
        return bytes(self.file.openstream(path).read())

    def text(self, number: int) -> str:
        if content := self.stream(f"__substg1.0_{number:04X}001F"):
            return content.decode("utf-16-le", "replace")
        return self.stream(f"__substg1.0_{number:04X}001E").decode(self.codepage, "replace")

    def binary(self, number: int) -> bytes:
        return self.stream(f"__substg1.0_{number:04X}0102")

    def number(self, number: int) -> int:
        return int(struct.unpack_from("<I", self.fixed.get(number, b"\0" * 8))[0])

    def moment(self, number: int) -> datetime | None:
        ticks = struct.unpack("<Q", self.fixed.get(number, b"\0" * 8))[0]
        with suppress(OverflowError):
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        return None

    def page(self) -> str:
        """Return the HTML, which is bytes in the message's code page or text."""
        content = self.binary(_HTML)
        if not content:
            return self.text(_HTML)
        with suppress(ValueError):
            return content.decode("utf-8")
        named = self.number(_HTML_CODEPAGE)
        return content.decode(_codec(named) if named else self.codepage, "replace")


def read(content: bytes) -> Mail:
    """Return the mail of a file.

    Raises:
        Refused: no mail of Outlook, a damaged one, or one of more parts than anybody sends.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            if not file.exists(_PROPERTIES):
                raise Refused("not_a_mail")
            return _message(file, [], 32)
    except (
        OSError,
        struct.error,
        ValueError,
        IndexError,
        KeyError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as error:
        raise Refused("damaged") from error


def _message(file: Any, path: list[str], head: int) -> Mail:
    plain = _Storage(file, path, head)
    message = _Storage(file, path, head, _codec(plain.number(_CODEPAGE)))
    mail = Mail(
        subject=one_line(message.text(_TEXTS["subject"]), LONGEST_SUBJECT),
        at=message.moment(_SENT) or message.moment(_RECEIVED), sender=_sender(message),
    )  # fmt: skip
    if headers := message.text(_TEXTS["headers"]):
        with suppress(Refused):
            sent = eml.read(headers.encode("utf-8", "replace") + b"\r\n\r\n")
            mail.sender, mail.at = mail.sender or sent.sender, mail.at or sent.at
    body = message.text(_TEXTS["body"])
    mail.say(body if body.strip() else text_of(message.page()))
    _take_parts(mail, message)
    return mail


def _take_parts(mail: Mail, message: _Storage) -> None:
    names = sorted({entry[len(message.path)] for entry in message.file.listdir(streams=True, storages=True)
                    if entry[: len(message.path)] == message.path and len(entry) > len(message.path)})  # fmt: skip
    recipients = [name for name in names if name.startswith("__recip_version1.0_")]
    attachments = [name for name in names if name.startswith("__attach_version1.0_")]
    if len(attachments) > MOST_PARTS:
        raise Refused("too_many_parts", limit=str(MOST_PARTS))
    for name in recipients[:MOST_PEOPLE]:
        one = _Storage(message.file, [*message.path, name], 8, message.codepage)
        person = Person(one_line(one.text(0x3001), 150), _address(one, (0x39FE, 0x3003)))
        if (person.name or person.address) and one.number(0x0C15) != 3:
            (mail.cc if one.number(0x0C15) == 2 else mail.to).append(person)
    for name in attachments:
        _take_attachment(mail, _Storage(message.file, [*message.path, name], 8, message.codepage))


def _take_attachment(mail: Mail, one: _Storage) -> None:
    named = one.text(0x3707) or one.text(0x3704) or one.text(0x3001)
    if one.number(0x3705) == _EMBEDDED:
        inner = [*one.path, "__substg1.0_3701000D"]
        if one.file.exists([*inner, _PROPERTIES]) and len(inner) < 8:
            forwarded = _message(one.file, inner, 24)
            mail.attach(f"{named or forwarded.subject or 'E-Mail'}.txt", "text/plain", _as_text(forwarded).encode())
            for file in forwarded.files:
                mail.attach(file.name, file.media_type, file.content, inline=file.inline)
        return
    content = one.binary(0x3701)
    if content or one.number(0x3705) == _BY_VALUE:
        kind = one.text(0x370E)
        in_text = bool(one.text(0x3712)) and kind.startswith("image/")
        mail.attach(named, kind, content, inline=in_text)


def _as_text(mail: Mail) -> str:
    sender = f"{mail.sender.name} <{mail.sender.address}>" if mail.sender else ""
    moment = mail.at.strftime("%d.%m.%Y %H:%M UTC") if mail.at else ""
    return f"{mail.subject}\n{sender}\n{moment}\n\n{mail.text}\n"


def _sender(message: _Storage) -> Person | None:
    person = Person(one_line(message.text(_TEXTS["sender"]), 150), _address(message, _SENDER_ADDRESSES))
    return person if person.name or person.address else None


def _address(one: _Storage, numbers: tuple[int, ...]) -> str:
    """Return the first address that is one of the internet's; those of an Exchange server name nobody outside."""
    found = (one_line(one.text(number), 254) for number in numbers)
    return next((text for text in found if "@" in text and not text.startswith("/")), "")


def _codec(codepage: int) -> str:
    names = {0: "cp1252", 65001: "utf-8", 20127: "ascii", 28591: "latin-1", 28605: "iso8859-15"}
    name = names.get(codepage, f"cp{codepage}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
