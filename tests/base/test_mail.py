"""Mail on its way: encrypted where the server offers it, never a password in clear, headers that programs can read."""

import smtplib
import ssl
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from wf40.base import mail
from wf40.base.mail import Letter, SmtpTransport, compose

CERTIFICATE = Path(__file__).parent / "localhost.pem"  # made for these tests, for the name localhost, until 2126
LETTER = compose(Letter("a@muster.example", "Betreff", "Größe: 3 m²"), "Amt <amt@amt.example>", "<1@wf40.invalid>")


class Kept:
    """Notes what arrives, and whether the line was encrypted."""

    def __init__(self):
        self.encrypted = []

    async def handle_DATA(self, server, session, _envelope):  # noqa: N802 - aiosmtpd calls it by this name
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


class OnFreePort(Controller):
    context = None

    def factory(self):
        any_password = lambda *_args: AuthResult(success=True)  # noqa: E731
        return SMTP(
            self.handler,
            tls_context=self.context,
            authenticator=any_password,
            auth_require_tls=False,
            hostname="localhost",
        )

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(*, tls):
    server = OnFreePort(Kept(), hostname="127.0.0.1", port=0)
    if tls:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(CERTIFICATE)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def test_a_server_that_offers_encryption_gets_the_mail_encrypted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with mail_server(tls=True) as server:
        SmtpTransport(f"smtp://name:geheim@localhost:{server.port}").deliver(LETTER)
    assert server.handler.encrypted == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with mail_server(tls=True) as server, pytest.raises(ssl.SSLCertVerificationError):
        SmtpTransport(f"smtp://localhost:{server.port}").deliver(LETTER)
    assert server.handler.encrypted == []


def test_a_password_leaves_the_machine_encrypted_or_not_at_all(monkeypatch):
    with mail_server(tls=False) as server:
        there = SmtpTransport(f"smtp://name:geheim@localhost:{server.port}")
        there.deliver(LETTER)
        assert server.handler.encrypted == [False], "within the machine nobody listens"
        monkeypatch.setattr(mail, "LOOPBACK", frozenset())  # as if it were another machine
        with pytest.raises(smtplib.SMTPNotSupportedError):
            there.deliver(LETTER)
    assert len(server.handler.encrypted) == 1


def test_the_address_for_opting_out_is_readable_however_long_it_is():
    url = f"https://wirtschaftsfoerderung.landkreis-beispielhausen.example/abmelden/{'x' * 43}"
    letter = Letter("a@muster.example", "Betreff", "Text", unsubscribe_url=url)
    sent = compose(letter, "Amt <amt@amt.example>", "<1@wf40.invalid>").as_bytes()
    assert f"List-Unsubscribe: <{url}>".encode() in sent
    assert message_from_bytes(sent, policy=policy.default)["List-Unsubscribe"] == f"<{url}>"
