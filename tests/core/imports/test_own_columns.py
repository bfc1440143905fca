"""Columns that fill what an office keeps beside the facts of firms: own fields and tags."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.core.custom_fields import filling
from wf40.core.custom_fields import queries as field_queries
from wf40.core.custom_fields import service as fields
from wf40.core.custom_fields.rules import FieldInput, OptionInput, to_json
from wf40.core.firms.models import Firm
from wf40.core.tags import queries as tag_queries
from wf40.core.tags import service as tags
from wf40.testing.office import Office

LIST = "Name;Ort;Innung;Fläche;Tags\nMüller GmbH;Konstanz;holz;1.250,5;Messe, Export\nSee Café;Konstanz;;;\n"


@pytest.fixture
def own(office: Office) -> dict[str, int]:
    """Two own fields by name."""
    with office.writing_as("lead") as u:
        guild = fields.add_field(u, FieldInput("Innung", "choice"), [OptionInput("Metall"), OptionInput("Holz")])
        return {"Innung": guild, "Fläche": fields.add_field(u, FieldInput("Fläche", "number"))}


def firm_id(office: Office, name: str) -> int:
    with office.reading_as("advisor") as u:
        return u.session.scalars(select(Firm.id).where(Firm.name == name)).one()


def kept(office: Office, name: str) -> tuple[dict[str, Any], list[str]]:
    """The own fields of a firm and its tags."""
    number = firm_id(office, name)
    with office.reading_as("advisor") as u:
        values = field_queries.values(u, [number]).get(number, {})
        own = {f.name: to_json(values[f.id]) for f in field_queries.fields(u) if f.id in values}
        names = {f.name: f.option_names() for f in field_queries.fields(u)}
        shown = {name: names[name].get(value, value) for name, value in own.items()}
        return shown, sorted(tag_queries.carried(u, [number]).get(number, {}).values())


def test_a_file_fills_own_fields_and_tags_of_new_and_known_firms(
    assistant: Assistant, office: Office, own: dict[str, int]
) -> None:
    assert own
    assistant.upload(LIST)
    page = assistant.page("spalten")
    assert "Eigene Felder und Schlagwörter" in page
    assert "Die Überschrift „Fläche“ bedeutet Fläche." in page
    assistant.choose_proposed()
    assistant.confirm()
    office.work()
    assert assistant.counts()["Neu"] == 2
    assert kept(office, "Müller GmbH") == ({"Innung": "Holz", "Fläche": "1250.5"}, ["Export", "Messe"])
    assert kept(office, "See Café") == ({}, [])
    assert assistant.bring_in(LIST)["Unverändert"] == 2
    changed = LIST.replace("holz", "Metall").replace("Café;Konstanz;;", "Café;Konstanz;Metall;")
    assistant.upload(changed.replace("Messe, Export", "Nachfolge"))
    assistant.choose_proposed()
    page = assistant.page("pruefen")
    for words in ("Innung", "Holz", "Metall", "Schlagwörter", "Nachfolge"):
        assert words in page
    assert "Export" not in page
    assert kept(office, "Müller GmbH")[0]["Innung"] == "Holz"
    assistant.confirm()
    office.work()
    assert assistant.counts()["Aktualisiert"] == 2
    assert kept(office, "Müller GmbH") == (
        {"Innung": "Metall", "Fläche": "1250.5"}, ["Export", "Messe", "Nachfolge"],
    )  # fmt: skip
    assert kept(office, "See Café") == ({"Innung": "Metall"}, [])


def test_values_that_cannot_be_read_are_named_with_their_column_and_can_be_mended(
    assistant: Assistant, office: Office, own: dict[str, int]
) -> None:
    assert own
    assistant.upload(LIST.replace("holz", "Stein").replace("1.250,5", "viel"))
    assistant.choose_proposed()
    page = assistant.page("pruefen?ansicht=hinweise")
    assert "„Stein“ gehört nicht zur Auswahl von „Innung“. Möglich sind: Metall, Holz." in page
    assert "„viel“ ist keine Zahl." in page
    assert 'name="cell-2" value="Stein"' in page
    assistant.client.post(assistant.url("zeile/2"), data={"cell-2": "Metall"})
    assert "gehört nicht zur Auswahl" not in assistant.page("pruefen?ansicht=hinweise")
    assistant.confirm()
    office.work()
    assert kept(office, "Müller GmbH")[0] == {"Innung": "Metall"}


@pytest.mark.parametrize(
    ("rule", "stand", "expected"),
    [("newer", "", "7"), ("newer", "2099-01-01", "9"), ("fill", "2099-01-01", "7"), ("overwrite", "", "9")],
)
def test_what_an_officer_entered_yields_to_the_rule_only(
    assistant: Assistant, office: Office, own: dict[str, int], rule: str, stand: str, expected: str
) -> None:
    assistant.bring_in("Name;Ort\nMüller GmbH;Konstanz\n")
    number = firm_id(office, "Müller GmbH")
    with office.writing_as("advisor") as u:
        filling.apply(u, {number: {own["Fläche"]: "7"}})
    assistant.upload("Name;Ort;Fläche\nMüller GmbH;Konstanz;9\n", source_date=stand)
    assistant.choose("name", "town", f"own:core.custom_fields:feld-{own['Fläche']}", policy=rule)
    page = assistant.page("pruefen?ansicht=hinweise")
    assert ("ein neuerer oder selbst erfasster Wert" in page) == (rule == "newer" and expected == "7")
    assistant.confirm()
    office.work()
    assert kept(office, "Müller GmbH")[0] == {"Fläche": expected}


def test_an_import_is_undone_with_its_own_fields_and_tags(
    assistant: Assistant, office: Office, own: dict[str, int]
) -> None:
    office.add_firm("See Café", town="Konstanz")
    with office.writing_as("advisor") as u:
        tags.tag_firm(u, firm_id(office, "See Café"), "Alt")
    number = firm_id(office, "See Café")
    with office.writing_as("advisor") as u:
        filling.apply(u, {number: {own["Fläche"]: "7"}}, "Liste")
    assistant.bring_in(LIST.replace("Café;Konstanz;;;", "Café;Konstanz;Metall;8;Neu"))
    assert kept(office, "See Café") == ({"Innung": "Metall", "Fläche": "8"}, ["Alt", "Neu"])
    with office.writing_as("advisor") as u:
        filling.apply(u, {number: {own["Innung"]: None}})
        tags.tag_firm(u, number, "Später")
        filling.apply(u, {number: {own["Fläche"]: "99"}})
    page = assistant.page("zuruecknehmen")
    assert "Fläche" in page
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    # What was put there since stays, what only the file brought goes.
    assert kept(office, "See Café") == ({"Fläche": "99"}, ["Alt", "Später"])
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(select(Firm.name))) == ["See Café"]


def test_a_new_firm_stays_when_its_own_values_were_edited(
    assistant: Assistant, office: Office, own: dict[str, int]
) -> None:
    assistant.bring_in(LIST)
    number = firm_id(office, "Müller GmbH")
    with office.writing_as("advisor") as u:
        filling.apply(u, {number: {own["Fläche"]: "99"}})
    assert "Fläche" in assistant.page("zuruecknehmen")
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    assert kept(office, "Müller GmbH") == ({"Innung": "Holz", "Fläche": "99"}, ["Export", "Messe"])
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(select(Firm.name))) == ["Müller GmbH"]


def test_a_field_that_is_gone_is_told_of_and_never_half_filled(
    assistant: Assistant, office: Office, own: dict[str, int]
) -> None:
    assistant.upload(LIST)
    text = assistant.page("spalten")
    chosen = ["name", "town", *(f"own:core.custom_fields:feld-{own[n]}" for n in ("Innung", "Fläche")), ""]
    assert chosen[2] in text
    assistant.choose(*chosen, profile="Mitglieder")
    with office.writing_as("lead") as u:
        fields.archive_field(u, own["Fläche"])
    assistant.confirm()
    office.work()
    assert kept(office, "Müller GmbH")[0] == {"Innung": "Holz"}
    assert "Dieses Feld gibt es nicht mehr." in assistant.page("ergebnis?ansicht=hinweise")
    assistant.upload(LIST)
    page = assistant.page("spalten")
    assert "Das Profil füllte aus diesen Spalten Felder, die es nicht mehr gibt: Fläche." in page
    answer = assistant.choose(*chosen)
    assert answer.status_code == 422
    assert "Dieses Feld gibt es nicht mehr, oder Sie dürfen es nicht ausfüllen." in answer.text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_an_export_holds_comes_back_by_an_import(assistant: Assistant, office: Office, form: str) -> None:
    with office.writing_as("lead") as u:
        ids = {
            "Innung": fields.add_field(u, FieldInput("Innung", "choice"), [OptionInput("Metall"), OptionInput("Unbekannt")]),
            "Fläche": fields.add_field(u, FieldInput("Fläche", "number")),
            "Zertifikat bis": fields.add_field(u, FieldInput("Zertifikat bis", "date")),
            "Messe": fields.add_field(u, FieldInput("Messe", "text")),
        }  # fmt: skip
    assistant.bring_in(
        "Name;Ort;Innung;Fläche;Zertifikat bis;Messe;Tags\n"
        "Müller GmbH;Konstanz;Unbekannt;1.250,5;01.03.2027;Bauen & Wohnen;Export, Größe\n"
    )
    before = kept(office, "Müller GmbH")
    assert before[0] == {
        "Innung": "Unbekannt", "Fläche": "1250.5", "Zertifikat bis": "2027-03-01", "Messe": "Bauen & Wohnen",
    }  # fmt: skip
    columns = ",".join(["town", *(f"feld-{n}" for n in ids.values()), "tags"])
    client = office.client_as("advisor")
    table = client.post(f"/exporte/unternehmen?spalten={columns}", data={"format": form}).data
    number = firm_id(office, "Müller GmbH")
    with office.writing_as("advisor") as u:
        filling.apply(u, {number: dict.fromkeys(ids.values())}, "Liste")
        tags.put(u, {}, {number: list(tag_queries.carried(u, [number])[number])})
    assert kept(office, "Müller GmbH") == ({}, [])
    assert assistant.bring_in(table, f"unternehmen.{form}")["Aktualisiert"] == 1
    assert kept(office, "Müller GmbH") == before
