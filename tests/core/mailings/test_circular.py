"""Circulars: each person who may be written to gets one mail, whatever happens in between, and nobody else does."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from wf40.base import outbox
from wf40.base.access import Actor
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.outbox import OutboxMail
from wf40.core.contacts import optouts
from wf40.core.contacts import service as contacts
from wf40.core.contacts.optouts import OptOutInput
from wf40.core.contacts.queries import contact
from wf40.core.mailings import codes, mails, results, runner, service
from wf40.core.mailings.models import MailingRecipient


def counts(office, mailing_id):
    with office.reading_as("reader") as u:
        return dict(results.counts(u, mailing_id))


def outcomes(office, mailing_id):
    with office.reading_as("reader") as u:
        return {
            (line.person.email if line.person else None): (line.state, line.why)
            for line in results.recipients(u, mailing_id).rows
        }


def state(office, mailing_id):
    with office.reading_as("reader") as u:
        return results.mailing(u, mailing_id)[0].state


def work(office, times=3):
    for _tick in range(times):
        office.work()


def finish(office, mailing_id):
    """Let a worker go on, however many ticks a busy machine takes."""
    for _tick in range(50):
        runner.work(office.product.database)
        office.product.dispatcher.mails()
        if state(office, mailing_id) != codes.RUNNING:
            return


def test_a_mail_is_written_looked_at_tested_and_sent_through_the_pages(office, smtp_server, add_person, add_list):
    add_person(firm="Muster & Söhne GmbH")
    add_person(firm="Ohne GmbH", family_name="Ohne", email="ohne@firma.example", mail_basis="")
    distribution_id = add_list()
    client = office.client_as("advisor")
    url = f"/verteiler/{distribution_id}/schreiben"
    assert "{{Anrede}}" in client.get(url).text
    form = {"channel": "mail", "subject": "Einladung für {{Unternehmen}}", "body": "{{Anrede}},\r\n\r\nkommen Sie?"}
    wrong = client.post(url, data={**form, "body": "{{Vorname}}, kommen Sie?"})
    assert wrong.status_code == 422
    assert "Diesen Platzhalter gibt es nicht: {{Vorname}}." in wrong.text
    assert "{{Vorname}}, kommen Sie?" in wrong.text, "nothing is lost"
    mailing_url = client.post(url, data=form).location
    page = client.get(mailing_url).text
    assert "Einladung für Muster &amp; Söhne GmbH" in page
    assert "Sehr geehrte Frau Dr. Müller,\n\nkommen Sie?" in page
    assert "Eine von 2 Personen bekommt die E-Mail." in page
    assert "keine Einwilligung" in client.get(f"{mailing_url}?person=2").text
    client.post(f"{mailing_url}/test", data={"person": "2"})
    work(office)
    (test,) = smtp_server.mails
    assert (test.recipients, test.subject) == (("advisor-1@musterhausen.example",), "[Test] Einladung für Ohne GmbH")
    assert test.message["List-Unsubscribe"] is None
    assert client.post(f"{mailing_url}/starten", data={"version": "1"}).status_code == 303
    assert "0 von 2 Personen" in client.get(mailing_url).text
    work(office)
    mail = smtp_server.mails[1]
    assert len(smtp_server.mails) == 2
    assert (mail.recipients, mail.subject) == (("ines@firma.example",), "Einladung für Muster & Söhne GmbH")
    assert mail.message["Reply-To"] == "advisor-1@musterhausen.example"
    assert "Frau Dr. Müller,\n\nkommen Sie?\n\nBeratung 1\n" in mail.text.replace("\r\n", "\n")
    assert mail.text.index("Beratung 1") < mail.text.index("Hier können Sie sich abmelden:")
    result = client.get(mailing_url).text
    assert "abgeschlossen" in result
    assert "1 × keine Einwilligung oder Rechtsgrundlage" in result
    assert "angenommen" in result
    assert client.get(mailing_url, headers={"HX-Request": "true"}).headers["HX-Redirect"] == mailing_url
    assert "Rundschreiben per E-Mail: Einladung für" in client.get("/unternehmen/1/verlauf").text


def test_what_changed_between_draft_and_sending_counts(office, smtp_server, add_person, add_list, add_mailing, start):
    people = {
        name: add_person(firm=f"{name} GmbH", family_name=name, email=f"{name}@firma.example")[0]
        for name in ("bleibt", "widerruft", "meldetab", "archiviert", "ohneadresse", "abgewaehlt", "grundlageweg")
    }
    with office.writing_as("advisor") as u:
        today = office.clock.moment.date()
        given = contacts.ConsentInput("information", "mail", today, "written")
        consent = contacts.give_consent(u, people["widerruft"], given)
    for name in ("widerruft", "grundlageweg"):
        change(office, people[name], mail_basis="" if name == "widerruft" else "public_task")
    distribution_id = add_list()
    mailing_id = add_mailing(distribution_id)
    with office.writing_as("advisor") as u:
        service.keep_ticks(u, distribution_id, {people["abgewaehlt"]}, set())
    start(mailing_id)
    with office.writing_as("advisor") as u:
        contacts.withdraw_consent(u, people["widerruft"], consent)
        optouts.note_opt_out(u, people["meldetab"], OptOutInput("information", "mail", "spoken"))
        contacts.archive_contact(u, people["archiviert"])
    change(office, people["ohneadresse"], email="")
    change(office, people["grundlageweg"], mail_basis="")
    work(office)
    assert [mail.recipients for mail in smtp_server.mails] == [("bleibt@firma.example",)]
    found = outcomes(office, mailing_id)
    assert found["widerruft@firma.example"] == found["grundlageweg@firma.example"] == ("skipped", "not_permitted")
    assert found["meldetab@firma.example"] == ("skipped", "opted_out")
    assert found["archiviert@firma.example"] == ("skipped", "archived")
    assert found[""] == ("skipped", "no_email")
    assert "abgewaehlt@firma.example" not in found
    assert (state(office, mailing_id), len(found)) == ("done", 6)


def change(office, contact_id, **values):
    with office.writing_as("advisor") as u:
        row, _firm = contact(u, contact_id)
        given = contacts.ContactInput(**{name: getattr(row, name) for name in contacts.ContactInput.__slots__})
        contacts.change_contact(u, contact_id, row.version, replace(given, **values))


@pytest.fixture
def crowd(office, add_person, add_list):
    """A list of 130 persons, each with an address of their own."""
    firm = add_person(email="n000@firma.example")[1]
    with office.writing_as("advisor") as u:
        for n in range(1, 130):
            given = contacts.ContactInput(f"P{n:03}", email=f"n{n:03}@firma.example", mail_basis="public_task")
            contacts.add_contact(u, firm, given)
    return add_list()


def test_two_workers_at_once_write_to_each_person_once(office, smtp_server, crowd, add_mailing, start):
    mailing_id = add_mailing(crowd)
    start(mailing_id)
    database = office.product.database

    def run(_worker):
        for _turn in range(10):
            runner.advance(database, mailing_id)

    while state(office, mailing_id) == codes.RUNNING:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(4)))
        office.product.dispatcher.mails()
    assert counts(office, mailing_id) == {"queued": 130}
    assert state(office, mailing_id) == "done"
    for _turn in range(8):
        office.product.dispatcher.mails()
    got = Counter(mail.recipients for mail in smtp_server.mails)
    assert got == {(f"n{n:03}@firma.example",): 1 for n in range(130)}
    links = {mail.message["List-Unsubscribe"] for mail in smtp_server.mails}
    assert len(links) == 130, "a link of one's own for each"
    with office.reading_as("reader") as u:
        assert results.delivery(u, mailing_id) == results.Delivery(130, 0, 0)


class Killed(BaseException):
    """What ends a process at once."""


def test_a_worker_that_is_killed_within_a_slice_leaves_it_to_another(
    office, smtp_server, crowd, add_mailing, start, monkeypatch
):
    mailing_id = add_mailing(crowd)
    start(mailing_id)
    real, calls = mails.compose, []

    def dying(*args):
        calls.append(1)
        if len(calls) == 33:
            raise Killed
        return real(*args)

    monkeypatch.setattr(mails, "compose", dying)
    with pytest.raises(Killed):
        runner.work(office.product.database)
    with office.reading_as("reader") as u:
        queued = len(list(u.session.scalars(select(OutboxMail.id))))
    assert counts(office, mailing_id) == {"queued": queued, "waiting": 130 - queued}
    assert queued == 20, "whole slices only"
    finish(office, mailing_id)
    for _turn in range(8):
        office.product.dispatcher.mails()
    assert Counter(mail.recipients for mail in smtp_server.mails) == {
        (f"n{n:03}@firma.example",): 1 for n in range(130)
    }


def test_stopping_and_going_on(office, smtp_server, crowd, add_mailing, start, monkeypatch):
    mailing_id = add_mailing(crowd)
    start(mailing_id)
    runner.advance(office.product.database, mailing_id, seconds=-1)
    assert counts(office, mailing_id) == {"queued": 20, "waiting": 110}
    client, url = office.client_as("advisor"), f"/verteiler/rundschreiben/{mailing_id}"
    office.product.dispatcher.mails()
    runner.advance(office.product.database, mailing_id, seconds=-1)
    client.post(f"{url}/anhalten")
    runner.work(office.product.database)
    assert counts(office, mailing_id) == {"queued": 20, "skipped": 20, "waiting": 90}
    page = client.get(url).text
    assert "angehalten" in page
    assert "20 × beim Anhalten zurückgenommen" in page
    office.product.dispatcher.mails()
    assert len(smtp_server.mails) == 20, "what had not left stays here"
    with office.reading_as("reader") as u:
        assert results.delivery(u, mailing_id) == results.Delivery(20, 0, 0)
        taken = list(u.session.scalars(select(OutboxMail).where(OutboxMail.failed_at.is_not(None))))
        assert {(mail.text, mail.unsubscribe_url, mail.last_error) for mail in taken} == {("", "", "withdrawn")}
    assert client.post(f"{url}/anhalten").status_code == 422
    client.post(f"{url}/fortsetzen")
    finish(office, mailing_id)
    assert counts(office, mailing_id) == {"queued": 130}
    for _turn in range(8):
        office.product.dispatcher.mails()
    got = Counter(mail.recipients for mail in smtp_server.mails)
    assert got == {(f"n{n:03}@firma.example",): 1 for n in range(130)}


def test_the_outbox_is_not_filled_faster_than_it_empties(office, smtp_server, crowd, add_mailing, start):
    mailing_id = add_mailing(crowd)
    start(mailing_id)
    for _turn in range(3):
        runner.work(office.product.database)
    assert counts(office, mailing_id) == {"queued": 40, "waiting": 90}
    office.product.dispatcher.mails()
    runner.work(office.product.database)
    assert (counts(office, mailing_id), len(smtp_server.mails)) == ({"queued": 60, "waiting": 70}, 20)


@pytest.mark.parametrize("way", ["said", "link", "withdrawn"])
def test_who_wants_no_more_gets_nothing_that_has_not_left(
    office, smtp_server, add_person, add_list, add_mailing, start, way
):
    contact_id, firm = add_person(email="weg@firma.example")
    add_person(firm=firm, email="bleibt@firma.example")
    with office.writing_as("advisor") as u:
        given = contacts.ConsentInput("information", "mail", office.clock.moment.date(), "written")
        consent = contacts.give_consent(u, contact_id, given)
    mailing_id = add_mailing(add_list())
    start(mailing_id)
    runner.work(office.product.database)
    assert state(office, mailing_id) == codes.DONE
    if way == "link":
        with office.reading_as("reader") as u:
            to_both = select(OutboxMail.unsubscribe_url).where(OutboxMail.to == "weg@firma.example")
            url = u.session.scalars(to_both).one()
        assert office.visitor().post(url.partition(".example")[2], token=False).status_code == 200
    else:
        with office.writing_as("advisor") as u:
            if way == "said":
                optouts.note_opt_out(u, contact_id, OptOutInput("information", "mail", "spoken"))
            else:
                contacts.withdraw_consent(u, contact_id, consent)
    office.product.dispatcher.mails()
    assert [mail.recipients for mail in smtp_server.mails] == [("bleibt@firma.example",)]
    why = "not_permitted" if way == "withdrawn" else "opted_out"
    assert outcomes(office, mailing_id)["weg@firma.example"] == ("skipped", why)


def test_a_mail_that_is_on_its_way_is_not_taken_back(office, add_person, add_list, add_mailing, start):
    contact_id, _firm = add_person()
    mailing_id = add_mailing(add_list())
    start(mailing_id)
    runner.work(office.product.database)
    with office.product.database.write(Actor.system("test")) as u:
        assert len(outbox.claim(u.session, OutboxMail, u.now)) == 1
    with office.writing_as("advisor") as u:
        optouts.note_opt_out(u, contact_id, OptOutInput("information", "mail", "spoken"))
    assert counts(office, mailing_id) == {"queued": 1}
    with office.reading_as("reader") as u:
        mail = u.session.scalars(select(OutboxMail)).one()
        assert (mail.failed_at, bool(mail.text)) == (None, True)


def test_a_draft_goes_out_once(office, smtp_server, add_person, add_list, add_mailing, start):
    add_person()
    mailing_id = add_mailing(add_list())
    with pytest.raises(StaleVersion):
        start(mailing_id, version=7)
    start(mailing_id)
    for version in (1, 2):
        with pytest.raises(InvalidInput):
            start(mailing_id, version=version)
    client, url = office.client_as("advisor"), f"/verteiler/rundschreiben/{mailing_id}"
    assert client.post(f"{url}/starten", data={"version": "2"}).status_code == 422
    assert client.post(f"{url}/verwerfen").status_code == 422
    form = {"channel": "mail", "subject": "x", "body": "y", "version": "2"}
    assert client.post(f"{url}/bearbeiten", data=form).status_code == 422
    assert client.post("/verteiler/1/archivieren").status_code == 422, "while it runs"
    work(office)
    assert len(smtp_server.mails) == 1


def test_a_draft_that_somebody_changed_is_neither_overwritten_nor_sent_unseen(
    office, add_person, add_list, add_mailing
):
    add_person()
    mailing_id = add_mailing(add_list())
    client, url = office.client_as("advisor"), f"/verteiler/rundschreiben/{mailing_id}"
    form = {"channel": "mail", "subject": "Neu", "body": "Text", "version": "1"}
    assert client.post(f"{url}/bearbeiten", data=form).status_code == 303
    late = client.post(f"{url}/bearbeiten", data={**form, "subject": "Anders"})
    assert late.status_code == 409
    assert "Neu" in late.text
    assert "Anders" in late.text
    unseen = client.post(f"{url}/starten", data={"version": "1"})
    assert unseen.status_code == 409
    assert "Noch nicht verschickt" in unseen.text
    client.post(f"{url}/verwerfen")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""), ("body", " \n "), ("subject", "x" * 201), ("body", "x" * 20_001), ("channel", "fax"),
        ("subject", "Hallo\nBcc: alle@firma.example"), ("subject", "Hallo\r\nBcc: x@y.example"), ("body", "a\x1bb"),
        ("subject", "{{Kennwort}}"), ("body", "{{Name}"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_go_out_is_refused_before(office, add_person, add_list, add_mailing, field, value):
    add_person()
    distribution_id = add_list()
    with pytest.raises(InvalidInput) as refused:
        add_mailing(distribution_id, **{field: value})
    assert field in refused.value.fields


def test_no_value_of_a_person_reaches_a_header(office, smtp_server, add_person, add_list, add_mailing, start):
    add_person(firm="Böse GmbH", family_name="Müller", title="", given_name="x\u2028Bcc: alle@firma.example")
    mailing_id = add_mailing(add_list(), subject="Für {{Name}}")
    start(mailing_id)
    work(office)
    (mail,) = smtp_server.mails
    assert mail.recipients == ("ines@firma.example",)
    assert mail.message["Bcc"] is None
    assert "\u2028" not in mail.subject


def test_one_person_who_cannot_be_written_to_holds_up_nobody(
    office, smtp_server, add_person, add_list, add_mailing, start, monkeypatch
):
    add_person(firm="Anton GmbH", email="a@firma.example")
    add_person(firm="Berta GmbH", email="b@firma.example")
    add_person(firm="Claas GmbH", email="c@firma.example")
    mailing_id = add_mailing(add_list())
    start(mailing_id)
    real = mails.compose

    def faulty(u, row, person, *rest):
        letter = real(u, row, person, *rest)
        return replace(letter, to="b@firma.example\nBcc: x@y.example") if person.email.startswith("b@") else letter

    monkeypatch.setattr(mails, "compose", faulty)
    work(office)
    assert sorted(mail.recipients[0] for mail in smtp_server.mails) == ["a@firma.example", "c@firma.example"]
    assert outcomes(office, mailing_id)["b@firma.example"] == ("failed", "error")
    assert state(office, mailing_id) == "done"
    with office.reading_as("reader") as u:
        digests = list(u.session.scalars(select(MailingRecipient.optout_digest).order_by(MailingRecipient.id)))
    assert [bool(digest) for digest in digests] == [True, False, True]
    assert "fehlgeschlagen" in office.client_as("reader").get(f"/verteiler/rundschreiben/{mailing_id}").text


def test_nobody_to_write_to_is_said_before_anything_starts(office, add_person, add_list, add_mailing, start):
    add_person(mail_basis="")
    mailing_id = add_mailing(add_list())
    page = office.client_as("advisor").get(f"/verteiler/rundschreiben/{mailing_id}").text
    assert "Niemand auf dem Verteiler darf per E-Mail angeschrieben werden" in page
    with pytest.raises(InvalidInput):
        start(mailing_id)
    assert state(office, mailing_id) == codes.DRAFT


def test_readers_and_other_units_send_nothing(office, add_person, add_list, add_mailing):
    office.add_unit("Nachbarstadt")
    add_person()
    mailing_id = add_mailing(add_list())
    url = f"/verteiler/rundschreiben/{mailing_id}"
    assert office.client_as("reader").get(url).status_code == 200
    assert office.client_as("reader").get(f"{url}/muster.pdf").status_code == 403
    assert office.client_as("advisor", 2).get(url).status_code == 404
    for action in ("test", "starten", "anhalten", "fortsetzen", "verwerfen", "bearbeiten"):
        assert office.client_as("reader").post(f"{url}/{action}").status_code == 403, action
        assert office.client_as("advisor", 2).post(f"{url}/{action}").status_code == 404, action
    assert state(office, mailing_id) == codes.DRAFT


def test_a_person_whose_record_is_gone_leaves_a_line_without_a_name(office, add_person, add_list, add_mailing, start):
    contact_id, _firm = add_person()
    mailing_id = add_mailing(add_list())
    start(mailing_id)
    with office.writing_as("advisor") as u:
        row, _firm = contact(u, contact_id)
        u.session.delete(row)
    work(office)
    assert outcomes(office, mailing_id) == {None: ("skipped", "gone")}
    page = office.client_as("reader").get(f"/verteiler/rundschreiben/{mailing_id}").text
    assert page.count("nicht mehr eingetragen") >= 2
    assert re.search(r"Müller", page) is None


def test_the_sample_in_previews_and_tests_opens_nothing(office):
    assert office.visitor().get(f"{mails.OPT_OUT_PATH}{mails.SAMPLE}").status_code == 404
