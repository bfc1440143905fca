"""Has a mail file read by the limited child process, and says in a sentence what is wrong with it."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.base.limited import ChildFailed, ask_child
from wf40.core.mails.parts import LARGEST

SECONDS, MEMORY = 20, 512 << 20


@dataclass(frozen=True, slots=True)
class ReadFile:
    """An attachment as it will be stored."""

    name: str
    media_type: str
    content: bytes
    inline: bool

    @property
    def sha256(self) -> str:
        """Return the fingerprint of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says. People are name and address; ``at`` is ``None`` where the mail names no moment."""

    subject: str
    at: datetime | None
    sender: tuple[str, str] | None
    to: tuple[tuple[str, str], ...]
    cc: tuple[tuple[str, str], ...]
    text: str
    shortened: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "subject": self.subject, "at": self.at.isoformat() if self.at else None,
            "sender": [list(self.sender)] if self.sender else [], "to": [list(p) for p in self.to],
            "cc": [list(p) for p in self.cc], "text": self.text, "shortened": self.shortened,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MailContent":
        """Take it back from storage, or from the child."""
        people = {
            key: tuple((str(name), str(address)) for name, address in stored[key]) for key in ("sender", "to", "cc")
        }
        return cls(
            stored["subject"], datetime.fromisoformat(stored["at"]) if stored["at"] else None,
            people["sender"][0] if people["sender"] else None, people["to"], people["cc"], stored["text"],
            stored["shortened"],
        )  # fmt: skip


def read_mail(content: bytes) -> tuple[MailContent, list[ReadFile]]:
    """Return what a mail file holds.

    Raises:
        InvalidInput: with a sentence that says what to do.
    """
    if len(content) > LARGEST:
        raise refusal("too_large")
    with tempfile.TemporaryDirectory(prefix="wf40-mail-") as folder:
        source = Path(folder) / "mail"
        source.write_bytes(content)
        task = {"source": str(source), "folder": folder, "seconds": SECONDS, "memory": MEMORY}
        try:
            found = ask_child("wf40.core.mails.child", task, SECONDS)
        except ChildFailed as failure:
            raise refusal(failure.code, **failure.values) from failure
        files = [
            ReadFile(file["name"], file["media_type"], (Path(folder) / str(number)).read_bytes(), file["inline"])
            for number, file in enumerate(found["files"])
        ]
    return MailContent.from_json(found), files


def refusal(code: str, **values: str) -> InvalidInput:
    """Return the sentence about a file that cannot become a draft."""
    sentences: dict[str, Text] = {
        "empty": _l("Diese Datei ist leer. Bitte ziehen Sie die E-Mail noch einmal aus Ihrem Postfach."),
        "not_a_mail": _l(
            "Diese Datei ist keine E-Mail. Bitte speichern Sie die Nachricht in Ihrem Mailprogramm als EML oder MSG "
            "und wählen Sie diese Datei."
        ),
        "too_many_parts": _l(
            "Diese E-Mail besteht aus mehr als %(limit)s Teilen und wird deshalb nicht gelesen. "
            "Bitte erfassen Sie das Gespräch von Hand.",
            limit=values.get("limit", ""),
        ),
        "too_large": _l(
            "Diese E-Mail ist größer als 25 MB. Bitte entfernen Sie große Anhänge und wählen Sie sie noch einmal."
        ),
        "too_slow": _l(
            "Das Lesen dieser E-Mail hat länger als %(limit)s Sekunden gedauert und wurde beendet. "
            "Bitte erfassen Sie das Gespräch von Hand.",
            limit=values.get("limit", ""),
        ),
    }
    damaged = _l(
        "Diese E-Mail ist beschädigt und lässt sich nicht lesen. Bitte speichern Sie sie in Ihrem Mailprogramm neu, "
        "am besten als EML."
    )
    sentence = sentences.get(code, damaged)
    return InvalidInput(sentence, {"file": sentence})
