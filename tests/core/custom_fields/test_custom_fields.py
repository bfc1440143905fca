"""An office's own fields: defined without code, filled at the firm, found in list, file and history."""

import html
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.custom_fields import filling, listing, queries, rules, service
from wf40.core.custom_fields.rules import FieldInput, OptionInput
from wf40.core.firms.selection import firms_listed
from wf40.sdk.firm_data import ImportOrigin


@pytest.fixture
def add(office):
    def make(name, kind="text", options=(), unit_id=1, **more):
        with office.writing_as("lead", unit_id) as u:
            return service.add_field(u, FieldInput(name, kind, **more), [OptionInput(o) for o in options])

    return make


def fill(office, firm, role="advisor", **values):
    with office.writing_as(role) as u:
        fields = {f.name: f for f in queries.fields(u)}
        given = {fields[name].id: value for name, value in values.items()}
        return filling.put(u, {firm.id: given})


def stored(office, firm, role="reader"):
    with office.reading_as(role) as u:
        names = {f.id: f.name for f in queries.fields(u)}
        return {names[k]: v for k, v in queries.values(u, [firm.id]).get(firm.id, {}).items()}


def option(office, field_id, name):
    with office.reading_as("lead") as u:
        return next(k for k, label in queries.definition(u, field_id).options if label == name)


def listed(office, query, role="reader"):
    with office.app.test_request_context(), office.reading_as(role) as u:
        return firms_listed(u, query).ids


def test_an_office_defines_a_field_and_fills_it_on_the_firms_page(office):
    firm, lead, client = office.add_firm("Muster GmbH"), office.client_as("lead"), office.client_as("advisor")
    page = f"/unternehmen/{firm.id}"
    assert "Weitere Angaben" not in client.get(page).text
    assert client.get(f"{page}/weitere-angaben").status_code == 404
    given = {"name": "Innung", "kind": "choice", "help": "Wie im Ausweis", "in_panel": "y", "in_list": "y"}
    given["new_options"] = "Metall\r\nHolz\r\n"
    assert lead.post("/verwaltung/felder/neu", data=given).status_code == 303
    for name, kind in (("Fläche", "number"), ("Zertifikat bis", "date"), ("Messe", "text")):
        given = {"name": name, "kind": kind, "in_panel": "y", "in_list": "y"}
        assert lead.post("/verwaltung/felder/neu", data=given).status_code == 303
    with office.reading_as("lead") as u:
        ids = {d.row.name: d.row.id for d in queries.definitions(u)}
    form = {
        f"feld_{ids['Innung']}": str(option(office, ids["Innung"], "Holz")), f"feld_{ids['Fläche']}": "1.250,5",
        f"feld_{ids['Zertifikat bis']}": "2027-03-01", f"feld_{ids['Messe']}": "Bauen & Wohnen", "version": "0",
    }  # fmt: skip
    office.clock.moment += timedelta(minutes=5)
    assert client.post(f"{page}/weitere-angaben", data=form).status_code == 303
    shown = html.unescape(client.get(page).text)
    for part in ("Weitere Angaben", "Holz", "1.250,5", "01.03.2027", "Bauen & Wohnen"):
        assert part in shown, part
    assert stored(office, firm)["Fläche"] == Decimal("1250.5")
    history = html.unescape(client.get(f"{page}/aenderungen").text)
    for part in ("Innung", "Holz", "1.250,5", "01.03.2027"):
        assert part in history, part
    assert "Fläche" in html.unescape(client.get(f"{page}/verlauf").text)


def test_two_who_save_at_once_see_both_versions(office, add):
    firm, field_id = office.add_firm("Muster GmbH"), add("Messe")
    client, address = office.client_as("advisor"), f"/unternehmen/{firm.id}/weitere-angaben"
    assert client.post(address, data={f"feld_{field_id}": "Hannover", "version": "0"}).status_code == 303
    late = client.post(address, data={f"feld_{field_id}": "Köln", "version": "0"})
    assert late.status_code == 409
    assert "Hannover" in late.text
    assert "Köln" in late.text
    assert stored(office, firm) == {"Messe": "Hannover"}
    assert client.post(address, data={f"feld_{field_id}": "Köln", "version": "1"}).status_code == 303
    with pytest.raises(StaleVersion), office.writing_as("advisor") as u:
        filling.save_sheet(u, firm.id, 1, {field_id: "Essen"})


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "12"), ("1.250", "1250"), ("1.250,5", "1250.5"), ("1,250.5", "1250.5"), ("12.5", "12.5"), ("-3,1", "-3.1"),
     ("1 000", "1000"), ("0,0001", "0.0001")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, number):
    assert rules.read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["zwölf", "1,2,3", "1e5", "NaN", "0,00001", "9" * 14, "--1", "١٢"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidInput):
        rules.read_number(text)


