"""The network as a table and as the data of its picture: the same relations, the same filters."""

from datetime import date
from html import unescape

import pytest
from wf40_partner_network import network
from wf40_partner_network.network import NetFilter
from wf40_partner_network.service import archive_partner

from wf40.core.firms import service as firms

NET = "/p/partner_network/netz"


def table(office, role="reader", unit_id=1, **wanted):
    with office.reading_as(role, unit_id) as u:
        rows = network.relations(u, NetFilter(**wanted)).rows
        return [(line.one.name, str(line.words), line.other.name) for line in rows]


def drawn(office, role="reader", **wanted):
    with office.reading_as(role) as u:
        picture = network.picture(u, NetFilter(**wanted))
    names = {node["id"]: node["name"] for node in picture.nodes}
    return sorted((names[link["source"]], link["words"], names[link["target"]]) for link in picture.links)


@pytest.fixture
def town(office, add, firm, relate):
    """Three partners and two firms, each tied to another."""
    chamber = f"p-{add('Kammer', 'chamber', topics={'staff': ''})}"
    university = f"p-{add('Öko-Hochschule', 'university', topics={'digital': '', 'energy': ''})}"
    bank = f"p-{add('Bank', 'other')}"
    supplier = f"f-{office.add_firm('Zulieferer Öz KG', town='Musterhausen').id}"
    relate(chamber, "advises", f"f-{firm.id}", since=date(2024, 5, 1), source="Besuch")
    relate(university, "cooperates", chamber)
    relate(supplier, "supplies", f"f-{firm.id}", since=date(2021, 1, 1))
    relate(bank, "finances", supplier, since=date(2019, 1, 1), until=date(2025, 1, 1))
    return {"chamber": chamber, "university": university, "bank": bank, "supplier": supplier, "firm": f"f-{firm.id}"}


ADVISES = ("Kammer", "berät", "Möbelhaus Kröger GmbH")
COOPERATES = ("Öko-Hochschule", "arbeitet zusammen mit", "Kammer")
SUPPLIES = ("Zulieferer Öz KG", "liefert an", "Möbelhaus Kröger GmbH")
FINANCES = ("Bank", "finanziert", "Zulieferer Öz KG")


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, {ADVISES, COOPERATES, SUPPLIES}),
        ({"state": "beendet"}, {FINANCES}),
        ({"state": "alle"}, {ADVISES, COOPERATES, SUPPLIES, FINANCES}),
        ({"kind": "supplies"}, {SUPPLIES}),
        ({"topic": "energy"}, {COOPERATES}),
        ({"topic": "staff"}, {ADVISES, COOPERATES}),
        ({"topic": "permit"}, set()),
        ({"pair": "pp"}, {COOPERATES}),
        ({"pair": "pf"}, {ADVISES}),
        ({"pair": "ff"}, {SUPPLIES}),
        ({"q": "oko"}, {COOPERATES}),
        ({"q": "moebelhaus kroeger"}, {ADVISES, SUPPLIES}),
        ({"q": "m_bel%"}, set()),
        ({"q": "oez", "state": "alle"}, {SUPPLIES, FINANCES}),
    ],
)
def test_table_and_picture_hold_the_same(office, town, wanted, kept):
    assert set(table(office, **wanted)) == kept
    assert drawn(office, **wanted) == sorted(kept)


def test_relations_around_one_record(office, town):
    assert set(table(office, around=town["chamber"])) == {ADVISES, COOPERATES}
    assert drawn(office, around=town["supplier"], state="alle") == sorted([SUPPLIES, FINANCES])


def test_table_sorts_by_every_column_and_unknown_days_stand_last(office, town):
    def names(order):
        return [row[0] for row in table(office, order=order, state="alle")]

    assert names("von") == ["Bank", "Kammer", "Öko-Hochschule", "Zulieferer Öz KG"]
    assert names("-von") == ["Zulieferer Öz KG", "Öko-Hochschule", "Kammer", "Bank"]
    assert names("mit") == ["Öko-Hochschule", "Kammer", "Zulieferer Öz KG", "Bank"]
    assert names("art") == ["Zulieferer Öz KG", "Öko-Hochschule", "Kammer", "Bank"]
    assert names("seit") == ["Bank", "Zulieferer Öz KG", "Kammer", "Öko-Hochschule"]
    assert names("-seit") == ["Kammer", "Zulieferer Öz KG", "Bank", "Öko-Hochschule"]
    assert names("bis")[0] == names("-bis")[0] == "Bank"


