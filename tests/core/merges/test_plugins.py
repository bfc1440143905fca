"""Data of plugins move with their firm; a plugin that fails stops the merge, one that was away catches up."""

from datetime import timedelta

import pytest
from faulty import plugin
from sqlalchemy import func, select, update
from wf40_follow_up.models import Firing
from wf40_partner_network.models import Partner, Relation
from wf40_partner_network.relations import RelationInput, add_relation
from wf40_partner_network.service import PartnerInput, add_partner

from wf40.base.access import Actor
from wf40.base.db import Base
from wf40.base.errors import InvalidInput
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms import queries as firms
from wf40.core.firms.models import Firm
from wf40.core.merges import catching_up, service
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.models import FirmMerge
from wf40.core.merges.service import MergeInput
from wf40.core.merges.service import merge as merge_firms
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry
from wf40.sdk.events import FirmLightChanged

ALL = ("digital_readiness", "follow_up", "partner_network")


@pytest.fixture
def plugins():
    return ALL


def columns():
    """Return the columns of plugins that name a firm."""
    return sorted(
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        if table.name.startswith(tuple(f"{key}_" for key in ALL))
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "firm.id"
    )


def at_firm(office, firm_id):
    found = {}
    with office.reading_as("advisor") as u:
        for table, column in columns():
            rows = Base.metadata.tables[table]
            counted = select(func.count()).select_from(rows).where(rows.c[column] == firm_id)
            found[f"{table}.{column}"] = u.session.scalar(counted)
    return found


def furnish(office, firm_id):
    """Let something of each plugin hang on a firm."""
    with office.writing_as("advisor") as u:
        person = add_contact(u, firm_id, ContactInput("Muster", email="a@muster.example", mail_basis="request"))
        u.session.get(Partner, add_partner(u, PartnerInput("Muster als Partner", "consultancy"))).firm_id = firm_id
        other = add_partner(u, PartnerInput("Kammer", "chamber"))
        add_relation(u, RelationInput(f"p-{other}", "member_of", f"f-{firm_id}"))
        add_relation(u, RelationInput(f"f-{firm_id}", "member_of", f"p-{other}"))
        u.emit(FirmLightChanged(firm_id, "red", "yellow", "2026-11-21"))
    client = office.client_as("advisor")
    given = {"contact_id": person, "language": "de"}
    assert client.post(f"/p/digital_readiness/einladen/{firm_id}", data=given).status_code == 303
    given = {"data.ai": "no", "answered_on": "2026-11-02", "channel": "paper"}
    assert client.post(f"/p/digital_readiness/eingeben/{firm_id}", data=given).status_code == 303


def test_everything_of_the_plugins_moves_and_comes_back(office, two, merge, separate):
    keep, gone = two
    furnish(office, gone)
    before = at_firm(office, keep), at_firm(office, gone)
    assert {name for name, n in before[1].items() if not n} <= {"follow_up_due.firm_id"}
    done = merge(keep, gone)
    assert at_firm(office, gone) == dict.fromkeys(before[1], 0)
    assert at_firm(office, keep) == before[1]
    separate(done)
    assert (at_firm(office, keep), at_firm(office, gone)) == before


def test_no_firm_is_related_to_itself_and_nothing_twice(office, two, merge, separate):
    keep, gone = two
    with office.writing_as("advisor") as u:
        kinds = [add_relation(u, RelationInput(f"f-{a}", "supplies", f"f-{b}")) for a, b in ((keep, gone),)]
        other = add_partner(u, PartnerInput("Kammer", "chamber"))
        kinds += [
            add_relation(u, RelationInput(f"f-{firm}", "member_of", f"p-{other}", note=str(firm))) for firm in two
        ]

    def relations():
        with office.reading_as("advisor") as u:
            rows = u.session.scalars(select(Relation).order_by(Relation.id))
            return [(r.id, r.from_key, r.to_key, r.open_key, r.note, r.since, r.created_at) for r in rows]

    before = relations()
    done = merge(keep, gone)
    assert [row[0] for row in relations()] == [kinds[1]]
    separate(done)
    assert relations() == before


