"""Partners as recipients of concerns, and what became of what they got."""

from datetime import timedelta
from html import unescape

from wf40_partner_network import plugin as hooks
from wf40_partner_network.handed_on import handed_on
from wf40_partner_network.people import archive_person
from wf40_partner_network.service import archive_partner, tie_to_firm

HOME = "/p/partner_network/"


def recipients(office, firm, topic="digital", role="advisor"):
    with office.reading_as(role) as u:
        return list(hooks.handover_recipients(u, firm, topic))


def labels(office, firm, topic="digital", role="advisor"):
    return [str(recipient.label) for recipient in recipients(office, firm, topic, role)]


def test_every_partner_can_take_over_and_those_with_the_topic_come_first(office, add, firm):
    add("Amt", "authority")
    add("Fern", town="Ulm", topics={"digital": ""})
    near = add("Nah", town="Musterhausen", topics={"digital": "Onlineverkauf", "energy": ""}, email="rat@nah.example")
    found = recipients(office, firm)
    assert [r.label for r in found] == ["Nah", "Fern", "Amt"]
    assert [r.order for r in found] == [0, 1, 2]
    assert (found[0].key, str(found[0].group), found[0].email, found[0].url) == (
        f"partner_network-{near}", "Partner", "rat@nah.example", f"/p/partner_network/{near}",
    )  # fmt: skip
    assert found[0].note == "im selben Ort; hilft auch bei einem weiteren Thema: Onlineverkauf"
    assert "nennt dieses Thema aber nicht eigens" in found[2].note


def test_mail_goes_to_the_partner_or_else_to_its_first_person_with_an_address(office, add, person, firm):
    partner_id = add("Kammer")
    first = person(partner_id, "Anna Ott", email="anna@kammer.example")
    person(partner_id, "Ben Zoll", email="ben@kammer.example")
    assert recipients(office, firm)[0].email == "anna@kammer.example"
    with office.writing_as("advisor") as u:
        archive_person(u, partner_id, first)
    assert recipients(office, firm)[0].email == "ben@kammer.example"
    add("Nur Telefon", topics={"digital": ""})
    assert recipients(office, firm)[0].email == ""


def test_neither_archived_nor_foreign_partners_nor_the_firm_itself(office, add, firm):
    gone, own = add("Alt", topics={"digital": ""}), add("Kröger selbst", topics={"digital": ""})
    add("Nebenan", unit_id=office.add_unit("Nachbarstadt"))
    with office.writing_as("advisor") as u:
        archive_partner(u, gone)
        tie_to_firm(u, own, firm.id)
    assert labels(office, firm) == []
    assert labels(office, office.add_firm("Nachbar GmbH")) == ["Kröger selbst"]


def test_unknown_topic_still_offers_and_a_missing_right_does_not(office, add, firm):
    add("Kammer", town="Ulm")
    assert labels(office, firm, "weather") == ["Kammer"]
    assert recipients(office, firm, "")[0].note == "Ulm"
    assert labels(office, firm, role="privacy") == []


def test_what_was_handed_on_stands_on_page_and_list(office, add, firm, hand_on, answered):
    partner_id = add("Kammer", email="rat@kammer.example")
    client = office.client_as("reader")
    assert "Noch kein Anliegen weitergeleitet." in client.get(f"{HOME}{partner_id}").get_data(as_text=True)
    first = hand_on(partner_id, "Sucht Auszubildende")
    office.clock.moment += timedelta(days=4)
    answered(first)
    hand_on(partner_id, "Braucht Beratung")
    client = office.client_as("lead")  # the reader's session has ended meanwhile
    page = unescape(client.get(f"{HOME}{partner_id}").get_data(as_text=True)).partition('id="anliegen"')[2]
    page = page.partition("</section>")[0]
    assert "2 Anliegen weitergeleitet" in page
    assert "1 davon gelöst" in page
    assert "Antwort meist nach 4 Tagen" in page
    assert page.index("Braucht Beratung") < page.index("Sucht Auszubildende")
    assert "Antwort steht aus" in page
    assert f'href="/unternehmen/{firm.id}"' in page
    listed = client.get(HOME).get_data(as_text=True)
    assert '<td class="wf-num">2</td><td class="wf-num">1</td><td class="wf-num">4</td>' in listed


def test_days_to_answer_are_the_middle_one_and_none_without_answer(office, add, hand_on, answered):
    partner_id = add("Kammer")
    numbers = [hand_on(partner_id, f"Anliegen {n}") for n in range(4)]
    for number, days in zip(numbers[:3], (1, 1, 20), strict=True):
        office.clock.moment += timedelta(days=days)
        answered(number, "declined")
    with office.reading_as("reader") as u:
        found = handed_on(u, [partner_id])[partner_id]
        assert (len(found.concerns), found.solved, found.days_to_answer) == (4, 0, 2)
        assert handed_on(u, []) == {}


def test_archived_recipient_keeps_what_it_got_and_the_concern_keeps_its_name(office, add, firm, hand_on):
    partner_id = add("Kammer")
    hand_on(partner_id, "Sucht Auszubildende")
    with office.writing_as("advisor") as u:
        archive_partner(u, partner_id)
    client = office.client_as("advisor")
    page = client.get(f"{HOME}{partner_id}").get_data(as_text=True)
    assert "Sucht Auszubildende" in page
    concern = page.partition('href="/anliegen/')[2].partition('"')[0]
    assert "Kammer" in client.get(f"/anliegen/{concern}").get_data(as_text=True)


def test_who_may_not_read_concerns_sees_none(office, add, hand_on):
    partner_id = add("Kammer")
    hand_on(partner_id, "Sucht Auszubildende")
    with office.reading_as("advisor") as u:
        assert handed_on(u, [partner_id])
    from dataclasses import replace

    actor = office.actor("advisor")
    with office.product.database.read(replace(actor, permissions=actor.permissions - {"concerns.read"})) as u:
        assert handed_on(u, [partner_id]) == {}
