"""Whom one may merge with: of the own unit, however many in others answer to the same words."""

from wf40.base.access import Actor
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.merges.choosing import candidates, person_candidates


def test_those_of_other_units_take_nobodys_place(office):
    there = office.add_unit("Nachbarstadt")
    system = Actor.system("tests")
    firms = [office.add_firm(f"Adler {n:02} GmbH", there) for n in range(30)]
    own, other = office.add_firm("Adler Optik GmbH"), office.add_firm("Adler Zelte GmbH")
    with office.product.database.write(system) as u:
        for firm in firms:
            add_contact(u, firm.id, ContactInput("Maier", f"A{firm.id}"))
        mine = add_contact(u, own.id, ContactInput("Maier", "Y"))
        wanted = add_contact(u, other.id, ContactInput("Maier", "Z"))
    with office.product.database.read(system) as u:
        assert [ref.id for ref in candidates(u, own.id, "Adler").firms] == [other.id]
        assert [entry.id for entry in person_candidates(u, mine, "Maier").persons] == [wanted]
