"""What a mail is once it has been read; nothing here knows how mails are stored."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from wf40.base.limited import Refusal

LONGEST_NAME, LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_HEADER = 200, 300, 90_000, 50_000
MOST_PARTS, MOST_FILES, MOST_PEOPLE = 500, 100, 200
LARGEST = 25 << 20
"""Bytes of a mail, and of all its files together: streams of a hostile container may share their bytes."""
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')


class Refused(Refusal):
    """A file that is no mail, or more than a mail."""


@dataclass(frozen=True, slots=True)
class Person:
    """A sender or recipient; either part may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. ``inline``: a picture that belongs to the text."""

    name: str
    media_type: str
    content: bytes
    inline: bool = False


@dataclass(slots=True)
class Mail:
    """A mail that has been read. ``at`` has a time zone, or is ``None`` where the mail names no moment."""

    subject: str = ""
    at: datetime | None = None
    sender: Person | None = None
    to: list[Person] = field(default_factory=list)
    cc: list[Person] = field(default_factory=list)
    text: str = ""
    shortened: bool = False
    files: list[File] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Take a text as what was said, as much of it as a conversation holds."""
        clean = re.sub(r"\n{3,}", "\n\n", seen(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
        self.shortened = len(clean) > LONGEST_TEXT
        self.text = clean[:LONGEST_TEXT]

    def attach(self, name: str, media_type: str, content: bytes, *, inline: bool = False) -> None:
        """Add a file; raises :class:`Refused` when there are too many, or too much is in them."""
        if len(self.files) >= MOST_FILES:
            raise Refused("too_many_parts", limit=str(MOST_FILES))
        if sum(len(file.content) for file in self.files) + len(content) > LARGEST:
            raise Refused("too_large")
        known = media_type if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", media_type) else "application/octet-stream"
        self.files.append(File(file_name(name) or f"Anhang {len(self.files) + 1}", known, content, inline))


def seen(text: str) -> str:
    """Return a text without control characters, direction marks and halves of characters."""
    return _UNSEEN.sub("", text)


def one_line(text: str, longest: int) -> str:
    """Return a text as one line of at most so many characters."""
    return " ".join(seen(text.replace("\n", " ").replace("\r", " ")).split())[:longest]


def file_name(text: str) -> str:
    """Return a name that says nothing about folders and hides no ending."""
    clean = one_line(_NOT_IN_NAMES.sub("_", text.replace("\\", "/").rpartition("/")[2]), 10_000).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) > LONGEST_NAME and dot and len(ending) <= 10:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return clean[:LONGEST_NAME]
