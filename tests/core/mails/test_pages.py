"""A mail that is dropped on a firm or a person: from the file to the saved conversation and back out of the office."""

import io
import re
from datetime import date, time, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from wf40.base.errors import InvalidInput, NotFound
from wf40.core.accounts.queries import officers
from wf40.core.consultations import mail_views, queries
from wf40.core.consultations.mailed import add_from_mail
from wf40.core.consultations.rules import ConsultationInput
from wf40.core.contacts.rules import ContactInput
from wf40.core.contacts.service import add_contact
from wf40.core.mails import service
from wf40.core.mails.models import Attachment, MailDraft
from wf40.core.mails.reading import read_mail


def mail(sender="Jörg Müller <J.Mueller@werk.example>", to="amt@stadt.example", at="Thu, 19 Nov 2026 23:30:00 +0000"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = sender, to, "Halle 3", at
    message.set_content("Wir suchen eine Fläche.")
    message.add_attachment(b"%PDF-1.7\xff", maintype="application", subtype="pdf", filename="Lageplan Süd.pdf")
    message.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="seite.html")
    return message.as_bytes()


@pytest.fixture
def firm(office):
    return office.add_firm("Müller Werk GmbH").id


@pytest.fixture
def person(office, firm):
    with office.writing_as("advisor") as u:
        return add_contact(u, firm, ContactInput("Müller", given_name="Jörg", email="j.mueller@werk.example"))


def drop(client, firm, content, name="mail.eml", query=""):
    return client.post(f"/unternehmen/{firm}/gespraeche/mail{query}", data={"file": (io.BytesIO(content), name)})


