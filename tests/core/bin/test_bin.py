"""The bin: out of every list, back exactly as it was, gone for good only where nothing has to be kept."""

import html
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.base.history import FieldChange
from wf40.core.bin import queries, service
from wf40.core.bin.models import BinEntry
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, archive_contact, give_consent
from wf40.core.firms.models import Firm
from wf40.core.firms.service import FirmInput, archive_firm, change_firm, restore_firm
from wf40.core.merges.service import MergeInput, merge
from wf40.core.tags.service import tag_firm


def put(office, firm, role="advisor", unit_id=1):
    with office.writing_as(role, unit_id) as u:
        return service.put_firm(u, firm.id)


def state(office, firm):
    with office.reading_as("lead") as u:
        row = u.session.get_one(Firm, firm.id)
        return row.archived_at, row.deleted_at


def sweep(office):
    service.sweep(office.product.database)


def left(office):
    with office.reading_as("lead") as u:
        return set(u.session.scalars(select(Firm.id)))


def test_a_firm_that_is_part_of_another_does_not_go_into_the_bin(office):
    keep, gone = office.add_firm("Müller Bau GmbH"), office.add_firm("Mueller Bau GmbH")
    with office.writing_as("lead") as u:
        merge(u, MergeInput(keep.id, gone.id, 1, 1))
    with pytest.raises(InvalidInput, match="in einem anderen aufgegangen"):
        put(office, gone)
    assert state(office, gone)[1] is None
    put(office, keep)
    assert state(office, keep)[1] is not None


def test_a_firm_goes_into_the_bin_and_comes_back_with_one_click(office):
    firm, client = office.add_firm("Versehen GmbH"), office.client_as("advisor")
    page = client.get(f"/unternehmen/{firm.id}").text
    assert f'action="/unternehmen/{firm.id}/papierkorb"' in page
    answer = client.post(f"/unternehmen/{firm.id}/papierkorb")
    assert answer.status_code == 303
    shown = html.unescape(client.get(answer.location).text)
    assert "Dieses Unternehmen liegt im Papierkorb" in shown
    assert "Rückgängig machen" in shown
    assert "/bearbeiten" not in shown
    for path in ("/unternehmen", "/unternehmen?zustand=archiv", "/unternehmen?q=Versehen"):
        assert "Versehen GmbH" not in client.get(path).text, path
    listed = html.unescape(client.get("/papierkorb").text)
    assert "Versehen GmbH" in listed
    assert "Beratung 1" in listed
    with office.reading_as("advisor") as u:
        entry = queries.entries(u).rows[0]
    assert client.post(f"/papierkorb/{entry.id}/zurueck").status_code == 303
    assert "Versehen GmbH" in client.get("/unternehmen").text
    assert state(office, firm) == (None, None)
    history = client.get(f"/unternehmen/{firm.id}/aenderungen").text
    assert history.count("Im Papierkorb") == 2


def test_what_was_archived_before_is_archived_again(office):
    firm = office.add_firm("Alt GmbH")
    with office.writing_as("advisor") as u:
        archive_firm(u, firm.id)
    before = state(office, firm)
    office.clock.moment += timedelta(days=2)
    entry_id = put(office, firm)
    assert put(office, firm) == entry_id
    with office.writing_as("advisor") as u:
        service.restore(u, entry_id)
    assert state(office, firm) == before
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        service.restore(u, entry_id)


def test_nothing_is_changed_at_a_firm_in_the_bin(office):
    firm = office.add_firm("Versehen GmbH")
    put(office, firm)
    with pytest.raises(InvalidInput, match="Papierkorb"), office.writing_as("advisor") as u:
        restore_firm(u, firm.id)
    with pytest.raises(InvalidInput, match="Papierkorb"), office.writing_as("advisor") as u:
        change_firm(u, firm.id, 2, FirmInput("Anders GmbH"))


