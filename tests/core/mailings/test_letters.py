"""Serial letters: one PDF of everybody with an address; what people typed stays text, whatever it looks like."""

import json
import re
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
import typst
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.core.contacts import optouts
from wf40.core.contacts import service as contacts
from wf40.core.contacts.optouts import OptOutInput
from wf40.core.mailings import codes, letters, queries, results, runner, writing
from wf40.core.mailings.models import MailingFile

TYPST = (
    r'#let x = 1; #include "/etc/passwd" $1/0$ *fett* _kursiv_ @ref <label> \ `roh` = Titel // weg /* weg */ [x] ~ ---'
)
NAUGHTY = [
    TYPST, "Ärger mit Öfen, Übermaß & Größe: „Zitat“ – 3 €", "田中さん 😀 العربية", "\u202eumgekehrt", "\u200b\ufeff",
    "a\tb\n\n\n\nc", '"}], "x": [{"', "#" * 500, "W" * 3000, "{% raw %} %(x)s {0}",
]  # fmt: skip


@pytest.fixture
def letter(add_mailing):
    def make(distribution_id, **changes):
        return add_mailing(distribution_id, channel=codes.LETTER, **changes)

    return make


def data_of(office, mailing_id):
    with office.reading_as("advisor") as u:
        row, its_list = results.mailing(u, mailing_id)
        people = [p for p in queries.chosen_persons(u, its_list) if p.may_post]
        return letters.data_for(u, row, people, writing.signing(u, row))


def objects_of(pdf):
    """Return everything in a PDF that is not an image or a font, unpacked."""
    found = [pdf.decode("latin-1")]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


def pages_of(pdf):
    return len(re.findall(r"/Type ?/Page\b", objects_of(pdf)))


def words_of(data):
    """Return the texts of headings and paragraphs as the typesetter has understood them."""
    found = []
    for selector in ("heading", "par"):
        answer = typst.query(letters.SOURCE.read_bytes(), selector, sys_inputs={"data": json.dumps(data)})
        found += json.loads(answer)
    return [text_in(element["body"]) for element in found]


def text_in(content):
    if content["func"] == "text":
        return content["text"]
    if content["func"] == "linebreak":
        return "\n"
    return "".join(text_in(part) for part in content.get("children", [])) if "children" in content else " "


def test_one_pdf_for_everybody_with_an_address(office, add_person, add_list, letter):
    add_person(firm="Anton GmbH", family_name="Anton")
    add_person(firm="Berta GmbH", family_name="Berta", mail_basis="", email="")
    add_person(firm="Claas GmbH", family_name="Claas", site=None)
    contact_id, _firm = add_person(firm="Dora GmbH", family_name="Dora")
    with office.writing_as("advisor") as u:
        optouts.note_opt_out(u, contact_id, OptOutInput("information", "post", "written"))
    distribution_id = add_list()
    client = office.client_as("advisor")
    form = {"channel": "letter", "subject": "Einladung", "body": "{{Anrede}},\n\nkommen Sie nach {{Ort}}."}
    url = client.post(f"/verteiler/{distribution_id}/schreiben?weg=brief", data=form).location
    page = client.get(url).text
    assert "2 von 4 Personen bekommen einen Brief." in page
    assert "kommen Sie nach Konstanz.\n\nBeratung 1\nWirtschaftsförderung Musterhausen</p>" in page
    assert "Testmail" not in page
    assert "abmelden" not in page.partition("<main")[2]
    sample = client.get(f"{url}/muster.pdf?person=2")
    assert (sample.mimetype, pages_of(sample.data)) == ("application/pdf", 1)
    client.post(f"{url}/starten", data={"version": "1"})
    result = client.get(url).text
    assert "abgeschlossen" in result, "a few letters are made at once"
    assert "1 × keine vollständige Anschrift" in result
    assert "1 × möchte keine Briefe" in result
    answer = client.get(f"/verteiler/{distribution_id}/briefe.pdf?brief=1")
    assert answer.data.startswith(b"%PDF-")
    assert pages_of(answer.data) == 2
    assert client.get(f"/verteiler/{distribution_id}/briefe.pdf").data == answer.data
    assert client.get(f"/verteiler/{distribution_id}/briefe.pdf?brief=9").status_code == 404
    assert "Serienbrief: Einladung" in client.get("/unternehmen/1/verlauf").text
    assert "Serienbrief" not in client.get("/unternehmen/3/verlauf").text


