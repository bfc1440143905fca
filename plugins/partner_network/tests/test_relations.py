"""What partners and firms are to each other."""

from datetime import date

import pytest
from sqlalchemy import text
from wf40_partner_network import network, relations
from wf40_partner_network.nodes import typed_node
from wf40_partner_network.relations import RelationInput

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion

TODAY = date(2026, 11, 21)


def lines(office, key, role="reader", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return [(str(line.words), line.other.name, line.over) for line in network.relations_of(u, key)]


def refused(relate, *args, **rest):
    with pytest.raises(InvalidInput) as fault:
        relate(*args, **rest)
    return {field: str(sentence) for field, sentence in fault.value.fields.items()}


@pytest.fixture
def sides(office, add, firm):
    """Two partners and two firms, by their keys."""
    other = office.add_firm("Zulieferer Öz KG", town="Musterhausen")
    return f"p-{add('Kammer', 'chamber')}", f"p-{add('Hochschule')}", f"f-{firm.id}", f"f-{other.id}"


def test_a_relation_reads_from_both_sides(office, relate, sides):
    chamber, university, firm, supplier = sides
    relate(chamber, "advises", firm, since=date(2020, 5, 1))
    relate(firm, "supplies<", supplier)
    relate(university, "cooperates", chamber)
    assert lines(office, firm) == [
        ("wird beraten von", "Kammer", False),
        ("wird beliefert von", "Zulieferer Öz KG", False),
    ]
    assert lines(office, supplier) == [("liefert an", "Möbelhaus Kröger GmbH", False)]
    assert lines(office, chamber) == [
        ("arbeitet zusammen mit", "Hochschule", False), ("berät", "Möbelhaus Kröger GmbH", False),
    ]  # fmt: skip


def test_an_ended_relation_stays_and_stands_last(office, relate, sides):
    chamber, university, firm, _supplier = sides
    ended = relate(chamber, "advises", firm, since=date(2020, 5, 1))
    relate(university, "researches_with", firm)
    with office.writing_as("advisor") as u:
        relations.end_relation(u, ended)
        relations.end_relation(u, ended)
    assert lines(office, firm) == [("forscht mit", "Hochschule", False), ("wird beraten von", "Kammer", True)]
    with office.reading_as("advisor") as u:
        assert network.relation(u, ended).until == TODAY
        changes = [(str(c.label), c.old, c.new) for c in network.relation_history(u, ended)]
        assert changes[0] == ("Bis", "–", "21.11.2026")
        assert network.count_of(u, firm) == 1


def test_a_relation_that_begins_later_is_not_ended_before_it(office, relate, sides):
    relation_id = relate(sides[0], "advises", sides[2], since=date(2027, 1, 1))
    with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
        relations.end_relation(u, relation_id)


def test_end_before_beginning_and_unknown_kind_are_refused_at_once(relate, sides):
    faults = refused(
        relate, sides[0], "loves", sides[2], since=date(2026, 5, 2), until=date(2026, 5, 1), source="x" * 301
    )
    assert set(faults) == {"kind", "until", "source"}
    assert "kind" in refused(relate, sides[0], "advises<<", sides[2])
    assert "since" in refused(relate, sides[0], "advises", sides[2], since=date(202, 6, 1))


def test_nothing_is_related_to_itself(office, relate, sides):
    assert "other" in refused(relate, sides[0], "advises", sides[0])
    assert "other" in refused(relate, sides[2], "supplies", sides[2])
    assert lines(office, sides[0]) == []


def test_a_partner_is_not_related_to_the_firm_that_it_is(office, add, firm, relate):
    from wf40_partner_network.service import tie_to_firm

    partner_id = add("Kröger als Pate", "company")
    with office.writing_as("advisor") as u:
        tie_to_firm(u, partner_id, firm.id)
    assert "derselbe Betrieb" in refused(relate, f"f-{firm.id}", "mentors<", f"p-{partner_id}")["other"]


def test_the_same_relation_is_open_only_once(office, relate, sides):
    chamber, university, firm, _supplier = sides
    first = relate(chamber, "cooperates", university)
    assert "bereits eingetragen" in refused(relate, university, "cooperates", chamber)["other"]  # mutual: the same
    relate(chamber, "advises", firm)
    assert "other" in refused(relate, firm, "advises<", chamber)
    relate(firm, "advises", chamber)  # the other way round is another relation
    relate(chamber, "cooperates", university, since=date(2010, 1, 1), until=date(2015, 1, 1))  # long over
    with office.writing_as("advisor") as u:
        relations.end_relation(u, first)
    relate(chamber, "cooperates", university)
    assert [over for _words, _name, over in lines(office, university)] == [False, True, True]


def test_one_that_ends_in_the_future_is_open_until_then(office, relate, sides):
    relate(sides[0], "advises", sides[2], until=date(2026, 11, 30))
    assert "other" in refused(relate, sides[0], "advises", sides[2])
    relate(sides[0], "cooperates", sides[1], until=date(2026, 11, 30))
    assert "other" in refused(relate, sides[1], "cooperates", sides[0])
    office.clock.moment = office.clock.moment.replace(month=12, day=1)
    relate(sides[0], "advises", sides[2])


def test_the_database_refuses_what_two_people_enter_at_once(office, relate, sides):
    relation_id = relate(sides[0], "advises", sides[2])
    again = text(
        "INSERT INTO partner_network_relation (unit_id, from_partner_id, to_firm_id, kind, note, source, open_key, version,"
        " created_at, updated_at) SELECT unit_id, from_partner_id, to_firm_id, kind, note, source, open_key, version,"
        " created_at, updated_at FROM partner_network_relation WHERE id = :id"
    )
    with pytest.raises(Exception, match=r"(?i)unique"), office.writing_as("advisor") as u:
        u.session.execute(again, {"id": relation_id})


def test_a_change_is_checked_like_an_entry_and_a_late_one_is_refused(office, relate, sides):
    chamber, university, firm, supplier = sides
    relation_id = relate(chamber, "advises", firm)
    relate(university, "advises", firm)
    with pytest.raises(InvalidInput), office.writing_as("advisor") as u:
        relations.change_relation(u, relation_id, 1, RelationInput(university, "advises", firm))
    with office.writing_as("lead") as u:
        relations.change_relation(u, relation_id, 1, RelationInput(firm, "supplies<", supplier, note="Schrauben"))
    with pytest.raises(StaleVersion) as late, office.writing_as("advisor") as u:
        relations.change_relation(u, relation_id, 1, RelationInput(chamber, "mentors", firm))
    assert late.value.changed_by == "Leitung 1"
    assert lines(office, supplier) == [("liefert an", "Möbelhaus Kröger GmbH", False)]
    assert lines(office, chamber) == []


def test_saving_without_a_change_is_no_change(office, relate, sides):
    relation_id = relate(sides[0], "advises", sides[2], source="Besuch")
    with office.writing_as("lead") as u:
        relations.change_relation(u, relation_id, 1, RelationInput(sides[2], "advises<", sides[0], source="Besuch"))
    with office.reading_as("lead") as u:
        assert network.relation(u, relation_id).version == 1


def test_archived_sides_get_no_new_relation_and_keep_their_old_ones(office, add, relate, sides):
    from wf40_partner_network.service import archive_partner

    chamber, _university, firm, supplier = sides
    relation_id = relate(chamber, "advises", firm)
    with office.writing_as("advisor") as u:
        archive_partner(u, int(chamber[2:]))
    assert "archiviert" in refused(relate, chamber, "advises", supplier)["other"]
    assert lines(office, firm) == [("wird beraten von", "Kammer", False)]
    with office.writing_as("advisor") as u:
        relations.change_relation(u, relation_id, 1, RelationInput(chamber, "advises", firm, source="Besuch"))


def test_firms_and_partners_of_another_unit_cannot_be_related(office, add, relate, sides):
    other = office.add_unit("Nachbarstadt")
    theirs = office.add_firm("Fremd GmbH", unit_id=other)
    their_partner = add("Kammer nebenan", unit_id=other)
    assert "other" in refused(relate, sides[0], "advises", f"f-{theirs.id}")
    assert "other" in refused(relate, sides[0], "cooperates", f"p-{their_partner}")
    assert "one" in refused(relate, f"f-{theirs.id}", "supplies", sides[2])


def test_relations_of_another_unit_do_not_exist(office, add, relate, firm):
    other = office.add_unit("Nachbarstadt")
    theirs = office.add_firm("Fremd GmbH", unit_id=other)
    relation_id = relate(f"p-{add('Kammer nebenan', unit_id=other)}", "advises", f"f-{theirs.id}", unit_id=other)
    with office.reading_as("advisor") as u, pytest.raises(NotFound):
        network.relation(u, relation_id)
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        relations.end_relation(u, relation_id)
    client = office.client_as("advisor")
    for url in (
        f"beziehungen/{relation_id}/f-{theirs.id}",
        f"beziehungen/neu/f-{theirs.id}",
        f"unternehmen/{theirs.id}",
    ):
        assert client.get(f"/p/partner_network/{url}").status_code == 404
    assert client.post(f"/p/partner_network/beziehungen/{relation_id}/beenden").status_code == 404


def test_a_district_sees_its_towns_relations_and_changes_none(office, add, relate):
    town = office.add_unit("Gemeinde", parent_id=1)
    theirs = office.add_firm("Dorf GmbH", unit_id=town)
    relation_id = relate(f"p-{add('Kammer', unit_id=town)}", "advises", f"f-{theirs.id}", unit_id=town)
    assert lines(office, f"f-{theirs.id}", "lead") == [("wird beraten von", "Kammer", False)]
    with pytest.raises(Forbidden), office.writing_as("lead") as u:
        relations.end_relation(u, relation_id)
    # What the district itself enters about its town's firm stays the district's own.
    own = relate(f"p-{add('Landratsamt')}", "advises", f"f-{theirs.id}")
    assert lines(office, f"f-{theirs.id}", "advisor", town) == [("wird beraten von", "Kammer", False)]
    with pytest.raises(NotFound), office.writing_as("advisor", town) as u:
        relations.end_relation(u, own)


@pytest.mark.parametrize("role", ["reader", "privacy", "admin"])
def test_whoever_does_not_write_about_firms_relates_nothing(office, sides, role):
    with pytest.raises(Forbidden), office.writing_as(role) as u:
        relations.add_relation(u, RelationInput(sides[0], "advises", sides[2]))


def test_a_firm_that_is_deleted_takes_its_relations_along(office, relate, sides, firm):
    relate(sides[0], "advises", sides[2])
    with office.writing_as("advisor") as u:
        u.session.execute(text("DELETE FROM firm WHERE id = :id"), {"id": firm.id})
    assert lines(office, sides[0]) == []


def test_a_side_is_found_by_what_somebody_types(office, sides, add):
    add("Kammer Süd")
    with office.reading_as("advisor") as u:
        assert typed_node(u, "moebelhaus", "other").key == sides[2]
        assert typed_node(u, "Kammer", "other").key == sides[0]  # exactly so named, though another begins so
        assert typed_node(u, f"Irgendwas (U{sides[3][2:]})", "other").key == sides[3]
        for typed in ("Kamm", "gibt es nicht", "", "X (P99999)", "%"):
            with pytest.raises(InvalidInput):
                typed_node(u, typed, "other")
