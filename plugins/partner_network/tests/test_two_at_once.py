"""Two people work on the same partner at the same moment: one of them is told, nothing is overwritten in silence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from wf40_partner_network import merging, network, people, queries, relations, service
from wf40_partner_network.merging import MergeInput

from wf40.sdk.errors import InvalidInput, StaleVersion


def waits(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


@pytest.fixture
def at_once(office):
    """Do one thing, begin the other before it is committed, and return what came of the other."""
    database, actor = office.product.database, office.actor("advisor")

    def run(second):
        with database.write(actor) as u:
            second(u)

    def both(first, second):
        with ThreadPoolExecutor(1) as pool:
            with database.write(actor) as u:
                first(u)
                u.session.flush()
                other = pool.submit(run, second)
                while database.engine.dialect.name == "postgresql" and not waits(database) and not other.done():
                    pass
            return other

    return both


def test_of_two_who_save_a_partner_one_is_told(office, add, at_once):
    partner_id = add("Kammer")

    def save(name):
        return lambda u: service.change_partner(u, partner_id, 1, service.PartnerInput(name, "chamber"))

    with pytest.raises(StaleVersion):
        at_once(save("Erste"), save("Zweite")).result()
    with office.reading_as("reader") as u:
        assert queries.partner(u, partner_id).name == "Erste"


def test_of_two_who_save_a_person_one_is_told(office, add, person, at_once):
    partner_id = add("Kammer")
    person_id = person(partner_id, "Anna Ott")

    def save(name):
        return lambda u: people.change_person(u, partner_id, person_id, 1, people.PersonInput(name))

    with pytest.raises(StaleVersion):
        at_once(save("Erste"), save("Zweite")).result()
    with office.reading_as("reader") as u:
        assert [p.name for p in queries.partner(u, partner_id).people] == ["Erste"]


def test_two_people_added_at_once_are_both_found(office, add, at_once):
    partner_id = add("Kammer")

    def enter(name):
        return lambda u: people.add_person(u, partner_id, people.PersonInput(name))

    at_once(enter("Ott"), enter("Ulm")).result()
    with office.reading_as("reader") as u:
        assert {"ott", "ulm"} <= set(queries.partner(u, partner_id).search_text.split())


def test_of_two_who_save_a_relation_one_is_told(office, add, relate, at_once):
    one, other = f"p-{add('Eins')}", f"p-{add('Zwei')}"
    relation_id = relate(one, "cooperates", other)

    def save(note):
        given = relations.RelationInput(one, "cooperates", other, note=note)
        return lambda u: relations.change_relation(u, relation_id, 1, given)

    with pytest.raises(StaleVersion):
        at_once(save("Erste"), save("Zweite")).result()
    with office.reading_as("reader") as u:
        assert network.relation(u, relation_id).note == "Erste"


def test_two_partners_are_never_merged_into_each_other(office, add, at_once):
    one, other = add("Eins"), add("Zwei")

    def put(kept, gone):
        return lambda u: merging.merge(u, MergeInput(kept, gone, 1, 1, {}))

    with pytest.raises((InvalidInput, StaleVersion)):
        at_once(put(one, other), put(other, one)).result()
    with office.reading_as("reader") as u:
        kept, gone = queries.partner(u, one), queries.partner(u, other)
        assert (kept.archived_at, kept.merged_into_id, gone.merged_into_id) == (None, None, one)


def test_what_is_saved_while_a_partner_is_merged_is_refused_not_lost(office, add, at_once):
    kept, gone = add("Eins"), add("Zwei")

    def save(u):
        service.change_partner(u, gone, 1, service.PartnerInput("Drei", "chamber"))

    with pytest.raises(InvalidInput, match="aufgegangen"):
        at_once(lambda u: merging.merge(u, MergeInput(kept, gone, 1, 1, {})), save).result()
    with office.reading_as("reader") as u:
        assert queries.partner(u, gone).name == "Zwei"