def test_the_pdf_is_tagged_and_keeps_to_the_standards(office, add_person, add_list, letter):
    add_person()
    pdf = letters.compile_pdf(data_of(office, letter(add_list())))
    text = objects_of(pdf)
    assert "/StructTreeRoot" in text
    assert re.search(r"/Marked true", text)
    assert "/Lang" in text
    assert re.search(r"pdfuaid:part>?=?\"?1", text)
    assert re.search(r"pdfaid:part>?=?\"?2", text)


def test_what_stands_in_a_letter(office, add_person, add_list, letter):
    add_person(firm="Müller & Söhne KG")
    data = data_of(office, letter(add_list()))
    (one,) = data["letters"]
    assert one["address"] == ["Müller & Söhne KG", "Frau Dr. Ines Müller", "Hauptstraße 12 a", "78462 Konstanz"]
    assert one["subject"] == "Einladung für Müller & Söhne KG"
    assert one["paragraphs"] == [["Sehr geehrte Frau Dr. Müller,"], ["kommen Sie nach Konstanz."], ["Grüße"]]
    assert (data["date"], data["office"], data["officer"]) == (
        "21. November 2026", "Wirtschaftsförderung Musterhausen", "Beratung 1",
    )  # fmt: skip
    assert ["E-Mail", "advisor-1@musterhausen.example"] in data["reach"]


@pytest.mark.parametrize("typed", NAUGHTY)
def test_what_people_type_is_text_and_never_typst(office, add_person, add_list, letter, typed):
    line = " ".join(typed.split()) or "x"
    add_person(firm=f"{line[:200]} GmbH", family_name=line[:100], title="", given_name="")
    mailing_id = letter(add_list(), subject=line[:200], body=f"{typed}\n\nSchluss")
    data = data_of(office, mailing_id)
    words = words_of(data)
    assert line[:200].strip() in words
    assert "Schluss" in words
    expected = ["\n".join(paragraph) for paragraph in data["letters"][0]["paragraphs"]]
    assert [paragraph for paragraph in expected if paragraph not in words] == []
    assert letters.compile_pdf(data).startswith(b"%PDF-")


def test_many_letters_are_made_by_the_worker(office, add_person, add_list, letter):
    contact_id, firm = add_person()
    with office.writing_as("advisor") as u:
        for n in range(60):
            contacts.add_contact(u, firm, contacts.ContactInput(f"P{n:02}"))
    mailing_id = letter(add_list())
    client, url = office.client_as("advisor"), f"/verteiler/rundschreiben/{mailing_id}"
    client.post(f"{url}/starten", data={"version": "1"})
    page = client.get(url).text
    assert "0 von 61 Personen" in page
    assert "every 2s" in page
    assert client.get("/verteiler/1/briefe.pdf").status_code == 404
    with office.writing_as("advisor") as u:
        optouts.note_opt_out(u, contact_id, OptOutInput("information", "post", "written"))
    runner.advance(office.product.database, mailing_id, seconds=-1)
    assert "20 von 61 Personen" in client.get(url, headers={"HX-Request": "true"}).text
    while "every 2s" in client.get(url).text:
        office.work()
    assert "Briefe herunterladen (PDF)" in client.get(url).text
    assert pages_of(client.get("/verteiler/1/briefe.pdf").data) == 60, "without who opted out meanwhile"


