"""The mail server that tests send to."""

import smtplib
import threading
from email.message import EmailMessage

import pytest

from wf40.testing.smtp import SmtpServer


def send(server: SmtpServer, *, to: str = "info@example.org", subject: str = "Größe") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "wirtschaft@example.org", to, subject
    message.set_content("Guten Tag, für Sie: https://example.org/ä")
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(message)


def test_a_mail_arrives_as_it_was_written(smtp_server: SmtpServer) -> None:
    send(smtp_server)
    mail = smtp_server.wait_for_message(to="Info@example.org")
    assert (mail.sender, mail.recipients, mail.subject) == (
        "wirtschaft@example.org",
        ("info@example.org",),
        "Größe",
    )
    assert "für Sie: https://example.org/ä" in mail.text


def test_waiting_returns_each_mail_once_and_in_order(smtp_server: SmtpServer) -> None:
    send(smtp_server, subject="eins")
    send(smtp_server, subject="andere", to="other@example.org")
    threading.Timer(0.1, send, (smtp_server,), {"subject": "zwei"}).start()
    assert [smtp_server.wait_for_message(to="info@example.org").subject for _ in range(2)] == ["eins", "zwei"]
    assert [mail.subject for mail in smtp_server.mails] == ["eins", "andere", "zwei"]


def test_waiting_in_vain_says_what_came_instead(smtp_server: SmtpServer) -> None:
    send(smtp_server, subject="Einladung", to="other@example.org")
    with pytest.raises(TimeoutError, match=r"no mail to info@example\.org.*other@example\.org.*Einladung"):
        smtp_server.wait_for_message(to="info@example.org", timeout=0.05)


def test_a_refusing_server_takes_nothing_until_it_accepts_again(smtp_server: SmtpServer) -> None:
    with (
        smtp_server.refusing("550 5.1.1 unbekannt"),
        pytest.raises(smtplib.SMTPRecipientsRefused, match="unbekannt"),
    ):
        send(smtp_server)
    assert smtp_server.mails == []
    assert smtp_server.refused == ["info@example.org"]
    send(smtp_server)
    assert smtp_server.wait_for_message(to="info@example.org")
