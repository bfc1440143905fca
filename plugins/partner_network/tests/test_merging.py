"""Two entries of the same partner become one."""

from datetime import date
from html import unescape

import pytest
from wf40_partner_network import merging, network, queries, service
from wf40_partner_network import plugin as hooks
from wf40_partner_network.handed_on import handed_on
from wf40_partner_network.merging import MergeInput
from wf40_partner_network.queries import PartnerFilter

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion

HOME = "/p/partner_network/"


@pytest.fixture
def merge(office):
    def run(kept_id, other_id, role="advisor", versions=None, **take):
        with office.reading_as("lead") as u:
            found = versions or [queries.partner(u, i).version for i in (kept_id, other_id)]
        with office.writing_as(role) as u:
            return merging.merge(u, MergeInput(kept_id, other_id, *found, take))

    return run


def partner(office, partner_id):
    with office.reading_as("lead") as u:
        row = queries.partner(u, partner_id)
        return row, row.topics, [(p.name, p.archived_at is not None) for p in row.people]


def lines(office, key):
    with office.reading_as("lead") as u:
        return [(str(line.words), line.other.name, line.since, line.until) for line in network.relations_of(u, key)]


def text_of(answer):
    return unescape(answer.get_data(as_text=True))


def test_fields_are_chosen_one_by_one_and_empty_ones_filled(office, add, firm, merge):
    kept = add(
        "Kammer Süd", "chamber", town="Ulm", email="a@kammer.example", note="Erste", topics={"staff": "A", "energy": ""}
    )
    other = add(
        "Kammer", "other", town="Aalen", phone="07531 900", note="Zweite", topics={"staff": "B", "digital": "C"}
    )
    with office.writing_as("advisor") as u:
        service.tie_to_firm(u, other, firm.id)
    merge(kept, other, kind="kept", name="kept", town="other")
    row, topics, _people = partner(office, kept)
    assert (row.name, row.kind, row.town, row.email, row.phone) == (
        "Kammer Süd", "chamber", "Aalen", "a@kammer.example", "+497531900",
    )  # fmt: skip
    assert (row.note, row.firm_id, row.town_key) == ("Erste\n\nZweite", firm.id, "aalen")
    assert topics == {"staff": "A; B", "energy": "", "digital": "C"}
    with office.reading_as("reader") as u:
        assert [p.name for p in queries.partners(u, PartnerFilter(q="zweite aalen")).rows] == ["Kammer Süd"]


def test_old_entry_is_gone_everywhere_and_its_address_leads_to_the_kept_one(office, add, firm, merge):
    kept, other = add("Kammer Süd", topics={"digital": ""}), add("Kammer", topics={"digital": ""})
    merge(kept, other)
    with office.reading_as("advisor") as u:
        for archived in (False, True):
            assert other not in [p.id for p in queries.partners(u, PartnerFilter(archived=archived)).rows]
        assert [o.title for o in hooks.help_offers(u, "digital", firm)] == ["Kammer Süd"]
        assert [r.label for r in hooks.handover_recipients(u, firm, "digital")] == ["Kammer Süd"]
        assert queries.doubles(u, queries.partner(u, kept), "kammer") == []
    client = office.client_as("advisor")
    answer = client.get(f"{HOME}{other}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{HOME}{kept}")
    assert client.get(f"{HOME}{other}/bearbeiten").status_code == 422
    assert client.post(f"{HOME}{other}/wiederherstellen").status_code == 422


def test_people_move_and_one_who_stands_at_both_stands_there_once(office, add, person, merge):
    kept, other = add("Kammer Süd"), add("Kammer")
    person(kept, "Anna Ott", email="anna@kammer.example")
    person(other, "Anna  Ott", email="anna@kammer.example", role="Leitung", phone="07531 900")
    person(other, "Ben Zoll")
    assert merge(kept, other).people == 2
    _row, _topics, people = partner(office, kept)
    assert sorted(people) == [("Anna Ott", False), ("Anna Ott", True), ("Ben Zoll", False)]
    with office.reading_as("lead") as u:
        first = queries.partner(u, kept).first_person
        assert (first.name, first.role, first.phone) == ("Anna Ott", "Leitung", "+497531900")
        assert queries.partner(u, other).people == []


