"""The persons of a list as a table for other programs."""

import csv
import io
from collections.abc import Iterable

from wf40.core.contacts.audience import MAIL_WORDS, Person
from wf40.core.contacts.codes import ROLES, SALUTATIONS
from wf40.core.imports.refused import harmless

HEADERS = (
    "Anrede", "Titel", "Vorname", "Nachname", "Funktion", "Rolle", "Unternehmen", "Straße", "PLZ", "Ort", "Telefon",
    "E-Mail", "E-Mails", "Briefe",
)  # fmt: skip


def as_csv(people: Iterable[Person]) -> str:
    """Return one line a person, separated by semicolons; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    for person in people:
        writer.writerow(map(harmless, _cells(person)))
    return out.getvalue()


def _cells(person: Person) -> list[str]:
    address = person.address
    return [
        str(SALUTATIONS[person.salutation]) if person.salutation else "", person.title, person.given_name,
        person.family_name, person.function, str(ROLES.get(person.role, person.role)), person.firm_name,
        address.street if address else "", address.postcode if address else "", person.town, person.phone, person.email,
        str(MAIL_WORDS[person.mail]), "nicht erwünscht" if person.no_post else "erlaubt",
    ]  # fmt: skip