def test_the_slot_of_a_rule_goes_along_where_it_is_free(office, two, merge, separate):
    keep, gone = two
    for firm_id in (gone,):
        with office.writing_as("advisor") as u:
            u.emit(FirmLightChanged(firm_id, "red", "yellow", "2026-11-21"))

    def slots():
        with office.reading_as("advisor") as u:
            return [tuple(row) for row in u.session.execute(select(Firing.firm_id, Firing.slot).order_by(Firing.id))]

    before = slots()
    assert before == [(gone, f"firm:{gone}")] * len(before) != []
    done = merge(keep, gone)
    assert set(slots()) == {(keep, f"firm:{keep}")}
    separate(done)
    assert slots() == before


def test_two_open_tasks_of_one_rule_both_stay(office, two, merge, separate):
    with office.writing_as("advisor") as u:
        for firm_id in two:
            u.emit(FirmLightChanged(firm_id, "red", "yellow", "2026-11-21"))
    before = at_firm(office, two[0]), at_firm(office, two[1])
    done = merge(*two)
    assert at_firm(office, two[0])["follow_up_firing.firm_id"] == 2 * before[0]["follow_up_firing.firm_id"] != 0
    separate(done)
    assert (at_firm(office, two[0]), at_firm(office, two[1])) == before


def switch(office, key, *, enabled):
    with office.product.database.write(Actor.system()) as u:
        state.switch(u.session, key, enabled=enabled, now=u.now, title=key)
    office.product.gate.follow()


def catch_up(office):
    office.clock.moment += timedelta(minutes=6)
    catching_up.catch_up(office.product.database)


def related(office, firm_id):
    return at_firm(office, firm_id)["partner_network_relation.to_firm_id"]


def test_a_plugin_that_was_off_moves_its_data_when_it_is_on_again(office, two, merge, separate):
    furnish(office, two[1])
    switch(office, "partner_network", enabled=False)
    done = merge(*two)
    catch_up(office)
    assert (related(office, two[0]), related(office, two[1])) == (0, 1)
    switch(office, "partner_network", enabled=True)
    catch_up(office)
    catch_up(office)
    assert (related(office, two[0]), related(office, two[1])) == (1, 0)
    separate(done)
    assert (related(office, two[0]), related(office, two[1])) == (0, 1)


def test_a_plugin_that_was_off_puts_its_data_back_when_it_is_on_again(office, two, merge, separate):
    furnish(office, two[1])
    done = merge(*two)
    switch(office, "partner_network", enabled=False)
    separate(done)
    again = merge(*two)
    assert again != done
    switch(office, "partner_network", enabled=True)
    catch_up(office)
    assert (related(office, two[0]), related(office, two[1])) == (1, 0)
    separate(again)
    catch_up(office)
    assert (related(office, two[0]), related(office, two[1])) == (0, 1)


def test_a_plugin_that_was_off_during_a_chain_follows_it(office, two, merge):
    last = office.add_firm("Holding GmbH").id
    furnish(office, two[1])
    switch(office, "partner_network", enabled=False)
    merge(*two)
    merge(last, two[0])
    switch(office, "partner_network", enabled=True)
    catch_up(office)
    assert [related(office, firm_id) for firm_id in (*two, last)] == [0, 0, 1]


def test_what_was_stored_at_the_very_moment_of_the_merge_follows(office, two, merge, separate):
    with office.writing_as("advisor") as u:
        person = add_contact(u, two[0], ContactInput("Spät"))
    done = merge(*two)
    with office.product.database.write(Actor.system()) as u:  # as another transaction that came through just then
        u.session.execute(update(Contact).where(Contact.id == person).values(firm_id=two[1]))
    catch_up(office)
    with office.reading_as("advisor") as u:
        assert firms.firm(u, two[0]).id == u.session.scalar(select(Contact.firm_id))
        assert u.session.scalar(select(FirmMerge.asked)) != ""
    separate(done)
    with office.reading_as("advisor") as u:
        assert u.session.scalar(select(Contact.firm_id)) == two[1]


