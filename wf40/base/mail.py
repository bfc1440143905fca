"""Mail: the letter as a value, and the two ways out, an SMTP server or (for the demo) a folder of files."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A long address in List-Unsubscribe must not be folded: mail programs do not decode it there.
_POLICY = SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain text mail. ``subject_ref`` names the record it belongs to as ``kind:id``; ``origin`` who caused it.

    ``unsubscribe_url`` ends further mails of its kind by one POST, as mail programs offer it (RFC 8058).
    """

    to: str
    subject: str
    text: str
    to_name: str = ""
    reply_to: str = ""
    subject_ref: str = ""
    origin: str = "core"
    unsubscribe_url: str = ""


def compose(letter: Letter, sender: str, message_id: str) -> EmailMessage:
    """Build the message. Line breaks in a header raise ``ValueError`` (the library refuses injected headers)."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    user, _, domain = letter.to.rpartition("@")
    message["To"] = Address(letter.to_name, user, domain)
    message["Subject"] = letter.subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


class Transport(Protocol):
    """A way out for a composed message."""

    def deliver(self, message: EmailMessage) -> None:
        """Hand the message over; raises ``OSError`` or ``smtplib.SMTPException`` when it was not accepted."""
        ...


class SmtpTransport:
    """Delivers to the server of ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or "localhost"
        self.tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.tls else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def deliver(self, message: EmailMessage) -> None:
        """Send over one connection, encrypted where the server offers it; its certificate must be one that we trust."""
        with self._connected() as server:
            server.ehlo()
            encrypted = self.tls
            if not self.tls and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                encrypted = True
            if self.user:
                if not encrypted and self.host not in LOOPBACK:
                    reason = "the mail server offers no encryption, so the password is not sent to it"
                    raise smtplib.SMTPNotSupportedError(reason)
                server.login(self.user, self.password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        if self.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)


class FolderTransport:
    """Writes each message as an ``.eml`` file; used by the demo, which must not send mail to anybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage) -> None:
        """Write the message; the same Message-ID overwrites its own file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = "".join(c for c in message["Message-ID"] if c.isalnum() or c in "-.")
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())


def transport_for(url: str) -> Transport:
    """Choose the way out by URL: ``smtp://``, ``smtps://`` or ``file:PATH``."""
    if url.startswith("file:"):
        return FolderTransport(Path(url.removeprefix("file:")))
    return SmtpTransport(url)
