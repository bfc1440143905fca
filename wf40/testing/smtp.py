"""A real SMTP server on loopback that keeps what it receives and refuses when told to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One accepted mail: the envelope as given to the server, and the parsed message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """The plain text part, decoded; empty when there is none."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""


@dataclass
class SmtpServer:
    """A running server; `url` is what ``WF40_MAIL_URL`` takes."""

    host: str = "127.0.0.1"
    port: int = 0
    refusal: str | None = None
    """The answer to every recipient while set, such as ``"451 4.3.0 später"``; None accepts."""
    refused: list[str] = field(default_factory=list)
    """The recipients that were refused, in order."""
    _mails: list[ReceivedMail] = field(default_factory=list)
    _handed_out: set[int] = field(default_factory=set)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """Address of the server, without encryption and sign-in."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def mails(self) -> list[ReceivedMail]:
        """Every mail accepted so far, in order."""
        with self._arrived:
            return list(self._mails)

    @contextmanager
    def refusing(self, answer: str = "451 4.3.0 try again later") -> Iterator[None]:
        """Refuse every recipient inside the block: 4xx for now, 5xx for good."""
        before, self.refusal = self.refusal, answer
        try:
            yield
        finally:
            self.refusal = before

    def wait_for_message(self, to: str, timeout: float = 10.0) -> ReceivedMail:
        """Return the oldest mail to this address that was not returned before; wait for it up to `timeout` seconds.

        Raises:
            TimeoutError: none came; the message lists what did.
        """
        deadline = time.monotonic() + timeout
        with self._arrived:
            while True:
                for number, mail in enumerate(self._mails):
                    if number not in self._handed_out and to.casefold() in map(str.casefold, mail.recipients):
                        self._handed_out.add(number)
                        return mail
                left = deadline - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    others = [(mail.recipients, mail.subject) for mail in self._mails]
                    raise TimeoutError(
                        f"no mail to {to} within {timeout} s; received: {others}; refused: {self.refused}"
                    )

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        del server, session, options
        if self.refusal:
            self.refused.append(address)
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        with self._arrived:
            self._mails.append(ReceivedMail(str(envelope.mail_from), recipients, message))
            self._arrived.notify_all()
        return "250 OK"


class _OnFreePort(Controller):
    def _trigger_server(self) -> None:
        # aiosmtpd greets itself on the port it was asked for: tell it which one the system gave.
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """Run a server on a free port of loopback, in a thread of its own."""
    server = SmtpServer()
    controller = _OnFreePort(server, hostname=server.host, port=0)
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