@pytest.fixture
def with_faulty(offices, database_kind, tmp_path):
    """An office as operators run it, with a plugin that cannot move its data."""

    def merge_firms(u, keep, gone):
        u.session.get(Firm, keep).name = "halb"
        u.session.flush()
        raise RuntimeError("kaputt")

    registry = Registry()
    registry.add_plugin("parking", "1.0", lambda: plugin("parking", merge_firms=merge_firms))
    for office in offices.open(database_kind, tmp_path, (), registry, strict=False):
        switch(office, "parking", enabled=True)
        yield office


def test_a_plugin_that_fails_stops_the_merge_and_is_named(with_faulty):
    office = with_faulty
    ids = [office.add_firm(name).id for name in ("Eins GmbH", "Zwei GmbH")]
    with office.writing_as("advisor") as u:
        add_contact(u, ids[1], ContactInput("Alt"))
    with (
        pytest.raises(InvalidInput, match="„Erweiterung parking“ kann ihre Daten gerade nicht umziehen"),
        office.writing_as("advisor") as u,
    ):
        merge_firms(u, MergeInput(*ids, 1, 1))
    page = office.client_as("advisor").get(f"/zusammenfuehren/{ids[0]}/{ids[1]}")
    assert (page.status_code, "„Erweiterung parking“" in page.text) == (422, True)
    with office.reading_as("advisor") as u:
        assert [firms.firm(u, i).name for i in ids] == ["Eins GmbH", "Zwei GmbH"]
        assert firms.firm(u, ids[1]).merged_into_id is None
        assert u.session.scalar(select(Contact.firm_id)) == ids[1]


def test_an_invitation_goes_along_with_the_person_who_got_it(office, two):
    keep_firm, _other = two
    with office.writing_as("advisor") as u:
        given = ContactInput("Muster", email="a@muster.example", mail_basis="request")
        keep, gone = (add_contact(u, keep_firm, given) for _ in range(2))
    sent = {"contact_id": gone, "language": "de"}
    assert office.client_as("advisor").post(f"/p/digital_readiness/einladen/{keep_firm}", data=sent).status_code == 303
    table = Base.metadata.tables["digital_readiness_invitation"]

    def invited():
        with office.reading_as("advisor") as u:
            return list(u.session.scalars(select(table.c.contact_id)))

    with office.writing_as("advisor") as u:
        done = service.merge(u, MergeInput(keep, gone, 1, 1), PERSONS)
    assert invited() == [keep]
    with office.writing_as("advisor") as u:
        service.unmerge(u, done, PERSONS)
    assert invited() == [gone]


def test_a_plugin_that_was_off_moves_what_names_the_person_once_it_is_back(office, two):
    with office.writing_as("advisor") as u:
        given = ContactInput("Muster", email="a@muster.example", mail_basis="request")
        keep, gone = (add_contact(u, two[0], given) for _ in range(2))
    sent = {"contact_id": gone, "language": "de"}
    assert office.client_as("advisor").post(f"/p/digital_readiness/einladen/{two[0]}", data=sent).status_code == 303
    table = Base.metadata.tables["digital_readiness_invitation"]
    switch(office, "digital_readiness", enabled=False)
    with office.writing_as("advisor") as u:
        service.merge(u, MergeInput(keep, gone, 1, 1), PERSONS)
    switch(office, "digital_readiness", enabled=True)
    office.clock.moment += timedelta(minutes=10)
    catching_up.catch_up(office.product.database)
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(select(table.c.contact_id))) == [keep]
