"""An officer keeps the office's partners."""

import pytest
from sqlalchemy import text
from wf40_partner_network import queries, service
from wf40_partner_network.people import PersonInput, add_person
from wf40_partner_network.queries import PartnerFilter
from wf40_partner_network.service import PartnerInput

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion


def names(u, **wanted):
    return [p.name for p in queries.partners(u, PartnerFilter(**wanted)).rows]


def test_partner_comes_back_as_it_was_entered(office, add):
    partner_id = add(
        "Bäcker & Söhne", town="Überlingen", website="www.baecker.example", email="rat@baecker.example", phone="07531 900",
        topics={"energy": "Öfen", "digital": ""}, note="Zeile 1\r\nZeile 2",
    )  # fmt: skip
    with office.reading_as("reader") as u:
        row = queries.partner(u, partner_id)
        assert (row.website, row.phone, row.note) == ("https://www.baecker.example", "+497531900", "Zeile 1\nZeile 2")
        assert row.topics == {"digital": "", "energy": "Öfen"}


@pytest.mark.parametrize("typed", ["Muller", "Mueller", "MÜLLER", "jurgen muller", "wartung"])
def test_partner_is_found_whatever_the_spelling_of_umlauts(office, add, typed):
    partner_id = add("Müller Technik", topics={"digital": "Wartung"})
    with office.writing_as("advisor") as u:
        add_person(u, partner_id, PersonInput("Jürgen Ott"))
    add("Maler Technik", note="Ott")
    with office.reading_as("advisor") as u:
        assert names(u, q=typed) == ["Müller Technik"]


def test_wildcards_in_a_search_are_plain_letters(office, add):
    add("Müller Technik")
    with office.reading_as("advisor") as u:
        assert names(u, q="%") == ["Müller Technik"]  # no word in it: nothing is asked for
        assert names(u, q="m%r") == []


def test_list_stands_in_german_order_and_sorts_by_kind_and_town(office, add):
    add("Zeller", "chamber", town="Aalen")
    add("Öztürk", "university", town="Ulm")
    add("Ofner", "other", town="Ölbronn")
    with office.reading_as("advisor") as u:
        assert names(u) == ["Öztürk", "Ofner", "Zeller"]  # oe before of
        assert names(u, order="-name") == ["Zeller", "Ofner", "Öztürk"]
        assert names(u, order="art") == ["Zeller", "Öztürk", "Ofner"]
        assert names(u, order="ort") == ["Zeller", "Ofner", "Öztürk"]


def test_list_is_filtered_by_topic_and_kind(office, add):
    add("Kammer", "chamber", topics={"staff": "", "energy": ""})
    add("Rat", "consultancy", topics={"energy": ""})
    with office.reading_as("advisor") as u:
        assert names(u, topic="energy") == ["Kammer", "Rat"]
        assert names(u, topic="energy", kind="consultancy") == ["Rat"]
        assert names(u, topic="permit") == []


def test_long_list_is_paged_and_a_page_beyond_the_end_is_the_last(office, add):
    for n in range(27):
        add(f"Partner {n:02d}")
    with office.reading_as("advisor") as u:
        second = queries.partners(u, PartnerFilter(), 2)
        assert [p.name for p in second.rows] == ["Partner 25", "Partner 26"]
        assert (second.first, second.last, second.total, second.pages) == (26, 27, 27, 2)
        assert queries.partners(u, PartnerFilter(), 999).number == 2


def test_archived_partner_leaves_the_list_and_comes_back(office, add):
    partner_id = add("Kammer")
    with office.writing_as("advisor") as u:
        service.archive_partner(u, partner_id)
    with office.reading_as("advisor") as u:
        assert names(u) == []
        assert names(u, archived=True) == ["Kammer"]
    with office.writing_as("advisor") as u:
        service.restore_partner(u, partner_id)
    with office.reading_as("advisor") as u:
        assert names(u) == ["Kammer"]


def test_all_faults_of_an_entry_are_named_at_once_and_nothing_is_stored(office, add):
    with pytest.raises(InvalidInput) as refused:
        add("", "wrong", email="keine Adresse", phone="abc", website="kein wort", topics={"energy": "x" * 301})
    assert set(refused.value.fields) == {"name", "kind", "email", "phone", "website", "note_energy"}
    with office.reading_as("advisor") as u:
        assert names(u) == []


def test_unknown_topic_is_refused(add):
    with pytest.raises(InvalidInput):
        add("Kammer", topics={"weather": ""})


