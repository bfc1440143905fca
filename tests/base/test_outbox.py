"""Mails and events that wait: never doubled, never lost, given up after a day, and no header can be smuggled in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.mail import FolderTransport, Letter, compose, transport_for
from wf40.base.outbox import BACKOFF_SECONDS, GIVE_UP_AFTER, LEASE, OutboxMail, claim, mark_failed
from wf40.worker.dispatch import Dispatcher

SYSTEM = Actor.system("test")


def letter(number=1, **more):
    return Letter(
        **{"to": f"firma{number}@musterhausen.example", "subject": f"Einladung {number}", "text": "Grüße", **more}
    )


def send(office, *letters):
    with office.product.database.write(SYSTEM) as u:
        for each in letters:
            u.send(each)


def only_mail(office):
    with office.product.database.read(SYSTEM) as u:
        return u.session.scalars(select(OutboxMail)).one()


@pytest.fixture
def dispatcher(office, smtp_server):
    product = office.product
    return Dispatcher(product.database, product.hooks, transport_for(smtp_server.url), product.settings.sender)


def test_several_workers_share_the_queue_and_none_takes_what_another_has(office):
    send(office, *(letter(n) for n in range(60)))
    database = office.product.database

    def take_all(_worker):
        taken = []
        while True:
            with database.write(SYSTEM) as u:
                rows = [row.id for row in claim(u.session, OutboxMail, u.now, limit=3)]
            if not rows:
                return taken
            taken += rows

    with ThreadPoolExecutor(4) as pool:
        taken = [row for rows in pool.map(take_all, range(4)) for row in rows]
    assert len(taken) == len(set(taken)) == 60


def test_what_a_killed_worker_held_comes_back_when_its_lease_ends(office):
    send(office, letter())
    database = office.product.database
    with database.write(SYSTEM) as u:
        assert len(claim(u.session, OutboxMail, u.now)) == 1
    for later, free in ((LEASE - timedelta(seconds=1), 0), (timedelta(seconds=2), 1)):
        office.clock.advance(later)
        with database.write(SYSTEM) as u:
            assert len(claim(u.session, OutboxMail, u.now)) == free


def test_a_refused_mail_waits_longer_each_time_and_arrives_exactly_once(office, smtp_server, dispatcher):
    send(office, letter())
    before = only_mail(office).message_id
    with smtp_server.refusing("451 4.3.0 später"):
        for attempt, pause in enumerate(BACKOFF_SECONDS[:4], start=1):
            assert dispatcher.mails() == 0
            row = only_mail(office)
            assert (row.attempts, row.not_before - office.clock.now()) == (attempt, timedelta(seconds=pause))
            assert "451" in row.last_error
            assert dispatcher.mails() == 0, "not before its time"
            office.clock.advance(timedelta(seconds=pause))
    assert dispatcher.mails() == 1
    assert dispatcher.mails() == 0
    (arrived,) = smtp_server.mails
    assert len(smtp_server.refused) == 4
    assert arrived.message["Message-ID"] == before == only_mail(office).message_id
    assert (arrived.subject, arrived.text.strip()) == ("Einladung 1", "Grüße")
    assert only_mail(office).text == "", "a personal link does not stay in the table"


def test_a_mail_that_nobody_accepts_is_given_up_after_a_day_and_shown_to_the_administration(
    office, smtp_server, dispatcher
):
    send(office, letter())
    with smtp_server.refusing("550 5.1.1 unbekannt"):
        tries = 0
        while not only_mail(office).failed_at:
            dispatcher.mails()
            office.clock.advance(timedelta(hours=1))
            tries += 1
            assert tries < 40
    assert tries >= 24
    assert dispatcher.mails() == 0
    page = office.client_as("admin").get("/verwaltung/postausgang").text
    assert "aufgegeben" in page
    assert "550" in page


def test_a_server_that_is_not_there_is_tried_again_later(office):
    product = office.product
    nobody = Dispatcher(product.database, product.hooks, transport_for("smtp://127.0.0.1:9"), "x@y.example")
    send(office, letter())
    assert nobody.mails() == 0
    assert "refused" in only_mail(office).last_error.lower()


def test_a_mail_that_cannot_be_written_does_not_hold_up_those_behind_it(office, smtp_server, dispatcher):
    send(office, letter(1), letter(2))
    with office.product.database.write(SYSTEM) as u:
        u.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).first().to = "kein\nEmpfänger"
    assert dispatcher.mails() == 1
    assert [mail.recipients for mail in smtp_server.mails] == [("firma2@musterhausen.example",)]


def test_a_mail_that_another_worker_sent_meanwhile_stays_sent(office, smtp_server, dispatcher):
    send(office, letter())
    with office.product.database.write(SYSTEM) as u:
        (row,) = claim(u.session, OutboxMail, u.now)
    dispatcher._note(OutboxMail, row.id, "")
    sent_at = only_mail(office).done_at
    dispatcher._note(OutboxMail, row.id, "OSError: too late")
    assert only_mail(office).done_at == sent_at
    assert only_mail(office).attempts == 0


@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_an_address_with_a_line_break_is_refused_before_it_is_stored(office, field):
    with pytest.raises(ValueError, match="line break"), office.product.database.write(SYSTEM) as u:
        u.send(letter(**{field: "a@b.example\r\nBcc: all@b.example"}))


@pytest.mark.parametrize("field", ["subject", "to_name"])
def test_a_line_break_out_of_an_imported_table_becomes_a_blank(office, smtp_server, dispatcher, field):
    send(office, letter(**{field: "Müller\r\nBcc: alle@b.example\x00 GmbH"}))
    assert dispatcher.mails() == 1
    (mail,) = smtp_server.mails
    assert mail.message["Bcc"] is None
    assert mail.recipients == ("firma1@musterhausen.example",)
    assert "Müller Bcc: alle@b.example GmbH" in str(
        mail.message["Subject"] if field == "subject" else mail.message["To"]
    )


@pytest.mark.parametrize("field", ["subject", "to_name", "reply_to"])
def test_composing_refuses_a_line_break_whatever_stored_it(field):
    with pytest.raises(ValueError):  # noqa: PT011 - the library chooses the words
        compose(letter(**{field: "a@b.example\nBcc: all@b.example"}), "wf40@localhost", "<1@wf40.invalid>")


def test_the_demo_writes_mails_into_a_folder_and_the_same_one_only_once(tmp_path):
    transport = transport_for(f"file:{tmp_path / 'mail'}")
    assert isinstance(transport, FolderTransport)
    for _ in range(2):
        transport.deliver(compose(letter(), "Büro <wf40@localhost>", "<../../1@wf40.invalid>"))
    (written,) = (tmp_path / "mail").iterdir()
    assert written.suffix == ".eml"


def test_giving_up_is_counted_from_the_day_the_mail_was_written(office):
    send(office, letter())
    row = only_mail(office)
    mark_failed(row, "x" * 9000, row.created_at + GIVE_UP_AFTER)
    assert row.failed_at is None
    assert len(row.last_error) == 2000
    mark_failed(row, "x", row.created_at + GIVE_UP_AFTER + timedelta(seconds=1))
    assert row.failed_at