def test_who_drops_out_before_the_letters_are_made_got_none(office, add_person, add_list, letter, start, monkeypatch):
    contact_id, firm = add_person()
    add_person(firm="Berta GmbH", family_name="Berta")
    mailing_id = letter(add_list())
    start(mailing_id)
    real = runner._finish
    monkeypatch.setattr(runner, "_finish", lambda *_args: None)
    runner.work(office.product.database)
    reader = office.client_as("reader")
    assert "Serienbrief" not in reader.get(f"/unternehmen/{firm}/verlauf").text, "nothing is printed yet"
    monkeypatch.setattr(runner, "_finish", real)
    with office.writing_as("advisor") as u:
        optouts.note_opt_out(u, contact_id, OptOutInput("information", "post", "written"))
    runner.work(office.product.database)
    with office.reading_as("reader") as u:
        found = {line.person.id: (line.state, line.why) for line in results.recipients(u, mailing_id).rows}
        assert found[contact_id] == ("skipped", "no_post")
        assert results.counts(u, mailing_id) == {"queued": 1, "skipped": 1}
        assert results.written_to_firm(u, firm, 5) == []
    assert "Serienbrief" in reader.get(f"/unternehmen/{firm + 1}/verlauf").text


def test_letters_are_taken_out_by_those_who_may_write_them_or_export_and_audited(office, add_person, add_list, text):
    town = office.add_unit("Gemeinde", parent_id=1)
    add_person(unit_id=town)
    distribution_id = add_list(unit_id=town)
    with office.writing_as("advisor", town) as u:
        mailing_id = writing.add_mailing(u, distribution_id, replace(text, channel=codes.LETTER))
        writing.start_mailing(u, mailing_id, 1)
    office.work()
    expected = {("assistant", town): 200, ("reader", town): 403, ("assistant", 1): 403, ("advisor", 1): 200}
    got = {who: office.client_as(*who).get("/verteiler/1/briefe.pdf").status_code for who in expected}
    assert got == expected
    assert "Briefe herunterladen" not in office.client_as("reader", town).get("/verteiler/rundschreiben/1").text
    with office.reading_as("admin") as u:
        events = u.session.scalars(select(AuditEvent).where(AuditEvent.action == "export"))
        assert [(e.subject, e.detail) for e in events] == [(f"mailing:{mailing_id}", {"persons": 1})] * 2


def test_a_long_letter_goes_over_several_pages(office, add_person, add_list, letter):
    add_person()
    data = data_of(office, letter(add_list(), body="\n\n".join(["Ein langer Absatz. " * 40] * 12)))
    assert pages_of(letters.compile_pdf(data)) == 3


def test_the_file_is_removed_after_a_month(office, add_person, add_list, letter, start):
    add_person()
    mailing_id = letter(add_list())
    start(mailing_id)
    office.work()
    office.clock.advance(timedelta(days=29))
    runner.clear(office.product.database)
    client = office.client_as("advisor")
    assert client.get("/verteiler/1/briefe.pdf").status_code == 200
    office.clock.advance(timedelta(days=2))
    runner.clear(office.product.database)
    with office.reading_as("reader") as u:
        assert u.session.get(MailingFile, mailing_id) is None
    client = office.client_as("lead")
    assert client.get("/verteiler/1/briefe.pdf").status_code == 404
    assert "nach 30 Tagen entfernt" in client.get(f"/verteiler/rundschreiben/{mailing_id}").text


def test_letters_that_cannot_be_made_are_stopped_said_and_made_again(
    office, add_person, add_list, letter, start, monkeypatch
):
    add_person()
    mailing_id = letter(add_list())
    start(mailing_id)
    monkeypatch.setattr(letters, "compile_pdf", lambda _data: 1 / 0)
    office.work()
    client, url = office.client_as("advisor"), f"/verteiler/rundschreiben/{mailing_id}"
    assert "Die Briefe konnten nicht erstellt werden" in client.get(url).text
    monkeypatch.undo()
    client.post(f"{url}/fortsetzen")
    office.work()
    page = client.get(url).text
    assert "konnten nicht erstellt werden" not in page
    assert pages_of(client.get("/verteiler/1/briefe.pdf").data) == 1