def fields(page):
    """Return what a browser would send of the form that was prefilled."""
    form = page.split('<form class="wf-form"')[1].split("</form>")[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (not re.search("checkbox|radio", tag) or " checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [text]
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'selected value="([^"]*)"|value="([^"]*)" selected', options)
        sent[name] = [(chosen[1] or chosen[2] or "") if chosen else ""]
    return sent


def count(office, table):
    with office.writing_as("advisor") as u:
        return u.session.scalar(select(func.count()).select_from(table))


def test_a_dropped_mail_fills_the_form_and_is_saved_with_its_files(office, firm, person):
    client = office.client_as("advisor")
    answer = drop(client, firm, mail())
    assert answer.status_code == 303
    page = client.get(answer.location).text
    sent = fields(page)
    assert sent["kind"] == sent["channel"] == ["mail"]
    assert (sent["held_on"], sent["held_at"]) == (["2026-11-20"], ["00:30"])  # local, the day after
    assert sent["occasion"] == ["Halle 3"]
    assert sent["summary"][0].startswith("E-Mail von Jörg Müller")
    assert "Wir suchen eine Fläche." in sent["summary"][0]
    assert sent["contact_ids"] == [str(person)]
    assert "amt@stadt.example" in sent["others"][0]
    assert len(sent["attachment_ids"]) == 2
    with office.writing_as("advisor") as u:
        assert queries.count_of_firm(u, firm) == 0  # nothing is saved before somebody says so
    saved = client.post(answer.location, data=sent | {"attachment_ids": sent["attachment_ids"][:1]})
    assert saved.status_code == 303, saved.text
    shown = client.get(saved.location).text
    assert "Lageplan Süd.pdf" in shown
    assert "seite.html" not in shown
    assert (count(office, Attachment), count(office, MailDraft)) == (1, 0)


def test_sending_the_form_twice_makes_one_conversation(office, firm):
    client = office.client_as("advisor")
    address = drop(client, firm, mail()).location
    sent = fields(client.get(address).text)
    first, second = client.post(address, data=sent), client.post(address, data=sent)
    assert first.location == second.location
    assert count(office, Attachment) == 2


def test_files_are_only_ever_downloaded(office, firm):
    client = office.client_as("advisor")
    address = drop(client, firm, mail()).location
    page = client.get(client.post(address, data=fields(client.get(address).text)).location).text
    links = re.findall(r'href="(/gespraeche/\d+/anhaenge/\d+)"', page)
    assert len(links) == 2
    bodies = []
    for link in links:
        answer = client.get(link)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        bodies.append(answer.data)
    assert bodies == [b"%PDF-1.7\xff", b"<script>alert(1)</script>"]
    assert client.post(links[0] + "/entfernen").status_code == 303
    assert client.get(links[0]).status_code == 404
    assert count(office, Attachment) == 1


def test_a_mail_of_the_office_is_outgoing(office, firm, person):
    client = office.client_as("advisor")
    with office.writing_as("advisor") as u:
        me = next(o for o in officers(u) if o.id == u.actor.user_id)
    page = client.get(drop(client, firm, mail(sender=me.email, to="j.mueller@werk.example")).location).text
    sent = fields(page)
    assert sent["summary"][0].startswith("E-Mail der Wirtschaftsförderung von ")
    assert (sent["contact_ids"], sent["officer_ids"]) == ([str(person)], [str(me.id)])


def test_the_person_on_whose_page_it_was_dropped_takes_part(office, firm, person):
    client = office.client_as("advisor")
    assert f"?person={person}" in client.get(f"/ansprechpersonen/{person}").text
    address = drop(client, firm, mail(sender="privat@anders.example"), query=f"?person={person}").location
    assert fields(client.get(address).text)["contact_ids"] == [str(person)]


@pytest.mark.parametrize(("at", "words"), [("gestern", "nennt kein Datum"), ("Fri, 20 Nov 2099 10:00:00 +0000", "in der Zukunft"),
                                           ("Fri, 31 Dec 9999 23:30:00 +0000", "in der Zukunft"), ("Sun, 1 Jan 1905 10:00:00 +0000", "nennt kein Datum")])  # fmt: skip
def test_a_day_that_cannot_be_is_today_and_said(office, firm, at, words):
    client = office.client_as("advisor")
    page = client.get(drop(client, firm, mail(at=at)).location).text
    assert words in page
    assert fields(page)["held_on"] == [office.clock.moment.date().isoformat()]


def test_no_transaction_waits_while_a_mail_is_read(office, firm, monkeypatch):
    held = []

    def noted(content):
        held.append(office.product.database.engine.pool.checkedout())
        return read_mail(content)

    monkeypatch.setattr(mail_views, "read_mail", noted)
    assert drop(office.client_as("advisor"), firm, mail()).status_code == 303
    assert held == [0]


@pytest.mark.parametrize(("content", "words"), [(b"", "leer"), (b"Name;Ort\n", "keine E-Mail")])
def test_what_is_no_mail_is_said_beside_the_file(office, firm, content, words):
    answer = drop(office.client_as("advisor"), firm, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(office, MailDraft) == 0


def test_two_files_at_once_and_none_are_refused(office, firm):
    client = office.client_as("advisor")
    both = [(io.BytesIO(mail()), "a.eml"), (io.BytesIO(mail()), "b.eml")]
    answer = client.post(f"/unternehmen/{firm}/gespraeche/mail", data={"file": both})
    assert (answer.status_code, "eine E-Mail nach der anderen" in answer.text) == (422, True)
    answer = client.post(f"/unternehmen/{firm}/gespraeche/mail", data={})
    assert (answer.status_code, "Wählen Sie eine E-Mail aus" in answer.text) == (422, True)


def test_nobody_else_sees_a_draft_and_one_that_is_gone_says_so(office, firm):
    address = drop(office.client_as("advisor"), firm, mail()).location
    answer = office.client_as("lead").get(address, follow_redirects=True)
    assert "liegt nicht mehr vor" in answer.text
    assert "Wir suchen eine Fläche" not in answer.text
    with office.writing_as("lead") as u, pytest.raises(NotFound):
        service.draft(u, int(re.search(r"mail=(\d+)", address)[1]))


def test_drafts_are_removed_after_a_week_and_then_their_files_are_not_lost_silently(office, firm):
    client = office.client_as("advisor")
    address = drop(client, firm, mail()).location
    sent = fields(client.get(address).text)
    office.clock.moment += timedelta(days=6)
    service.clear(office.product.database)
    assert count(office, MailDraft) == 1
    office.clock.moment += timedelta(days=2)
    service.clear(office.product.database)
    assert (count(office, MailDraft), count(office, Attachment)) == (0, 0)
    office.clock.moment -= timedelta(days=8)  # within the session
    answer = client.post(address, data=sent)
    assert answer.status_code == 422
    assert "liegen nicht mehr vor" in answer.text
    with office.writing_as("advisor") as u:
        assert queries.count_of_firm(u, firm) == 0


def test_files_of_somebody_elses_draft_are_not_taken(office, firm):
    theirs = drop(office.client_as("lead"), firm, mail()).location
    with office.writing_as("lead") as u:
        other = service.draft(u, int(re.search(r"mail=(\d+)", theirs)[1])).files[0].id
    mine = int(re.search(r"mail=(\d+)", drop(office.client_as("advisor"), firm, mail()).location)[1])
    talk = ConsultationInput("mail", "mail", date(2026, 11, 20), time(9, 0), "Halle")
    with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
        add_from_mail(u, firm, talk, "", mine, [other])
    with office.writing_as("lead") as u:
        assert u.session.get(Attachment, other).consultation_id is None


def test_files_of_a_confidential_conversation_are_as_confidential(office, firm):
    client = office.client_as("advisor")
    address = drop(client, firm, mail()).location
    sent = fields(client.get(address).text) | {"confidentiality": "officer"}
    page = client.get(client.post(address, data=sent).location).text
    link = re.search(r'href="(/gespraeche/\d+/anhaenge/\d+)"', page)[1]
    assert client.get(link).status_code == 200
    other = office.client_as("lead")
    assert other.get(link).status_code == 403
    assert "Lageplan" not in other.get(link.split("/anhaenge")[0]).text
    assert other.post(link + "/entfernen").status_code == 403


def test_one_person_keeps_fifty_drafts_at_most(office):
    with office.writing_as("advisor") as u:
        content = service.MailContent("x", None, None, (), (), "x", shortened=False)
        ids = [service.add_draft(u, content, []) for _n in range(service.MOST_DRAFTS + 3)]
    with office.writing_as("advisor") as u:
        assert list(u.session.scalars(select(MailDraft.id).order_by(MailDraft.id))) == ids[3:]


def test_readers_drop_nothing(office, firm):
    assert drop(office.client_as("reader"), firm, mail()).status_code == 403
    assert "mail-datei" not in office.client_as("reader").get(f"/unternehmen/{firm}/gespraeche").text
    assert "mail-datei" in office.client_as("advisor").get(f"/unternehmen/{firm}/gespraeche").text
