"""Firms of Musterhausen that somebody entered a second time, spelled a little differently, as happens everywhere."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wf40.base.uow import UnitOfWork
from wf40.core.consultations import service as consultations
from wf40.core.consultations.rules import ConsultationInput
from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ContactInput
from wf40.core.firms import service as firms
from wf40.core.firms import sites
from wf40.demo.plan import PlannedFirm, plain

SOURCE = "Visitenkarten von der Gewerbeschau (erfunden)"
_FORM = re.compile(r" (GmbH( & Co\. KG)?|UG \(haftungsbeschränkt\)|e\. K\.|KG|OHG|AG|eG|GbR)$")


@dataclass(frozen=True, slots=True)
class Double:
    """A second entry of the firm with this number in the plan, and what both have in common."""

    number: int
    name: str
    same_phone: bool
    same_address: bool


def doubles(planned: Sequence[PlannedFirm]) -> list[Double]:
    """Return three firms that stand twice: without umlauts, with a slip, and with the words the other way round."""
    ways: tuple[tuple[Callable[[PlannedFirm], bool], Callable[[str], str], bool, bool], ...] = (
        (lambda f: f.kind == "company" and plain(f.name) != f.name and f.name.endswith(" GmbH"), plain, True, True),
        (lambda f: f.kind == "sole_trader" and len(f.name.split()[-1]) > 7, _with_slip, False, True),
        (lambda f: f.kind == "company" and f.name.split()[1] == "Metalltechnik", _turned, True, False),
    )
    found: dict[int, Double] = {}
    for fits, spelled, same_phone, same_address in ways:
        number = next(n for n, firm in enumerate(planned) if n not in found and fits(firm))
        name = spelled(_FORM.sub("", planned[number].name))
        found[number] = Double(number, name, same_phone, same_address)
    return list(found.values())


def add_double(u: UnitOfWork, double: Double, firm: PlannedFirm, phone: str, mail: str, town: str) -> int:
    """Enter the firm a second time, with the person who handed over the card, and what they talked about.

    ``phone`` is that of the firm, ``mail`` that of the person, as both were entered first.
    """
    given = firms.FirmInput(
        name=double.name, kind=firm.kind, town=town, phone=phone if double.same_phone else "", source=SOURCE
    )
    firm_id = firms.create_firm(u, given)
    if double.same_address:
        street = firm.street.replace("straße", "str.").replace("Straße", "Str.")
        sites.add_site(
            u, firm_id,
            sites.SiteInput(
                label="", street=street, house_number=firm.house_number, postcode=firm.postcode, town=town, main=True
            ),
        )  # fmt: skip
    person = firm.people[0]
    card = ContactInput(
        family_name=person.family_name, given_name=f"{person.given_name[0]}.", role=person.role,
        email=mail if double.same_phone else "",
    )  # fmt: skip
    contact_id = contacts.add_contact(u, firm_id, card)
    talk = ConsultationInput(
        kind="visit", channel="on_site", held_on=u.now.date(), occasion="Gewerbeschau",
        summary="Am Stand kurz gesprochen. Bittet um einen Termin im Betrieb.", agreements="", confidentiality="internal",
        topics=("location",), contact_ids=(contact_id,),
    )  # fmt: skip
    consultations.add_consultation(u, firm_id, talk)
    return firm_id


def _with_slip(name: str) -> str:
    """Leave out the last letter but one of the last word."""
    return name[:-2] + name[-1]


def _turned(name: str) -> str:
    return " ".join(reversed(name.split()))