def test_relations_move_and_what_was_between_both_goes(office, add, firm, relate, merge):
    kept, other, third = add("Kammer Süd"), add("Kammer"), add("Hochschule")
    relate(f"p-{kept}", "cooperates", f"p-{other}")
    relate(f"p-{other}", "advises", f"f-{firm.id}", since=date(2024, 1, 1))
    relate(f"p-{third}", "finances", f"p-{other}")
    moves = merge(kept, other)
    assert (moves.relations, moves.joined, moves.dropped) == (2, 0, 1)
    assert set(lines(office, f"p-{kept}")) == {
        ("berät", "Möbelhaus Kröger GmbH", date(2024, 1, 1), None), ("wird finanziert von", "Hochschule", None, None),
    }  # fmt: skip
    assert lines(office, f"p-{other}") == []


def test_relations_that_both_have_become_one(office, add, firm, relate, merge):
    kept, other, third = add("Kammer Süd"), add("Kammer"), add("Hochschule")
    first = relate(
        f"p-{kept}", "advises", f"f-{firm.id}", since=date(2024, 1, 1), source="Besuch", until=date(2027, 1, 1)
    )
    relate(f"p-{other}", "advises", f"f-{firm.id}", since=date(2021, 1, 1), source="Zeitung")
    relate(f"p-{kept}", "cooperates", f"p-{third}")
    relate(f"p-{third}", "cooperates", f"p-{other}")  # the same, read the other way round
    relate(f"p-{kept}", "mentors", f"f-{firm.id}", since=date(2010, 1, 1), until=date(2011, 1, 1))
    relate(f"p-{other}", "mentors", f"f-{firm.id}", since=date(2015, 1, 1))
    moves = merge(kept, other)
    assert (moves.relations, moves.joined, moves.dropped) == (1, 2, 0)
    assert ("berät", "Möbelhaus Kröger GmbH", date(2021, 1, 1), None) in lines(office, f"p-{kept}")
    assert len(lines(office, f"p-{kept}")) == 4
    with office.reading_as("lead") as u:
        row = network.relation(u, first)
        assert (row.source, row.open_key) == ("Besuch; Zeitung", f"advises p-{kept} f-{firm.id}")


def test_relations_are_still_open_once_after_the_merge(office, add, firm, relate, merge):
    kept, other = add("Kammer Süd"), add("Kammer")
    relate(f"p-{other}", "advises", f"f-{firm.id}")
    merge(kept, other)
    with pytest.raises(InvalidInput):
        relate(f"p-{kept}", "advises", f"f-{firm.id}")
    with pytest.raises(InvalidInput):
        relate(f"p-{other}", "advises", f"f-{firm.id}")  # the old key means the kept one


def test_hand_ons_come_along_and_the_concern_keeps_the_old_name(office, add, hand_on, merge):
    kept, other = add("Kammer Süd"), add("Alte Kammer")
    hand_on(kept, "Erstes")
    hand_on(other, "Zweites")
    merge(kept, other)
    with office.reading_as("reader") as u:
        found = handed_on(u, [kept, other])
        assert sorted(c.concern_title for c in found[kept].concerns) == ["Erstes", "Zweites"]
    client = office.client_as("advisor")
    page = text_of(client.get(f"{HOME}{kept}"))
    assert "2 Anliegen weitergeleitet" in page
    concern = page.partition("Zweites")[0].rpartition('href="/anliegen/')[2].partition('"')[0]
    shown = client.get(f"/anliegen/{concern}").text
    assert f'<a href="{HOME}{kept}">Alte Kammer</a>' in shown, "the old name, leading to the one that was kept"


def test_merging_again_leads_everything_to_the_last_one_and_never_in_a_circle(office, add, hand_on, merge):
    first, second, third = add("Eins"), add("Zwei"), add("Drei")
    hand_on(first, "Anliegen")
    merge(second, first)
    for kept, other in ((first, second), (first, third), (third, first)):
        with pytest.raises(InvalidInput):
            merge(kept, other)
    merge(third, second)
    client = office.client_as("advisor")
    for old in (first, second):
        assert client.get(f"{HOME}{old}").headers["Location"] == f"{HOME}{third}"
    with office.reading_as("reader") as u:
        assert len(handed_on(u, [third])[third].concerns) == 1


