"""A worker that is killed while it sends: the mail goes out again, never not at all, and the office is told so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.mail import Letter, transport_for
from wf40.base.outbox import LEASE, OutboxMail
from wf40.worker.dispatch import Dispatcher

SYSTEM = Actor.system("test")


class Killed(BaseException):
    """What ends a process at once: nothing of the product can catch it."""


class DyingTransport:
    """Delivers like the real one, but the worker dies ``before`` or ``after`` it did."""

    def __init__(self, real, when):
        self.real, self.when = real, when

    def deliver(self, message):
        if self.when == "after":
            self.real.deliver(message)
        raise Killed


@pytest.fixture
def worker(office, smtp_server):
    """Return a worker whose transport is the real one unless another is given."""

    def make(transport=None):
        product = office.product
        real = transport_for(smtp_server.url)
        return Dispatcher(product.database, product.hooks, transport or real, product.settings.sender)

    return make


@pytest.fixture
def mail(office):
    """Queue one mail and return a way to look at its row."""
    with office.product.database.write(SYSTEM) as u:
        u.send(Letter("firma@musterhausen.example", "Einladung zum Digitalcheck", "Guten Tag"))

    def row():
        with office.product.database.read(SYSTEM) as u:
            return u.session.scalars(select(OutboxMail)).one()

    return row


def shown(office):
    client = office.client_as("admin")
    pages = [client.get(path).text for path in ("/verwaltung/postausgang", "/verwaltung/")]
    return "vielleicht doppelt" in pages[0], office.visitor().get("/healthz").json["mails"]


@pytest.mark.parametrize(("when", "arrivals"), [("before", 1), ("after", 2)])
def test_a_mail_whose_worker_was_killed_is_sent_again_after_its_lease_and_counted(
    office, smtp_server, worker, mail, when, arrivals
):
    assert shown(office) == (False, {"waiting": 1, "failed": 0, "doubtful": 0})
    with pytest.raises(Killed):
        worker(DyingTransport(transport_for(smtp_server.url), when)).mails()
    assert (mail().done_at, mail().doubtful) == (None, 0)
    office.clock.advance(LEASE - timedelta(seconds=1))
    assert worker().mails() == 0, "another worker may still be at it"
    office.clock.advance(timedelta(seconds=2))
    assert worker().mails() == 1
    assert worker().mails() == 0
    assert len(smtp_server.mails) == arrivals
    assert {arrived.message["Message-ID"] for arrived in smtp_server.mails} == {mail().message_id}
    assert (mail().doubtful, mail().text) == (1, "")
    assert shown(office) == (True, {"waiting": 0, "failed": 0, "doubtful": 1})


def test_each_killing_counts_and_an_ordinary_refusal_does_not(office, smtp_server, worker, mail):
    for _ in range(2):
        with pytest.raises(Killed):
            worker(DyingTransport(transport_for(smtp_server.url), "before")).mails()
        office.clock.advance(LEASE + timedelta(seconds=1))
    with smtp_server.refusing():
        worker().mails()
    assert (mail().doubtful, mail().attempts) == (2, 1)
    office.clock.advance(timedelta(hours=1))
    assert worker().mails() == 1
    assert mail().doubtful == 2


def test_a_server_that_refuses_for_an_hour_gets_the_mail_once_when_it_accepts(office, smtp_server, worker, mail):
    number = mail().message_id
    with smtp_server.refusing("451 4.7.1 greylisted"):
        for _minute in range(60):
            assert worker().mails() == 0
            office.clock.advance(timedelta(minutes=1))
    refusals = len(smtp_server.refused)
    assert 5 <= refusals <= 8, "again and again, but not every minute"
    for _minute in range(70):
        worker().mails()
        office.clock.advance(timedelta(minutes=1))
    (arrived,) = smtp_server.mails
    assert arrived.message["Message-ID"] == number == mail().message_id
    assert (mail().attempts, mail().doubtful) == (refusals, 0)
    assert shown(office) == (False, {"waiting": 0, "failed": 0, "doubtful": 0})


def test_a_mail_that_was_given_up_after_a_day_is_counted_for_the_administration(office, smtp_server, worker, mail):
    with smtp_server.refusing("550 5.1.1 unbekannt"):
        for _hour in range(27):
            worker().mails()
            office.clock.advance(timedelta(hours=1))
    assert mail().failed_at - mail().created_at > timedelta(hours=24)
    assert worker().mails() == 0, "a dead letter stays where it is, whatever the server says now"
    assert smtp_server.mails == []
    assert shown(office)[1] == {"waiting": 0, "failed": 1, "doubtful": 0}
    assert "aufgegeben" in office.client_as("admin").get("/verwaltung/postausgang").text
