"""Keys beside firms: current after each kind of write, and leading to the firms that are like another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.errors import NotFound
from wf40.core.firms import match_keys, match_lookup, service, sites
from wf40.core.firms.intake import ImportedFacts, apply_imports
from wf40.core.firms.models import Firm, FirmMatchKey
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band


def stored(u, firm_id):
    return set(u.session.scalars(select(FirmMatchKey.key).where(FirmMatchKey.firm_id == firm_id)))


def current(office, firm_id):
    """Tell whether the stored keys are those that the stored facts have now."""
    with office.reading_as("advisor") as u:
        keys = match_keys.digests(match_keys.traits_of(u, [firm_id])[firm_id])
        return bool(keys) and stored(u, firm_id) == keys


def waiting(office):
    with office.reading_as("advisor") as u:
        return [firm_id for firm_id, _unit, _at in match_keys.changed_firms(u, 100)]


def test_a_new_firm_has_its_keys_and_waits_to_be_compared(office):
    firm = office.add_firm("Kranz Metallbau GmbH", phone="07531 900100")
    assert current(office, firm.id)
    assert waiting(office) == [firm.id]


def test_keys_follow_name_phone_and_former_names(office):
    firm = office.add_firm("Kranz Metallbau GmbH")
    with office.reading_as("advisor") as u:
        before = stored(u, firm.id)
    given = service.FirmInput("Vollmer Optik GmbH", phone="07531 900100", former_names=("Kranz Metallbau GmbH",))
    with office.writing_as("advisor") as u:
        service.change_firm(u, firm.id, 1, given)
    assert current(office, firm.id)
    with office.reading_as("advisor") as u:
        assert stored(u, firm.id) > before
    with office.writing_as("advisor") as u:
        service.change_firm(u, firm.id, 2, service.FirmInput("Vollmer Optik GmbH", former_names=()))
    assert current(office, firm.id)
    with office.reading_as("advisor") as u:
        assert not stored(u, firm.id) & before


def test_the_address_of_the_main_site_counts_and_leaves_with_it(office):
    firm = office.add_firm("Kranz Metallbau GmbH", town="Singen")
    with office.writing_as("advisor") as u:
        sites.add_site(u, firm.id, sites.SiteInput(street="Lager", postcode="11111", town="Lagerstadt"))
        main = sites.SiteInput(street="Hafenstraße", house_number="7", postcode="78462", town="Konstanz", main=True)
        site_id = sites.add_site(u, firm.id, main)
    with office.reading_as("advisor") as u:
        traits = match_keys.traits_of(u, [firm.id])[firm.id]
    assert (traits.street, traits.house_number, traits.postcode, traits.town) == (
        "Hafenstraße",
        "7",
        "78462",
        "Konstanz",
    )
    assert current(office, firm.id)
    with office.writing_as("advisor") as u:
        sites.remove_site(u, firm.id, site_id)
    with office.reading_as("advisor") as u:
        assert match_keys.traits_of(u, [firm.id])[firm.id].street == "Lager"
    assert current(office, firm.id)


def test_imported_firms_have_their_keys(office):
    facts = ImportedFacts("Kranz Metallbau GmbH", phone="+49 7531 900100", former_names=("Kranz Schlosserei",))
    with office.writing_as("advisor") as u:
        (made,) = apply_imports(u, [(None, facts)], "Register")
    assert current(office, made.firm_id)
    assert waiting(office) == [made.firm_id]
    with office.writing_as("advisor") as u:
        match_keys.forget_changed(u, [(i, at) for i, _unit, at in match_keys.changed_firms(u, 100)])
    with office.writing_as("advisor") as u:
        apply_imports(
            u, [(made.firm_id, ImportedFacts("Kranz Metallbau GmbH", email="post@kranz.example"))], "Register"
        )
    assert current(office, made.firm_id)
    assert waiting(office) == [made.firm_id]


def test_an_archived_firm_is_found_and_waits_for_its_pairs_to_leave(office):
    firm = office.add_firm("Kranz Metallbau GmbH")
    with office.writing_as("advisor") as u:
        match_keys.forget_changed(u, [(i, at) for i, _unit, at in match_keys.changed_firms(u, 100)])
        service.archive_firm(u, firm.id)
    assert waiting(office) == [firm.id]
    with office.reading_as("advisor") as u:
        (found,) = match_keys.near(u, 1, [FirmTraits("Kranz Metallbau GmbH")])
        assert [hit.firm_id for hit in found] == [firm.id]
        assert match_lookup.traits_of(u, [firm.id], current=True) == {}


def test_near_names_the_likeliest_first_and_nobody_else(office):
    twin = office.add_firm("Kranz Metallbau GmbH", phone="07531 900100", town="Singen")
    office.add_firm("Vollmer Optik GmbH", town="Singen")
    cousin = office.add_firm("Kranz Metallbaus GmbH", town="Singen")
    asked = FirmTraits("Kranz Metallbau GmbH", phone="07531/900100", town="Singen")
    with office.reading_as("advisor") as u:
        first, second = match_keys.near(u, 1, [asked, FirmTraits("Zuckerbäckerei Lindt")])
    assert first[0].firm_id == twin.id
    assert first[0].verdict.band is Band.SAME
    assert {hit.firm_id for hit in first} <= {twin.id, cousin.id}
    assert second == []


def test_near_keeps_to_one_unit(office):
    other = office.add_unit("Nachbarstadt")
    office.add_firm("Kranz Metallbau GmbH", unit_id=other)
    with office.reading_as("advisor") as u:
        assert match_keys.near(u, 1, [FirmTraits("Kranz Metallbau GmbH")]) == [[]]
        with pytest.raises(NotFound):
            match_keys.near(u, other, [FirmTraits("Kranz Metallbau GmbH")])


def test_a_key_that_too_many_share_leads_nowhere(office, monkeypatch):
    monkeypatch.setattr(match_lookup, "COMMON", 2)
    for _n in range(3):
        office.add_firm("Kranz Metallbau GmbH")
    with office.reading_as("advisor") as u:
        assert match_keys.near(u, 1, [FirmTraits("Kranz Metallbau GmbH")]) == [[]]


def test_a_change_after_the_look_stays_on_the_list(office):
    firm = office.add_firm("Kranz Metallbau GmbH")
    with office.reading_as("advisor") as u:
        seen = [(i, at) for i, _unit, at in match_keys.changed_firms(u, 100)]
    office.clock.advance(timedelta(seconds=5))
    with office.writing_as("advisor") as u:
        service.change_firm(u, firm.id, 1, service.FirmInput("Kranz Stahlbau GmbH"))
    with office.writing_as("advisor") as u:
        match_keys.forget_changed(u, seen)
    assert waiting(office) == [firm.id]


def test_keys_leave_with_their_firm(office):
    firm = office.add_firm("Kranz Metallbau GmbH")
    with office.writing_as("lead") as u:
        u.session.delete(u.session.get_one(Firm, firm.id))
    with office.reading_as("advisor") as u:
        assert stored(u, firm.id) == set()
    assert waiting(office) == []
