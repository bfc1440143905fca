"""Lists of persons: taken from a filter, ticked, kept, brought up to date, taken out as a table."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.contacts import optouts
from wf40.core.contacts import service as contacts
from wf40.core.contacts.optouts import OptOutInput
from wf40.core.mailings import codes, queries, service
from wf40.core.mailings.rules import DistributionInput


def names(office, distribution_id, role="reader", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return [p.name for p in queries.chosen_persons(u, queries.distribution(u, distribution_id))]


def test_the_firm_list_offers_it_and_its_filter_chooses_the_persons(office, add_person):
    add_person(firm="Anton GmbH", family_name="Anton")
    add_person(firm="Berta GmbH", family_name="Berta")
    client = office.client_as("advisor")
    assert '/verteiler/neu?von=unternehmen&amp;q=anton"' in client.get("/unternehmen?q=anton").text
    page = client.get("/verteiler/neu?von=unternehmen&q=anton").text
    assert "Suche: anton" in page
    assert "wichtigste Ansprechperson, sonst die erste (1)" in page
    assert "Prokura" not in page, "a choice without anybody"
    answer = client.post("/verteiler/neu?von=unternehmen&q=anton", data={"title": "Antons", "which": "main"})
    assert names(office, 1) == ["Dr. Ines Anton"]
    assert answer.location.endswith("/verteiler/1/personen")
    assert "Suche: anton" in client.get("/verteiler").text
    assert "erlaubt: Rechtsgrundlage" in client.get("/verteiler/1/personen").text


def test_the_contact_list_offers_it_too(office, add_person):
    add_person(firm="Anton GmbH", family_name="Otto", role="owner")
    add_person(firm="Berta GmbH", family_name="Berta", role="staff")
    client = office.client_as("assistant")
    assert "von=ansprechpersonen&amp;rolle=owner" in client.get("/ansprechpersonen?rolle=owner").text
    assert "Eine Person" in client.get("/verteiler/neu?von=ansprechpersonen&rolle=owner").text
    client.post("/verteiler/neu?von=ansprechpersonen&rolle=owner", data={"title": "Inhaber"})
    assert names(office, 1) == ["Dr. Ines Otto"]


@pytest.mark.parametrize("query", ["", "von=partner", "q=x", "von=", "von=unternehmen%00"])
def test_an_address_that_names_no_list_is_not_found(office, query):
    assert office.client_as("advisor").get(f"/verteiler/neu?{query}").status_code in {400, 404}


def test_a_list_needs_a_name_and_somebody_on_it(office, add_person):
    client = office.client_as("advisor")
    assert "Niemand zum Anschreiben" in client.get("/verteiler/neu?von=unternehmen").text
    add_person()
    url = "/verteiler/neu?von=unternehmen"
    assert client.post(url, data={"title": " ", "which": "main"}).status_code == 422
    assert client.post(url, data={"title": "x" * 201, "which": "main"}).status_code == 422
    assert client.post(url, data={"title": "x", "which": "role:nonsense"}).status_code == 422
    assert client.post(f"{url}&q=nirgends", data={"title": "x", "which": "main"}).status_code == 422
    assert "Noch keine Verteiler" in client.get("/verteiler").text


def test_ticks_are_kept_page_by_page(office, add_person, add_list):
    firm = add_person(family_name="A00")[1]
    with office.writing_as("advisor") as u:
        for n in range(1, 60):
            contacts.add_contact(u, firm, contacts.ContactInput(f"A{n:02}"))
    distribution_id = add_list()
    client, url = office.client_as("advisor"), f"/verteiler/{distribution_id}/personen"
    with office.reading_as("reader") as u:
        row = queries.distribution(u, distribution_id)
        first, second = ([person.id for person, _tick in queries.members(u, row, page).rows] for page in (1, 2))
    assert (len(first), len(second)) == (50, 10)
    assert "Speichern und weiter" in client.get(url).text
    answer = client.post(url, data={"shown": first, "selected": first[5:], "seite": "2"})
    assert answer.location.endswith("personen?seite=2")
    client.post(url, data={"shown": second, "selected": second[1:]})
    assert len(names(office, distribution_id)) == 54
    assert "6 abgewählt" in client.get(url).text
    client.post(url, data={"shown": first, "selected": first})
    assert len(names(office, distribution_id)) == 59, "the second page stays as it was"
    client.post(url, data={"shown": ["nonsense", "999999"], "selected": ["999999", "-1"]})
    assert len(names(office, distribution_id)) == 59, "nobody comes in by a made-up tick"


def test_bringing_it_up_to_date_shows_who_comes_and_goes_and_remembers_who_was_not_wanted(office, add_person, add_list):
    stays, _firm = add_person(firm="Anton GmbH", family_name="Bleibt")
    goes, _firm = add_person(firm="Berta GmbH", family_name="Geht")
    out, _firm = add_person(firm="Claas GmbH", family_name="Ungewollt")
    distribution_id = add_list()
    with office.writing_as("advisor") as u:
        service.keep_ticks(u, distribution_id, {out}, set())
        contacts.archive_contact(u, goes)
    comes, _firm = add_person(firm="Dora GmbH", family_name="Kommt")
    doubtful, _firm = add_person(firm="Emil GmbH", family_name="Zweifelhaft")
    shown = [comes, doubtful, goes]
    assert names(office, distribution_id) == ["Dr. Ines Bleibt"], "frozen"
    client, url = office.client_as("advisor"), f"/verteiler/{distribution_id}/aktualisieren"
    page = client.get(url).text
    assert "Neu dazu: 2" in page
    assert "Nicht mehr dabei: 1" in page
    assert "Ungewollt" not in page
    assert sorted(map(int, re.findall(r'name="shown" value="(\d+)"', page))) == sorted(shown)
    late, _firm = add_person(firm="Fritz GmbH", family_name="Nachher")
    answer = client.post(url, data={"shown": shown, "come": [comes], "go": [goes, stays]})
    assert answer.status_code == 303
    assert names(office, distribution_id) == ["Dr. Ines Bleibt", "Dr. Ines Kommt"], "who fits today cannot go"
    with office.writing_as("advisor") as u:
        contacts.restore_contact(u, goes)
        changes = queries.changes(u, queries.distribution(u, distribution_id))
    assert [p.id for p in changes.come] == [goes, late], "who was not wanted is not offered, who was not shown is"


def test_a_filter_that_is_gone_is_not_taken_for_all_firms(office, add_person, add_list):
    add_person(firm="Anton GmbH")
    distribution_id = add_list()
    add_person(firm="Berta GmbH", family_name="Berta")
    with office.writing_as("advisor") as u:
        queries.distribution(u, distribution_id).query = "q=gmbh&f-nirgends=x"
    client = office.client_as("advisor")
    url, new = f"/verteiler/{distribution_id}/aktualisieren", "/verteiler/neu?von=unternehmen&f-nirgends=x"
    sentence = "Ein Filter dieser Auswahl ist zurzeit nicht verfügbar."
    for answer in (
        client.get(url), client.post(url, data={"shown": ["2"], "come": ["2"]}),
        client.get(new), client.post(new, data={"title": "Neu", "which": "main"}),
    ):  # fmt: skip
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert names(office, distribution_id) == ["Dr. Ines Müller"]
    assert client.get("/verteiler/2").status_code == 404


def test_units_and_roles(office, add_person, add_list):
    office.add_unit("Nachbarstadt")
    add_person(firm="Fremd GmbH", unit_id=2)
    add_person(firm="Eigen GmbH", family_name="Eigen")
    distribution_id = add_list()
    assert names(office, distribution_id) == ["Dr. Ines Eigen"]
    foreign = office.client_as("advisor", 2)
    for path in ("", "/personen", "/aktualisieren", "/schreiben", "/personen.csv", "/briefe.pdf"):
        assert foreign.get(f"/verteiler/{distribution_id}{path}").status_code == 404, path
    for path in ("", "/personen", "/aktualisieren", "/archivieren"):
        assert foreign.post(f"/verteiler/{distribution_id}{path}").status_code == 404, path
    assert f"/verteiler/{distribution_id}" not in foreign.get("/verteiler").text
    reader = office.client_as("reader")
    assert reader.get(f"/verteiler/{distribution_id}").status_code == 200
    assert "selected" not in reader.get(f"/verteiler/{distribution_id}/personen").text
    for path in ("/verteiler/neu?von=unternehmen", f"/verteiler/{distribution_id}/schreiben"):
        assert reader.get(path).status_code == 403, path
    assert "Verteiler anlegen" not in reader.get("/unternehmen").text
    assert office.client_as("privacy").get("/verteiler").status_code == 403
    assert office.client_as("admin").get(f"/verteiler/{distribution_id}").status_code == 403
    with pytest.raises(Forbidden), office.writing_as("reader") as u:
        service.archive_distribution(u, distribution_id)


def test_a_district_reads_the_lists_of_its_towns_and_does_not_change_them(office, add_person, add_list):
    town = office.add_unit("Gemeinde", parent_id=1)
    add_person(firm="Dorf GmbH", unit_id=town, family_name="Dorf")
    theirs = add_list(unit_id=town)
    assert names(office, theirs, "advisor") == ["Dr. Ines Dorf"]
    assert office.client_as("advisor").post(f"/verteiler/{theirs}/archivieren").status_code == 403
    mine = add_list()
    assert names(office, mine) == ["Dr. Ines Dorf"], "it writes to the firms that it reads"
    with pytest.raises(NotFound):
        names(office, mine, "advisor", town)


def test_a_name_that_somebody_changed_meanwhile_is_not_overwritten(office, add_person, add_list):
    add_person()
    distribution_id = add_list("Alt")
    client, url = office.client_as("advisor"), f"/verteiler/{distribution_id}"
    assert client.post(url, data={"title": "Neu", "version": "1"}).status_code == 303
    late = client.post(url, data={"title": "Neuer", "version": "1"})
    assert late.status_code == 409
    assert "Neu" in late.text
    assert "Neuer" in late.text
    assert client.post(url, data={"title": "", "version": "2"}).status_code == 422
    with pytest.raises(StaleVersion), office.writing_as("lead") as u:
        service.rename_distribution(u, distribution_id, 1, "X")


def test_archived_lists_are_set_aside_and_come_back(office, add_person, add_list):
    add_person()
    distribution_id = add_list("Sommerfest")
    client = office.client_as("advisor")
    client.post(f"/verteiler/{distribution_id}/archivieren")
    assert "Sommerfest" not in client.get("/verteiler").text
    assert "Sommerfest" in client.get("/verteiler?archiv=1").text
    text = {"channel": "mail", "subject": "x", "body": "y"}
    assert "archiviert" in client.post(f"/verteiler/{distribution_id}/schreiben", data=text).text
    client.post(f"/verteiler/{distribution_id}/wiederherstellen")
    assert "Sommerfest" in client.get("/verteiler").text


NAUGHTY = "<script>alert(1)</script> {{ 7*7 }} '; DROP TABLE contact;-- \u202e 田中 😀 \u200b"


def test_naughty_names_stay_text_everywhere(office, add_person, add_list):
    add_person(firm=f"{NAUGHTY} GmbH", family_name=NAUGHTY, title="", given_name="")
    distribution_id = add_list(NAUGHTY)
    client = office.client_as("advisor")
    for path in ("", f"/{distribution_id}", f"/{distribution_id}/personen", f"/{distribution_id}/aktualisieren"):
        page = client.get(f"/verteiler{path}").text
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page, path
    assert names(office, distribution_id) == [NAUGHTY]


def table_of(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_the_table_is_for_advisors_audited_and_holds_no_formula(office, add_person, add_list):
    contact_id, _firm = add_person(
        firm="=cmd|' /C calc'!A0 GmbH", family_name="@SUM(1)", given_name="+49", title="-1", function='=1+1;"x"',
        phone="07531 900", site=None,
    )  # fmt: skip
    out, _firm = add_person(firm="Ungewollt GmbH", family_name="Ungewollt")
    distribution_id = add_list()
    with office.writing_as("advisor") as u:
        service.keep_ticks(u, distribution_id, {out}, set())
        optouts.note_opt_out(u, contact_id, OptOutInput("information", "post", "spoken"))
    url = f"/verteiler/{distribution_id}/personen.csv"
    assert office.client_as("assistant").get(url).status_code == 403
    answer = office.client_as("advisor").get(url)
    assert answer.headers["Content-Type"].startswith("text/csv")
    header, *lines = table_of(answer)
    (line,) = lines
    row = dict(zip(header, line, strict=True))
    assert (row["Anrede"], row["Nachname"], row["Vorname"], row["Titel"]) == ("Frau", "'@SUM(1)", "'+49", "'-1")
    assert (row["Unternehmen"], row["Funktion"]) == ("'=cmd|' /C calc'!A0 GmbH", '\'=1+1;"x"')
    assert (row["E-Mails"], row["Briefe"]) == ("erlaubt: Rechtsgrundlage", "nicht erwünscht")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in line)
    with office.reading_as("admin") as u:
        (event,) = u.session.scalars(select(AuditEvent).where(AuditEvent.action == "export"))
    assert (event.subject, event.detail) == (f"distribution:{distribution_id}", {"persons": 1})


def test_a_list_is_refused_whose_origin_is_nonsense(office, add_person):
    add_person()
    for given in (
        DistributionInput("x", "partners", "", "main"),
        DistributionInput("x", codes.FIRMS, "q" * 5000, "main"),
        DistributionInput("x", codes.CONTACTS, "", "main"),
    ):
        with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
            service.create_distribution(u, given)