def test_script_address_is_no_website(add):
    with pytest.raises(InvalidInput):
        add("Kammer", website="javascript:alert(1)")


def test_late_save_is_refused_with_the_name_of_who_was_first(office, add):
    partner_id = add("Kammer")
    with office.writing_as("lead") as u:
        service.change_partner(u, partner_id, 1, PartnerInput("Kammer Süd", "chamber"))
    with pytest.raises(StaleVersion) as refused, office.writing_as("advisor") as u:
        service.change_partner(u, partner_id, 1, PartnerInput("Kammer Nord", "chamber"))
    assert (refused.value.current_version, refused.value.changed_by) == (2, "Leitung 1")
    with office.reading_as("advisor") as u:
        assert names(u) == ["Kammer Süd"]


def test_history_names_field_old_and_new(office, add):
    partner_id = add("Kammer", topics={"energy": ""})
    with office.writing_as("lead") as u:
        service.change_partner(
            u, partner_id, 1, PartnerInput("Kammer", "consultancy", topics={"digital": "Erstgespräch"})
        )
    with office.reading_as("advisor") as u:
        newest = queries.history(u, partner_id)[0]
    assert (newest.who, str(newest.label)) == ("Leitung 1", "Hilft bei")
    assert (newest.old, newest.new) == ("Energie", "Digitalisierung (Erstgespräch)")


def test_saving_without_a_change_is_no_change(office, add):
    partner_id = add("Kammer", "chamber", topics={"energy": "x"})
    with office.writing_as("lead") as u:
        service.change_partner(u, partner_id, 1, PartnerInput("Kammer", "chamber", topics={"energy": "x"}))
    with office.reading_as("advisor") as u:
        assert queries.partner(u, partner_id).version == 1


def test_partners_of_another_unit_do_not_exist_for_an_officer(office, add):
    other = office.add_unit("Nachbarstadt")
    theirs = add("Kammer nebenan", unit_id=other)
    with office.reading_as("advisor") as u:
        assert names(u) == []
        with pytest.raises(NotFound):
            queries.partner(u, theirs)
        with pytest.raises(NotFound):
            queries.history(u, theirs)
    for act in (service.archive_partner, lambda u, i: service.change_partner(u, i, 1, PartnerInput("X", "other"))):
        with pytest.raises(NotFound), office.writing_as("advisor") as u:
            act(u, theirs)


def test_a_district_reads_its_towns_partners_and_changes_none(office, add):
    town = office.add_unit("Gemeinde", parent_id=1)
    theirs = add("Kammer der Gemeinde", unit_id=town)
    with office.reading_as("lead") as u:
        assert names(u) == ["Kammer der Gemeinde"]
    with pytest.raises(Forbidden), office.writing_as("lead") as u:
        service.archive_partner(u, theirs)


@pytest.mark.parametrize("role", ["reader", "privacy", "admin"])
def test_whoever_does_not_write_about_firms_changes_no_partner(office, add, role):
    partner_id = add("Kammer")
    with pytest.raises(Forbidden), office.writing_as(role) as u:
        service.change_partner(u, partner_id, 1, PartnerInput("X", "other"))
    with pytest.raises(Forbidden), office.writing_as(role) as u:
        service.add_partner(u, PartnerInput("X", "other"))


@pytest.mark.parametrize("role", ["privacy", "admin"])
def test_administration_and_data_protection_see_no_partners(office, add, role):
    add("Kammer")
    with pytest.raises(Forbidden), office.reading_as(role) as u:
        queries.partners(u, PartnerFilter())


def test_partner_that_is_a_firm_leads_to_it_and_outlives_it(office, add):
    firm = office.add_firm("Wagner Metallbau GmbH", town="Musterhausen")
    partner_id = add("Wagner als Pate")
    with office.writing_as("advisor") as u:
        service.tie_to_firm(u, partner_id, firm.id)
    with office.writing_as("advisor") as u:
        assert queries.partner(u, partner_id).firm_id == firm.id
        u.session.execute(text("DELETE FROM firm WHERE id = :id"), {"id": firm.id})
    with office.reading_as("advisor") as u:
        assert queries.partner(u, partner_id).firm_id is None


def test_partner_is_not_tied_to_a_firm_of_another_unit(office, add):
    theirs = office.add_firm("Fremd GmbH", unit_id=office.add_unit("Nachbarstadt"))
    partner_id = add("Kammer")
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        service.tie_to_firm(u, partner_id, theirs.id)
