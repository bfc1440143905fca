"""The persons of a list as a table for other programs."""

from collections.abc import Iterable

from wf40.base import csv_table
from wf40.core.contacts.audience import MAIL_WORDS, Person
from wf40.core.contacts.codes import ROLES, SALUTATIONS

HEADERS = (
    "Anrede", "Titel", "Vorname", "Nachname", "Funktion", "Rolle", "Unternehmen", "Straße", "PLZ", "Ort", "Telefon",
    "E-Mail", "E-Mails", "Briefe",
)  # fmt: skip


def as_csv(people: Iterable[Person]) -> str:
    """Return one line a person, separated by semicolons; no cell is a formula."""
    return csv_table.as_csv(HEADERS, map(_cells, people))


def _cells(person: Person) -> list[str]:
    address = person.address
    return [
        str(SALUTATIONS[person.salutation]) if person.salutation else "", person.title, person.given_name,
        person.family_name, person.function, str(ROLES.get(person.role, person.role)), person.firm_name,
        address.street if address else "", address.postcode if address else "", person.town, person.phone, person.email,
        str(MAIL_WORDS[person.mail]), "nicht erwünscht" if person.no_post else "erlaubt",
    ]  # fmt: skip
