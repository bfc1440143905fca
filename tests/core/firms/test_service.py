"""An officer creates, changes, archives and restores firms; nobody overwrites anybody unseen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from wf40.base.access import Actor
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.accounts import service as accounts
from wf40.core.firms import listing, queries, service, sites
from wf40.core.firms.service import FirmInput
from wf40.sdk.services import Firms

MUSTER = FirmInput("Muster Maschinenbau GmbH", legal_form="gmbh", wz="28.41", town="Musterhausen")


def create(writing_as, given=MUSTER, role="advisor"):
    with writing_as(role) as u:
        return service.create_firm(u, given)


def change(writing_as, firm_id, given, version=1, role="advisor"):
    with writing_as(role) as u:
        return service.change_firm(u, firm_id, version, given)


def other_unit(product):
    with product.database.write(Actor.system()) as u:
        unit_id = accounts.add_unit(u, "Gemeinde Nebenan")
    everything = frozenset({"firms.read", "firms.edit"})
    return Actor("user", "Nachbarin", 99, unit_id, frozenset({unit_id}), "advisor", everything)


def test_a_new_firm_has_sector_with_edition_legal_form_source_and_date(writing_as):
    firm_id = create(writing_as, replace(MUSTER, legal_form=""))
    with writing_as() as u:
        firm = queries.firm(u, firm_id)
        assert (firm.wz_edition, firm.wz_code, firm.legal_form) == ("2025", "28.41", "gmbh")
        assert (firm.source, firm.as_of) == (service.OWN_SOURCE, date(2026, 11, 21))


@pytest.mark.parametrize("kind", ["founder", "sole_trader", "freelancer", "public_body", "association"])
def test_nobody_needs_a_register_number(writing_as, kind):
    firm_id = create(writing_as, FirmInput("Anna Beispiel", kind=kind))
    with writing_as() as u:
        assert u.service(Firms).get(u, firm_id).kind == kind


def test_all_faults_are_named_at_once_each_beside_its_field(writing_as):
    bad = FirmInput(
        "", wz="99.99", website="javascript:alert(1)", email="kein at", phone="abc", vat_id="12", economic_id="DE1",
        founded_year=12, register_number="HRB 5", kind="kiosk", officer_id=4711, care_interval_days=0,
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refusal:
        create(writing_as, bad)
    assert set(refusal.value.fields) == {
        "name", "wz", "website", "email", "phone", "vat_id", "economic_id", "founded_year", "register_number", "kind",
        "officer_id", "care_interval_days",
    }  # fmt: skip
    with writing_as() as u:
        assert not listing.any_firm(u)


def test_values_are_stored_in_one_spelling(writing_as):
    given = FirmInput(
        "Muster", phone="07531 / 12345", website="WWW.Muster.Example", vat_id="de 123 456 789", economic_id="de123456789 00001",
        register_number="00 123",
    )  # fmt: skip
    firm_id = create(writing_as, given)
    with writing_as() as u:
        firm = queries.firm(u, firm_id)
        assert (firm.phone, firm.website) == ("+49753112345", "https://www.muster.example")
        assert (firm.vat_id, firm.economic_id, firm.register_number) == (
            "DE123456789",
            "DE123456789-00001",
            "123",
        )


def test_a_change_is_kept_with_who_when_old_new_and_source(writing_as, product):
    firm_id = create(writing_as)
    product.database.clock.advance(timedelta(hours=1))
    changed = change(
        writing_as,
        firm_id,
        replace(MUSTER, website="muster.example", source="Telefonat", as_of=date(2026, 11, 20)),
    )
    assert changed == ["website"]
    with writing_as() as u:
        latest = queries.history(u, firm_id).rows[0]
        assert (latest.field, latest.old, latest.new) == ("website", "", "https://muster.example")
        assert (latest.actor_name, latest.source, latest.at) == (u.actor.name, "Telefonat", u.now)


def test_only_the_changed_value_gets_a_source_of_its_own(writing_as):
    firm_id = create(writing_as)
    change(
        writing_as,
        firm_id,
        replace(MUSTER, website="muster.example", source="Telefonat", as_of=date(2026, 11, 20)),
    )
    with writing_as() as u:
        firm = queries.firm(u, firm_id)
        assert queries.provenance_of(firm, "website") == ("Telefonat", date(2026, 11, 20))
        assert queries.provenance_of(firm, "name") == (service.OWN_SOURCE, date(2026, 11, 21))


def test_saving_without_a_change_changes_nothing(writing_as):
    firm_id = create(writing_as)
    assert change(writing_as, firm_id, MUSTER) == []
    with writing_as() as u:
        assert queries.firm(u, firm_id).version == 1


def test_a_stale_save_is_refused_and_says_who_saved(writing_as):
    firm_id = create(writing_as)
    change(writing_as, firm_id, replace(MUSTER, town="Neustadt"), role="lead")
    with pytest.raises(StaleVersion) as refusal:
        change(writing_as, firm_id, replace(MUSTER, town="Altstadt"))
    with writing_as("lead") as u:
        assert (refusal.value.current_version, refusal.value.changed_by) == (2, u.actor.name)
        assert queries.firm(u, firm_id).town == "Neustadt"


def test_an_archived_firm_can_be_restored_and_both_are_in_the_history(writing_as):
    firm_id = create(writing_as)
    with writing_as() as u:
        service.archive_firm(u, firm_id)
        service.archive_firm(u, firm_id)
    with writing_as() as u:
        assert u.service(Firms).get(u, firm_id).archived
        service.restore_firm(u, firm_id)
    with writing_as() as u:
        assert not u.service(Firms).get(u, firm_id).archived
        assert [c.field for c in queries.history(u, firm_id).rows].count("archived_at") == 2


def test_an_officer_is_made_responsible(writing_as):
    firm_id = create(writing_as)
    with writing_as() as u:
        service.assign_officer(u, firm_id, u.actor.user_id)
    with writing_as() as u:
        assert u.service(Firms).get(u, firm_id).officer_id == u.actor.user_id


def test_a_branch_knows_its_parent_and_the_parent_its_branches(writing_as):
    parent = create(writing_as)
    branch = create(writing_as, FirmInput("Muster Nord", parent_id=parent))
    with writing_as() as u:
        assert queries.relatives(u, branch)[0].id == parent
        assert [ref.id for ref in queries.relatives(u, parent)[1]] == [branch]


def test_nobody_belongs_to_their_own_daughter(writing_as):
    parent = create(writing_as)
    branch = create(writing_as, FirmInput("Muster Nord", parent_id=parent))
    with pytest.raises(InvalidInput) as refusal:
        change(writing_as, parent, replace(MUSTER, parent_id=branch))
    assert "parent_id" in refusal.value.fields


def test_a_firm_of_another_unit_is_not_found(writing_as, product):
    firm_id = create(writing_as)
    neighbour = other_unit(product)
    with product.database.write(neighbour) as u:
        for call in (
            lambda: queries.firm(u, firm_id),
            lambda: queries.history(u, firm_id),
            lambda: queries.sites(u, firm_id),
            lambda: u.service(Firms).get(u, firm_id),
            lambda: service.change_firm(u, firm_id, 1, MUSTER),
            lambda: service.archive_firm(u, firm_id),
            lambda: sites.add_site(u, firm_id, sites.SiteInput(town="X")),
        ):
            with pytest.raises(NotFound):
                call()
        assert u.service(Firms).many(u, [firm_id]) == {}
        assert queries.pick_firms(u, "muster") == []


def test_a_district_reads_the_firms_of_its_towns_but_does_not_write_them(writing_as, product):
    firm_id = create(writing_as)
    neighbour = other_unit(product)
    district = replace(neighbour, units=None)
    with product.database.write(district) as u:
        assert queries.firm(u, firm_id).name == MUSTER.name
        with pytest.raises(Forbidden):
            service.change_firm(u, firm_id, 1, replace(MUSTER, town="Kreisstadt"))
        with pytest.raises(Forbidden):
            sites.add_site(u, firm_id, sites.SiteInput(town="Kreisstadt"))


@pytest.mark.parametrize("role", ["reader", "privacy", "admin"])
def test_whoever_may_not_write_firms_is_refused(writing_as, role):
    firm_id = create(writing_as)
    with writing_as(role) as u, pytest.raises(Forbidden):
        service.create_firm(u, MUSTER)
    with writing_as(role) as u, pytest.raises(Forbidden):
        service.archive_firm(u, firm_id)


@pytest.mark.parametrize("role", ["privacy", "admin"])
def test_administration_and_data_protection_do_not_read_firms(writing_as, role):
    firm_id = create(writing_as)
    with writing_as(role) as u, pytest.raises(Forbidden):
        queries.firm(u, firm_id)


def test_a_changed_sector_tells_the_score(writing_as, product, monkeypatch):
    firm_id = create(writing_as)
    told = []
    monkeypatch.setattr("wf40.base.uow.UnitOfWork.emit", lambda _self, event: told.append(event))
    change(writing_as, firm_id, replace(MUSTER, wz="62.10"))
    change(writing_as, firm_id, replace(MUSTER, wz="62.10", note="nur eine Notiz"), version=2)
    assert [event.firm_ids for event in told] == [[firm_id]]


def test_a_picker_finds_firms_whatever_way_umlauts_are_typed(writing_as):
    firm_id = create(writing_as, FirmInput("Müller & Söhne KG", former_names=("Grüninger OHG",)))
    with writing_as() as u:
        for text in ("Müller", "Mueller", "Muller", "mull", "soehne", "gruninger"):
            assert [ref.id for ref in queries.pick_firms(u, text)] == [firm_id]
    assert queries.number_in(queries.numbered("Müller (Nr. 3) GmbH", firm_id)) == firm_id
