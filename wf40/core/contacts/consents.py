"""The words of consents, by purpose and version. What was agreed to stays provable by version and hash."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "consents.toml"
_CHANNELS = {"mail": "E-Mail", "phone": "Telefon", "post": "Post"}  # in the language of the text itself


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words for one purpose and channel. ``digest`` is the SHA-256 of the text in UTF-8, in hexadecimal."""

    version: str
    text: str

    @property
    def digest(self) -> str:
        """What is stored with the consent."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def _texts() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def consent_text(purpose: str, channel: str, version: str | None = None) -> ConsentText:
    """Return the words in use, or those of an earlier version; raises ``KeyError`` for an unknown one."""
    entries = {entry["version"]: entry["text"] for entry in _texts()[purpose]}
    wanted = version or list(entries)[-1]
    return ConsentText(wanted, entries[wanted].format(channel=_CHANNELS[channel]))
