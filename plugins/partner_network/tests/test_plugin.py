"""What the plugin tells the host, and its demo town."""

from wf40_partner_network import network, queries
from wf40_partner_network import plugin as hooks
from wf40_partner_network.network import NetFilter
from wf40_partner_network.queries import PartnerFilter
from wf40_partner_network.terms import KINDS

from wf40.sdk.uow import Actor

PERSONAL = {
    "partner": {"name", "email", "phone", "note", "search_text"},
    "competence": {"note"},
    "person": {"name", "role", "email", "phone", "topics", "informed_on"},
    "relation": {"note", "source"},
}


def filled(office, firms, seed=40):
    with office.product.database.write(Actor.system("demo", unit_id=1)) as u:
        return list(hooks.demo_data(u, firms, seed))


def listed(office):
    with office.reading_as("lead") as u:
        rows = queries.partners(u, PartnerFilter()).rows
        return [(p.name, p.first_person and p.first_person.name, p.phone, p.email) for p in rows]


def test_every_column_about_a_person_is_declared():
    declared = {(c.table, c.column) for c in hooks.personal_data()}
    assert declared == {(f"partner_network_{table}", name) for table, names in PERSONAL.items() for name in names}


def test_demo_town_has_partners_for_every_topic_and_of_every_kind(office):
    firms = [office.add_firm(f"Betrieb {n} GmbH", town="Musterhausen", employees=9) for n in range(3)]
    said = filled(office, firms)
    assert said[0] == "24 Partner im Netzwerk, einer davon archiviert"
    with office.reading_as("lead") as u:
        rows = queries.partners(u, PartnerFilter()).rows
        assert {p.kind for p in rows} == set(KINDS)
        assert sum(p.firm_id is not None for p in rows) == 2
        for topic in ("staff", "space", "succession", "digital", "energy", "funding", "permit", "location"):
            assert len(list(hooks.help_offers(u, topic, firms[0]))) >= 2


def test_demo_town_is_the_same_for_the_same_seed(office):
    filled(office, [])
    first = listed(office)
    filled(office, [])
    assert sorted([*first, *first])[:25] == sorted(listed(office))[:25]


def test_nobody_outside_can_be_reached_from_the_demo_town(office):
    filled(office, [])
    assert all(address.endswith(".example") for _name, _who, _phone, address in listed(office))
    with office.reading_as("lead") as u:
        people = [person for p in queries.partners(u, PartnerFilter()).rows for person in p.people]
        assert len(people) > 22
        assert all(person.email.endswith(".example") for person in people)


def test_demo_town_has_a_net_of_partners_and_firms(office):
    firms = [office.add_firm(f"Betrieb {n} GmbH", town="Musterhausen", employees=9) for n in range(22)]
    assert filled(office, firms)[1] == "51 Beziehungen zwischen Partnern und Unternehmen"
    with office.reading_as("lead") as u:
        drawn = network.picture(u, NetFilter(state="alle"))
        assert len(drawn.links) == 51
        assert len({link["words"] for link in drawn.links}) >= 7
        assert network.relations(u, NetFilter(pair="ff")).total >= 10