def test_archived_partners_and_firms_leave_the_network(office, town, firm):
    with office.writing_as("advisor") as u:
        archive_partner(u, int(town["university"][2:]))
    assert set(table(office)) == {ADVISES, SUPPLIES}
    with office.writing_as("advisor") as u:
        firms.archive_firm(u, firm.id)
    assert table(office) == drawn(office) == []


def test_nodes_say_what_they_are_and_lead_to_their_record(office, town):
    with office.reading_as("reader") as u:
        nodes = {node["id"]: node for node in network.picture(u, NetFilter()).nodes}
        links = network.picture(u, NetFilter(state="alle")).links
    assert nodes[town["firm"]] == {
        "id": town["firm"], "name": "Möbelhaus Kröger GmbH", "kind": "Unternehmen", "links": 2,
        "url": f"/unternehmen/{town['firm'][2:]}",
    }  # fmt: skip
    assert (nodes[town["chamber"]]["kind"], nodes[town["chamber"]]["url"]) == (
        "Kammer",
        f"/p/partner_network/{town['chamber'][2:]}",
    )
    assert town["bank"] not in nodes
    assert [(link["mutual"], link["over"]) for link in links] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]


def test_a_crowd_is_cut_for_the_picture_and_never_for_the_table(office, town, monkeypatch):
    monkeypatch.setattr(network, "MOST_NODES", 3)
    with office.reading_as("reader") as u:
        picture = network.picture(u, NetFilter())
        assert (len(picture.nodes), picture.left_out) == (3, 1)
        assert network.relations(u, NetFilter()).total == 3
        assert {link["source"] for link in picture.links} <= {node["id"] for node in picture.nodes}


def test_relations_of_another_unit_are_in_neither(office, add, relate, town):
    other = office.add_unit("Nachbarstadt")
    theirs = office.add_firm("Fremd GmbH", unit_id=other)
    relate(f"p-{add('Kammer nebenan', unit_id=other)}", "advises", f"f-{theirs.id}", unit_id=other)
    assert set(table(office)) == {ADVISES, COOPERATES, SUPPLIES}
    assert table(office, unit_id=other) == [("Kammer nebenan", "berät", "Fremd GmbH")]
    data = office.client_as("advisor").get(f"{NET}/daten?stand=alle&um=f-{theirs.id}").get_json()
    assert "Fremd GmbH" not in {node["name"] for node in data["nodes"]}


def test_page_holds_everything_without_javascript(office, town):
    page = unescape(office.client_as("reader").get(NET).get_data(as_text=True))
    for part in ("Kammer", "berät", "Möbelhaus Kröger GmbH", "01.05.2024", "Besuch", "1 bis 3 von 3"):
        assert part in page
    picture = page.partition('id="bild"')[2].partition(">")[0]
    assert " hidden" in picture  # unhidden by the script alone
    assert 'data-src="/p/partner_network/netz/daten"' in picture
    assert "/static/" in page.partition("echarts.min.js")[0].rpartition('"')[2]


def test_filters_reach_table_chips_and_picture(office, town):
    query = f"?q=kammer&thema=staff&art=advises&zwischen=pf&stand=alle&um={town['firm']}&sortierung=-seit"
    client = office.client_as("reader")
    page = unescape(client.get(NET + query).get_data(as_text=True))
    assert "1 bis 1 von 1" in page
    for chip in (
        "Rund um Möbelhaus",
        "Suche: kammer",
        "Hilft bei: Fachkräfte",
        "Beziehung: berät",
        "Zwischen: Partner und",
    ):
        assert chip in page
    source = page.partition('data-src="')[2].partition('"')[0]
    assert [link["words"] for link in client.get(source).get_json()["links"]] == ["berät"]
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize(
    "query",
    ["?thema=x&art=y&zwischen=z&stand=q", "?um=f-9999999", "?um=p-'", "?seite=x&sortierung=%01", "?q=%25_'", "?um=f-0"],
)
def test_nonsense_in_the_address_does_no_harm(office, town, query):
    client = office.client_as("reader")
    assert "1 bis 3 von 3" in client.get(NET + query).get_data(as_text=True) or "q=" in query
    assert client.get(NET + "/daten" + query).status_code == 200


@pytest.mark.parametrize("role", ["privacy", "admin"])
def test_who_may_not_see_partners_sees_no_network(office, town, role):
    client = office.client_as(role)
    assert client.get(NET).status_code == 403
    assert client.get(f"{NET}/daten").status_code == 403


def test_empty_network_explains_itself(office):
    page = unescape(office.client_as("reader").get(NET).get_data(as_text=True))
    assert "Noch keine Beziehungen" in page
    assert 'id="bild"' not in page