def test_a_person_goes_into_the_bin_and_comes_back(office):
    firm, client = office.add_firm("Muster GmbH"), office.client_as("advisor")
    with office.writing_as("advisor") as u:
        person = add_contact(u, firm.id, ContactInput("Irrtum", "Ines"))
    address = f"/ansprechpersonen/{person}/papierkorb"
    assert client.post(address).status_code == 303
    for path in ("/ansprechpersonen", "/ansprechpersonen?archiv=1", f"/unternehmen/{firm.id}/ansprechpersonen"):
        assert "Irrtum" not in client.get(path).text, path
    with pytest.raises(InvalidInput, match="Papierkorb"), office.writing_as("advisor") as u:
        archive_contact(u, person)
    assert "Irrtum" in client.get("/papierkorb").text
    assert client.post(f"{address}/zurueck").status_code == 303
    assert "Irrtum" in client.get("/ansprechpersonen").text


def test_after_thirty_days_it_is_gone_with_all_that_belonged_to_it_alone(office):
    firm, other = office.add_firm("Versehen GmbH"), office.add_firm("Bleibt GmbH")
    with office.writing_as("advisor") as u:
        add_contact(u, firm.id, ContactInput("Irrtum", "Ines"))
        tag_firm(u, firm.id, "Export")
    put(office, firm)
    office.clock.moment += timedelta(days=29)
    sweep(office)
    assert left(office) == {firm.id, other.id}
    office.clock.moment += timedelta(days=2)
    sweep(office)
    sweep(office)
    assert left(office) == {other.id}
    with office.reading_as("lead") as u:
        assert u.session.scalar(select(Contact.id)) is None
        assert u.session.scalar(select(BinEntry.id)) is None
        assert u.session.scalar(select(FieldChange.id).where(FieldChange.subject == f"firm:{firm.id}")) is None
    assert office.client_as("reader").get(f"/unternehmen/{firm.id}").status_code == 404


def test_what_documents_work_is_kept_and_the_preview_says_so(office):
    firm, client = office.add_firm("Beraten GmbH"), office.client_as("lead")
    agreed, plain = office.add_firm("Zugestimmt GmbH"), office.add_firm("Versehen GmbH")
    with office.writing_as("advisor") as u:
        add_consultation(u, firm.id, ConsultationInput("call", "phone", date(2026, 11, 20), occasion="Anruf"))
        person = add_contact(u, agreed.id, ContactInput("Vorlage", "Ines"))
        give_consent(u, person, ConsentInput("survey", "mail", date(2026, 11, 20), "written"))
    ids = {each.id: put(office, each) for each in (firm, agreed, plain)}
    page = html.unescape(client.get("/papierkorb").text)
    assert "Gespräche: 1" in page
    assert "Einwilligungen: 1" in page
    preview = html.unescape(client.get("/papierkorb/leeren").text)
    assert "2 Einträge bleiben im Papierkorb" in preview
    assert "1 Eintrag endgültig löschen" in preview
    with pytest.raises(InvalidInput), office.writing_as("lead") as u:
        service.empty(u, [ids[firm.id]])
    given = {"eintrag": [str(entry_id) for entry_id in ids.values()]}
    assert client.post("/papierkorb/leeren", data=given).status_code == 303
    assert left(office) == {firm.id, agreed.id}
    office.clock.moment += timedelta(days=400)
    sweep(office)
    assert left(office) == {firm.id, agreed.id}


def test_only_what_the_preview_showed_is_deleted(office):
    seen, later = office.add_firm("Gesehen GmbH"), office.add_firm("Später GmbH")
    entry_id = put(office, seen)
    put(office, later)
    client = office.client_as("lead")
    assert client.post("/papierkorb/leeren", data={"eintrag": [str(entry_id)]}).status_code == 303
    assert left(office) == {later.id}


def test_rights_and_units_hold(office):
    other = office.add_unit("Nachbarstadt")
    firm, foreign = office.add_firm("Muster GmbH"), office.add_firm("Fremde GmbH", other)
    with pytest.raises(NotFound):
        put(office, foreign)
    with pytest.raises(Forbidden):
        put(office, firm, "reader")
    entry_id = put(office, foreign, unit_id=other)
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        service.restore(u, entry_id)
    assert "Fremde GmbH" not in office.client_as("lead").get("/papierkorb").text
    assert office.client_as("advisor").get("/papierkorb/leeren").status_code == 403
    assert office.client_as("lead").get(f"/papierkorb/leeren?eintrag={entry_id}").status_code == 404
    assert left(office) == {firm.id, foreign.id}