def test_one_is_not_merged_with_itself_nor_into_an_archived_one(office, add, merge):
    kept, other = add("Eins"), add("Zwei")
    with pytest.raises(InvalidInput):
        merge(kept, kept)
    with office.writing_as("advisor") as u:
        service.archive_partner(u, other)
    with pytest.raises(InvalidInput):
        merge(other, kept)
    merge(kept, other)  # an archived one may go into one that is in use
    assert partner(office, other)[0].merged_into_id == kept


def test_history_of_both_says_so(office, add, merge):
    kept, other = add("Eins", town="Ulm"), add("Zwei", town="Aalen")
    merge(kept, other, role="lead", town="other")
    with office.reading_as("advisor") as u:
        found = {(str(c.label), c.old, c.new) for c in queries.history(u, kept) if c.who == "Leitung 1"}
    assert {
        ("Ort", "Ulm", "Aalen"),
        ("Zusammengeführt mit", "–", "Zwei"),
        ("Zwei: Aufgegangen in", "–", "Eins"),
    } <= found


def test_who_looked_at_an_old_version_is_refused(office, add, merge):
    kept, other = add("Eins"), add("Zwei")
    with pytest.raises(StaleVersion):
        merge(kept, other, versions=(1, 2))
    with pytest.raises(StaleVersion):
        merge(kept, other, versions=(2, 1))
    assert partner(office, other)[0].merged_into_id is None


def test_unknown_choice_is_refused(office, add, merge):
    with pytest.raises(InvalidInput):
        merge(add("Eins"), add("Zwei"), name="beide")


def test_rights_and_units_hold(office, add, merge):
    kept, theirs = add("Eins"), add("Zwei", unit_id=office.add_unit("Nachbarstadt"))
    with pytest.raises(NotFound):
        merge(kept, theirs, versions=(1, 1))
    with pytest.raises(Forbidden):
        merge(kept, add("Drei"), role="reader", versions=(1, 1))
    client = office.client_as("advisor")
    assert client.get(f"{HOME}{kept}/zusammenfuehren?mit={theirs}").status_code == 404
    assert client.get(f"{HOME}{theirs}/zusammenfuehren").status_code == 404
    assert client.post(f"{HOME}{kept}/zusammenfuehren", data={"other_id": theirs}).status_code == 404
    assert office.client_as("reader").get(f"{HOME}{kept}/zusammenfuehren").status_code == 403


def test_officer_searches_compares_swaps_and_merges(office, add, person):
    kept, other = add("Kammer Süd", town="Ulm"), add("Kammer Suedstadt", town="Aalen", phone="07531 900")
    person(other, "Anna Ott")
    client, url = office.client_as("advisor"), f"{HOME}{kept}/zusammenfuehren"
    assert f"mit={other}" in text_of(client.get(url + "?q=kammer"))
    assert "Kein anderer Partner gefunden" in text_of(client.get(url + "?q=xyz"))
    page = text_of(client.get(f"{url}?mit={other}"))
    assert f'href="{HOME}{other}/zusammenfuehren?mit={kept}"' in page  # the other way round
    assert 'name="town" id="town-kept" value="kept" checked' in page
    assert 'name="phone" id="phone-other" value="other" checked' in page  # the kept one has none
    typed = {"other_id": other, "kept_version": 1, "other_version": 1, "town": "other"}
    stale = client.post(url, data={**typed, "other_version": 7})
    assert stale.status_code == 409
    assert "Nichts wurde geändert." in text_of(stale)
    assert client.post(url, data={**typed, "town": "nirgends"}).status_code == 422
    answer = client.post(url, data=typed, follow_redirects=True)
    assert "Die Partner sind zusammengeführt. Personen: 1, Beziehungen: 0" in text_of(answer)
    assert partner(office, kept)[0].town == "Aalen"
    assert client.post(url, data=typed).status_code == 422  # sent twice


def test_nonsense_leads_nowhere(office, add):
    kept = add("Eins")
    client = office.client_as("advisor")
    assert client.get(f"{HOME}{kept}/zusammenfuehren?mit={kept}").status_code == 422
    assert client.get(f"{HOME}{kept}/zusammenfuehren?mit=abc").status_code == 200
    assert client.post(f"{HOME}{kept}/zusammenfuehren").status_code == 404
