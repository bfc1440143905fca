"""The office's calendar and departments: who keeps them, who shares them, what is refused."""

from datetime import date

import pytest

from wf40.base.access import Actor
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.accounts.roles import ROLES
from wf40.core.office import queries, service
from wf40.core.office.calendar import Closing
from wf40.core.office.rules import MOST_CLOSINGS, DepartmentInput
from wf40.sdk import Spec
from wf40.sdk.services import WorkingDays

AMT = "/verwaltung/amt"
BUILDING = DepartmentInput("Bauordnungsamt", "bauordnung@musterhausen.example", contact_name="Frau Yıldız")
CORPUS_CHRISTI = date(2027, 5, 27)


def add(office, given=BUILDING, role="lead", unit_id=1):
    with office.writing_as(role, unit_id) as u:
        return service.add_department(u, given)


def works_on(office, day, role="advisor", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return u.service(WorkingDays).is_working(u, day)


def recipients(office, firm, topic="", role="advisor", unit_id=1):
    with office.app.test_request_context(), office.reading_as(role, unit_id) as u:
        found = office.product.hooks.each(Spec.handover_recipients, u, firm, topic)
    return sorted((r for r in found if r.key.startswith("office-")), key=lambda r: r.order)


def test_nobody_saved_a_calendar_so_christmas_eve_and_new_years_eve_are_free(office):
    with office.reading_as("advisor") as u:
        days = u.service(WorkingDays)
        assert days.after(u, date(2026, 12, 23), 1) == date(2026, 12, 28)
        assert days.after(u, date(2026, 12, 30), 1) == date(2027, 1, 4)
        assert days.between(u, date(2026, 12, 23), date(2026, 12, 28)) == 1
        assert days.is_working(u, CORPUS_CHRISTI)


def test_the_head_chooses_the_land_and_deadlines_follow_at_once(office):
    client = office.client_as("lead")
    assert f'href="{AMT}"' in client.get("/").text
    answer = client.post(f"{AMT}/land", data={"land": "BW"})
    assert answer.status_code == 303
    page = client.get(AMT).text
    assert "27.05.2027" in page
    assert "Fronleichnam" in page
    assert not works_on(office, CORPUS_CHRISTI)
    with office.writing_as("lead") as u:
        service.set_land(u, "BE")
        assert u.service(WorkingDays).is_working(u, CORPUS_CHRISTI), "in the same unit of work, too"


def test_a_closing_day_is_entered_on_the_page_and_removed_again(office):
    client, day = office.client_as("lead"), date(2027, 5, 7)
    given = {"day": "2027-05-07", "label": "Brückentag"}
    assert client.post(f"{AMT}/schliesstage", data=given).status_code == 303
    page = client.get(AMT).text
    assert "07.05.2027" in page
    assert "Brückentag" in page
    assert "Heiligabend" in page, "what held before stays"
    assert not works_on(office, day)
    client.post(f"{AMT}/schliesstage", data={**given, "label": "Betriebsausflug"})
    with office.reading_as("lead") as u:
        labels = [c.label for c in queries.calendar_view(u).closings]
    assert labels == ["Heiligabend", "Silvester", "Betriebsausflug"], "the same day is there once"
    assert client.post(f"{AMT}/schliesstage/entfernen", data={"tag": "2027-05-07"}).status_code == 303
    assert works_on(office, day)
    assert client.post(f"{AMT}/schliesstage/entfernen", data={"tag": "12-24"}).status_code == 303
    assert works_on(office, date(2026, 12, 24))
    assert not works_on(office, date(2026, 12, 31))


def test_a_yearly_closing_day_holds_every_year(office):
    given = {"day": "2027-02-11", "label": "Weiberfastnacht", "yearly": "y"}
    office.client_as("admin").post(f"{AMT}/schliesstage", data=given)
    assert not works_on(office, date(2027, 2, 11))
    assert not works_on(office, date(2030, 2, 11))


@pytest.mark.parametrize(
    ("path", "given", "sentence"),
    [
        ("schliesstage", {"day": "", "label": "Ausflug"}, "Geben Sie den Tag ein, an dem das Amt geschlossen ist."),
        ("schliesstage", {"day": "31.02.2027", "label": "x"}, "Das ist kein Datum."),
        ("schliesstage", {"day": "2027-05-07", "label": " "}, "Schreiben Sie, warum das Amt geschlossen ist"),
        ("schliesstage", {"day": "2027-05-07", "label": "x" * 101}, "Bitte kürzen Sie auf höchstens 100."),
        ("land", {"land": "XX"}, "Bitte prüfen Sie eine Angabe"),
        ("fachaemter/neu", {"name": ""}, "Geben Sie den Namen des Fachamts ein."),
        ("fachaemter/neu", {"name": "x" * 201, "phone": "069 1"}, "Bitte kürzen Sie auf höchstens 200."),
        ("fachaemter/neu", {"name": "Umweltamt"}, "Geben Sie eine E-Mail-Adresse oder eine Telefonnummer ein"),
        ("fachaemter/neu", {"name": "Umweltamt", "email": "umwelt@"}, "Das ist keine vollständige E-Mail-Adresse."),
        ("fachaemter/neu", {"name": "Umweltamt", "phone": "0"}, "Das ist keine Telefonnummer."),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(office, path, given, sentence):
    client = office.client_as("lead")
    answer = client.post(f"{AMT}/{path}", data=given)
    assert answer.status_code == 422
    assert sentence in answer.text
    with office.reading_as("lead") as u:
        assert queries.departments(u) == []
        assert not queries.calendar_view(u).saved


def test_services_refuse_what_no_form_can_send(office):
    with office.writing_as("lead") as u:
        with pytest.raises(InvalidInput):
            service.set_land(u, "Bavaria")
        with pytest.raises(InvalidInput):
            service.add_department(u, DepartmentInput("Amt", phone="069 90001", topics=("weather",)))
        service.drop_closing(u, "gestern")
        for number in range(MOST_CLOSINGS - 2):
            service.add_closing(u, Closing(1 + number % 12, 1 + number // 12, 2030, "Umzug"))
        with pytest.raises(InvalidInput, match="200"):
            service.add_closing(u, Closing(12, 30, 2031, "einer zu viel"))


def test_units_of_a_district_share_its_calendar_until_one_saves_its_own(office):
    child = office.add_unit("Gemeinde Unterdorf", parent_id=1)
    neighbour = office.add_unit("Nachbarkreis")
    with office.writing_as("lead") as u:
        service.set_land(u, "BW")
        service.add_closing(u, Closing(3, 1, 2027, "Kreistag"))
    assert not works_on(office, CORPUS_CHRISTI, unit_id=child)
    assert works_on(office, CORPUS_CHRISTI, unit_id=neighbour)
    page = office.client_as("lead", child).get(AMT).text
    assert "Es gilt der gemeinsame Kalender der übergeordneten Einheit." in page
    with office.writing_as("lead", child) as u:
        service.add_closing(u, Closing(3, 2, 2027, "Dorffest"))
    assert not works_on(office, date(2027, 3, 1), unit_id=child), "its own begins with what held"
    assert not works_on(office, date(2027, 3, 2), unit_id=child)
    assert works_on(office, date(2027, 3, 2)), "the district's is untouched"
    assert office.client_as("lead", child).post(f"{AMT}/kalender-teilen").status_code == 303
    assert works_on(office, date(2027, 3, 2), unit_id=child)
    assert not works_on(office, CORPUS_CHRISTI, unit_id=child)


def test_the_product_itself_keeps_to_the_calendar_that_was_saved_first(office):
    with office.writing_as("lead") as u:
        service.set_land(u, "BW")
    with office.product.database.read(Actor.system()) as u:
        assert not u.service(WorkingDays).is_working(u, CORPUS_CHRISTI)


def test_a_department_is_added_offered_archived_and_offered_again(office):
    client, firm = office.client_as("lead"), office.add_firm("Muster GmbH")
    form = {"name": BUILDING.name, "email": BUILDING.email, "phone": "069 90007001", "contact_name": "Frau Yıldız"}
    assert client.post(f"{AMT}/fachaemter/neu", data=form | {"topics": ["permit"]}).status_code == 303
    (found,) = recipients(office, firm, "permit")
    assert (found.label, str(found.group), found.email) == (BUILDING.name, "Fachämter", BUILDING.email)
    assert found.note == "Frau Yıldız"
    number = found.key.removeprefix("office-")
    assert found.url == f"{AMT}#fachamt-{number}"
    page = office.client_as("reader").get(AMT).text
    assert f'id="fachamt-{number}"' in page
    assert "Genehmigung" in page
    assert client.post(f"{AMT}/fachaemter/{number}/archivieren").status_code == 303
    assert recipients(office, firm) == []
    assert "1 archiviertes Fachamt" in client.get(AMT).text
    assert client.post(f"{AMT}/fachaemter/{number}/wiederherstellen").status_code == 303
    assert [r.key for r in recipients(office, firm)] == [found.key]


def test_those_that_deal_with_the_topic_come_first(office):
    firm = office.add_firm("Muster GmbH")
    add(office, DepartmentInput("Allgemeine Verwaltung", phone="069 90001"))
    add(office, DepartmentInput("Umweltamt", phone="069 90002", topics=("energy",)))
    assert [r.label for r in recipients(office, firm, "energy")] == ["Umweltamt", "Allgemeine Verwaltung"]
    assert [r.label for r in recipients(office, firm, "")] == ["Allgemeine Verwaltung", "Umweltamt"]


def test_a_name_is_given_once_but_free_again_after_archiving(office):
    first = add(office)
    with pytest.raises(InvalidInput, match="gibt es schon"):
        add(office, DepartmentInput("bauordnungsamt", phone="069 90001"))
    with office.writing_as("lead") as u:
        service.archive_department(u, first)
    second = add(office)
    assert second != first
    answer = office.client_as("lead").post(f"{AMT}/fachaemter/{first}/wiederherstellen")
    assert answer.status_code == 422
    assert "Ein Fachamt mit diesem Namen gibt es schon." in answer.text


def test_a_late_save_shows_both_versions_and_the_history_says_who(office):
    number = add(office)
    form = {"name": "Amt für Bauordnung", "email": BUILDING.email, "version": "1"}
    assert office.client_as("admin").post(f"{AMT}/fachaemter/{number}", data=form).status_code == 303
    late = office.client_as("lead").post(f"{AMT}/fachaemter/{number}", data={**form, "name": "Baurechtsamt"})
    assert late.status_code == 409
    assert "Amt für Bauordnung" in late.text
    assert "Baurechtsamt" in late.text
    assert 'name="version" type="hidden" value="2"' in late.text
    again = {**form, "name": "Baurechtsamt", "version": "2"}
    assert office.client_as("lead").post(f"{AMT}/fachaemter/{number}", data=again).status_code == 303
    page = office.client_as("lead").get(f"{AMT}/fachaemter/{number}").text
    for part in ("Baurechtsamt", "Amt für Bauordnung", "Administration 1", "Leitung 1"):
        assert part in page
    with office.writing_as("lead") as u, pytest.raises(StaleVersion):
        service.change_department(u, number, 1, BUILDING)


@pytest.mark.parametrize("role", ROLES)
def test_the_head_and_the_administration_manage_and_the_rest_of_the_office_reads(office, role):
    number, client = add(office), office.client_as(role)
    manages, reads = role in ("lead", "admin"), role != "privacy"
    assert client.get(AMT).status_code == (200 if reads else 403)
    for path in (f"{AMT}/fachaemter/neu", f"{AMT}/fachaemter/{number}"):
        assert client.get(path).status_code == (200 if manages else 403)
    for path in (
        "land",
        "schliesstage",
        "schliesstage/entfernen",
        "kalender-teilen",
        f"fachaemter/{number}/archivieren",
    ):
        answer = client.post(f"{AMT}/{path}", data={"land": "BW", "day": "2027-03-01", "label": "Umzug"})
        assert answer.status_code == (303 if manages else 403), path
    if reads and not manages:
        assert "Fachamt anlegen" not in client.get(AMT).text


def test_another_units_department_does_not_exist_and_a_childs_is_not_changed(office):
    child, neighbour = office.add_unit("Gemeinde Unterdorf", parent_id=1), office.add_unit("Nachbarstadt")
    foreign, below = (
        add(office, unit_id=neighbour),
        add(office, DepartmentInput("Ordnungsamt", "o@u.example"), "lead", child),
    )
    firm = office.add_firm("Unterdorf GmbH", child)
    with office.reading_as("lead") as u:
        assert queries.departments(u) == queries.departments(u, neighbour) == []
        with pytest.raises(NotFound):
            queries.department_to_edit(u, foreign)
    with office.writing_as("lead") as u, pytest.raises(Forbidden):
        service.archive_department(u, below)
    assert [r.label for r in recipients(office, firm, unit_id=child)] == ["Ordnungsamt"]
    assert office.client_as("lead").get(f"{AMT}/fachaemter/{foreign}").status_code == 404
    assert office.client_as("lead").get(f"{AMT}/fachaemter/{below}").status_code == 403


def test_the_administration_finds_it_among_its_tabs(office):
    assert f'href="{AMT}"' in office.client_as("admin").get("/verwaltung/").text
    assert office.client_as("admin").get(f"{AMT}/schliesstage").status_code == 302


def test_work_in_the_background_names_the_unit_whose_calendar_counts(office):
    child = office.add_unit("Gemeinde Unterdorf", parent_id=1)
    neighbour = office.add_unit("Nachbarkreis")
    for unit_id, land in ((1, "BE"), (neighbour, "BW")):
        with office.writing_as("lead", unit_id) as u:
            service.set_land(u, land)
    start = date(2027, 5, 26)
    with office.product.database.read(Actor.system()) as u:
        days = u.service(WorkingDays)
        assert [days.is_working(u, CORPUS_CHRISTI, unit_id=n) for n in (1, child, neighbour)] == [True, True, False]
        assert days.after(u, start, 1, unit_id=neighbour) == date(2027, 5, 28)
        assert days.between(u, start, date(2027, 5, 28), unit_id=neighbour) == 1
        assert days.between(u, start, date(2027, 5, 28)) == 2