@pytest.mark.parametrize("text", ["31.02.2026", "morgen", "1.1.26", "2026-13-01", "20260101x"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(InvalidInput, match="kein Datum"):
        rules.read_day(text)


def test_days_are_read_in_both_notations():
    assert rules.read_day("1.3.2026") == rules.read_day("2026-03-01") == date(2026, 3, 1)
    assert rules.read_day("2026-03-01 00:00:00") == date(2026, 3, 1)


@settings(max_examples=200)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_in_a_form_reads_as_itself(number):
    assert rules.read_number(rules.in_field(number)) == number
    assert rules.from_json("number", rules.to_json(number)) == number


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_numbers_come_back_from_the_database_exactly(office, number):
    with office.writing_as("lead") as u:
        rows = queries.definitions(u)
        field_id = rows[0].row.id if rows else service.add_field(u, FieldInput("Fläche", "number"))
    firm = office.add_firm("Muster GmbH")
    with office.writing_as("advisor") as u:
        filling.put(u, {firm.id: {field_id: number}})
    assert stored(office, firm) == {"Fläche": number}


def test_renaming_a_choice_renames_it_everywhere_and_one_in_use_stays(office, add):
    firm, field_id = office.add_firm("Muster GmbH"), add("Innung", "choice", ["Metall", "Holz"])
    metal, wood = option(office, field_id, "Metall"), option(office, field_id, "Holz")
    fill(office, firm, Innung=metal)
    client, address = office.client_as("lead"), f"/verwaltung/felder/{field_id}"
    form = {
        "name": "Innung", "in_panel": "y", "in_list": "y", "version": "1", f"option_{metal}": "Holz",
        f"option_{wood}": "Metall", f"place_{metal}": "2", f"place_{wood}": "1",
    }  # fmt: skip
    assert client.post(address, data=form).status_code == 303
    assert "Holz" in office.client_as("reader").get(f"/unternehmen/{firm.id}").text
    with office.reading_as("lead") as u:
        assert queries.definition(u, field_id).options == ((wood, "Metall"), (metal, "Holz"))
    refused = client.post(address, data={**form, "version": "2", f"remove_{metal}": "y"})
    assert refused.status_code == 422
    assert "bei 1 Unternehmen eingetragen" in html.unescape(refused.text)
    assert client.post(address, data={**form, "version": "2", f"remove_{wood}": "y"}).status_code == 303
    with office.reading_as("lead") as u:
        assert queries.definition(u, field_id).options == ((metal, "Holz"),)
    assert client.post(address, data={**form, "version": "1"}).status_code == 409


def test_a_choice_without_entries_or_with_two_alike_is_refused(office, add):
    with pytest.raises(InvalidInput, match="mindestens einen"):
        add("Innung", "choice")
    with pytest.raises(InvalidInput, match="zweimal"):
        add("Innung", "choice", ["Holz", "HOLZ"])
    add("Messe")
    with pytest.raises(InvalidInput, match="gibt es schon"):
        add("messe")


def test_an_archived_field_is_gone_from_view_and_comes_back_with_its_values(office, add):
    firm, field_id = office.add_firm("Muster GmbH"), add("Messe")
    fill(office, firm, Messe="Hannover")
    client, reader = office.client_as("lead"), office.client_as("reader")
    assert client.post(f"/verwaltung/felder/{field_id}/archivieren").status_code == 303
    assert stored(office, firm) == {}
    assert "Hannover" not in reader.get(f"/unternehmen/{firm.id}").text.split("Verlauf")[0]
    assert "Messe" in reader.get(f"/unternehmen/{firm.id}/aenderungen").text
    with office.reading_as("lead") as u:
        assert [d.used for d in queries.definitions(u)] == [1]
    with pytest.raises(InvalidInput, match="archiviertes Feld"):
        add("Messe")
    assert client.post(f"/verwaltung/felder/{field_id}/wiederherstellen").status_code == 303
    assert stored(office, firm) == {"Messe": "Hannover"}


def test_the_order_is_kept_in_form_and_panel(office, add):
    ids = [add(name) for name in ("Eins", "Zwei", "Drei")]
    client = office.client_as("lead")
    client.post(f"/verwaltung/felder/{ids[2]}/hoch")
    client.post(f"/verwaltung/felder/{ids[0]}/runter")
    client.post(f"/verwaltung/felder/{ids[2]}/hoch")
    with office.reading_as("reader") as u:
        assert [f.name for f in queries.fields(u)] == ["Drei", "Eins", "Zwei"]


def test_the_list_filters_and_orders_by_the_office_s_own_fields(office, add):
    one, two, three = (office.add_firm(f"{name} GmbH") for name in ("Albert", "Berta", "Cäsar"))
    choice = add("Innung", "choice", ["Metall", "Holz"])
    ids = {"Innung": choice, "Fläche": add("Fläche", "number"), "Bis": add("Bis", "date"), "Messe": add("Messe")}
    metal, wood = option(office, choice, "Metall"), option(office, choice, "Holz")
    fill(office, one, Innung=wood, Fläche=Decimal("99.5"), Bis=date(2026, 5, 1), Messe="Ökologie")
    fill(office, two, Innung=metal, Fläche=Decimal(1000), Bis=date(2027, 1, 1), Messe="Zimmer")

    def by(name, value):
        return listed(office, f"f-feld-{ids[name]}={value}")

    assert by("Innung", metal) == [two.id]
    assert by("Innung", "ohne") == [three.id]
    assert by("Fläche", "99,5..100") == [one.id]
    assert by("Fläche", "100..") == [two.id]
    assert by("Fläche", "..2000") == [one.id, two.id]
    assert by("Fläche", "viel..") == []
    assert by("Bis", "2026-06-01..2027-12-31") == [two.id]
    assert by("Messe", "oekolog") == [one.id]
    with office.app.test_request_context(), office.reading_as("reader") as u:
        columns = {c.key: c for c in listing.columns(queries.fields(u))}
        for name, shown in (
            ("Innung", ["Metall", "Holz"]),
            ("Messe", ["Ökologie", "Zimmer"]),
            ("Fläche", ["99,5", "1.000"]),
        ):
            column = columns[f"feld-{ids[name]}"]
            rows = column.select(u)
            ordered = u.session.execute(rows.order_by(list(rows.selected_columns)[1])).all()
            assert [str(column.present(row[1])) for row in ordered] == shown


def test_each_unit_has_fields_of_its_own(office, add):
    other = office.add_unit("Nachbarstadt")
    firm, foreign_id = office.add_firm("Muster GmbH"), add("Messe", unit_id=other)
    with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
        filling.put(u, {firm.id: {foreign_id: "x"}})
    with pytest.raises(NotFound), office.writing_as("lead") as u:
        service.archive_field(u, foreign_id)
    own, foreign = add("Messe"), office.add_firm("Fremde GmbH", other)
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        filling.put(u, {foreign.id: {own: "x"}})
    with pytest.raises(Forbidden), office.writing_as("reader") as u:
        filling.put(u, {firm.id: {own: "x"}})
    assert office.client_as("advisor").get("/verwaltung/felder").status_code == 403


def test_each_actor_of_a_transaction_sees_the_fields_of_his_units(office, add):
    other = office.add_unit("Nachbarstadt")
    add("Messe")
    with office.reading_as("reader") as u:
        neighbour = u.seen_by(replace(u.actor, unit_id=other, units=frozenset({other})))
        assert queries.fields(neighbour) == []
        assert [field.name for field in queries.fields(u)] == ["Messe"]
        assert queries.fields(neighbour) == []


def test_columns_of_files_say_what_is_wrong_and_are_undone(office, add):
    firm = office.add_firm("Muster GmbH")
    add("Innung", "choice", ["Metall", "Holz"])
    add("Fläche", "number")
    fill(office, firm, Fläche=Decimal(7))
    with office.writing_as("advisor") as u:
        guild, area = listing.import_columns(u)
        with pytest.raises(InvalidInput, match="Metall, Holz"):
            guild.read("Stein")
        before = {f.key: f.present(u, [firm.id]) for f in (guild, area)}
        assert before[area.key] == {firm.id: "7"}
        guild.store(u, {firm.id: guild.read("holz")}, ImportOrigin("Liste"))
        assert list(area.store(u, {firm.id: area.read("1.000,25")}, ImportOrigin("Liste"))) == [firm.id]
        assert list(area.store(u, {firm.id: area.read("1000,25")}, ImportOrigin("Liste"))) == []
    assert stored(office, firm)["Fläche"] == Decimal("1000.25")
    with office.writing_as("advisor") as u:
        for field in listing.import_columns(u):
            field.store(u, {firm.id: before[field.key].get(firm.id)}, ImportOrigin(""))
    assert stored(office, firm) == {"Fläche": Decimal(7)}
