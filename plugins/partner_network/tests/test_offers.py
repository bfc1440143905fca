"""Which partners are named to a firm, and in which order."""

from wf40_partner_network import plugin as hooks
from wf40_partner_network.service import archive_partner, tie_to_firm

from wf40.sdk.refs import FirmRef


def offered(office, firm, topic="digital", role="advisor"):
    with office.reading_as(role) as u:
        return list(hooks.help_offers(u, topic, firm))


def titles(office, firm, topic="digital"):
    return [offer.title for offer in offered(office, firm, topic)]


def test_same_town_comes_first_then_specialists_then_the_name(office, add, firm):
    add("Fern und breit", town="Ulm", topics={"digital": "", "energy": ""})
    add("Zuletzt am Ort", town="musterhausen", topics={"digital": "", "energy": ""})
    add("Fern und genau", town="Ulm", topics={"digital": ""})
    add("Am Ort", town="Musterhausen", topics={"digital": "", "staff": ""})
    add("Andere Sache", town="Musterhausen", topics={"staff": ""})
    assert titles(office, firm) == ["Am Ort", "Zuletzt am Ort", "Fern und genau", "Fern und breit"]
    assert [offer.order for offer in offered(office, firm)] == [0, 1, 2, 3]


def test_reason_says_why_a_partner_stands_where_it_stands(office, add, firm):
    add("Am Ort", town="Musterhausen", topics={"digital": "Onlineverkauf", "staff": "", "energy": ""})
    add("Fern", town="Ulm", topics={"digital": ""})
    reasons = [offer.reason for offer in offered(office, firm)]
    assert reasons == [
        "im selben Ort; hilft auch bei 2 weiteren Themen: Onlineverkauf",
        "Ulm; auf dieses Thema spezialisiert",
    ]


def test_a_single_partner_is_never_the_only_answer_where_the_office_knows_more(office, add, firm):
    add("Einziger", topics={"digital": ""})
    add("Kammer", "chamber", topics={"staff": ""})
    add("Verband", "association")
    add("Noch ein Rat", topics={"staff": ""})
    found = offered(office, firm)
    assert [offer.title for offer in found] == ["Einziger", "Verband", "Kammer"]
    assert "nennt dieses Thema aber nicht eigens" in found[1].reason


def test_not_more_than_five_are_named(office, add, firm):
    for n in range(8):
        add(f"Partner {n}", topics={"digital": ""})
    assert len(offered(office, firm)) == 5


def test_a_firm_is_not_offered_to_itself(office, add, firm):
    own = add("Kröger zeigt seinen Betrieb", topics={"digital": ""})
    add("Rat", topics={"digital": ""})
    add("Kammer", "chamber", topics={"digital": ""})
    with office.writing_as("advisor") as u:
        tie_to_firm(u, own, firm.id)
    assert titles(office, firm) == ["Kammer", "Rat"]
    assert "Kröger zeigt seinen Betrieb" in titles(office, office.add_firm("Nachbar GmbH"))


def test_archived_partners_are_not_offered(office, add, firm):
    partner_id = add("Alt", topics={"digital": ""})
    with office.writing_as("advisor") as u:
        archive_partner(u, partner_id)
    assert titles(office, firm) == []


def test_partners_of_another_unit_are_not_offered(office, add, firm):
    add("Nebenan", unit_id=office.add_unit("Nachbarstadt"), topics={"digital": ""})
    assert titles(office, firm) == []


def test_unknown_topic_and_missing_right_give_no_offer(office, add, firm):
    add("Rat", topics={"digital": ""})
    assert titles(office, firm, "weather") == []
    assert offered(office, firm, role="privacy") == []


def test_unknown_town_of_the_firm_does_not_match_a_partner_without_town(office, add):
    add("Ohne Ort", topics={"digital": ""})
    assert "im selben Ort" not in offered(office, FirmRef(1, "X", 1))[0].reason
