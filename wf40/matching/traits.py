"""What is known of an organisation or a person and may recognise it again; everything but the name may be empty."""

from dataclasses import dataclass

RegisterKey = tuple[str, str, str, str]
"""Kind, number without leading zeros, suffix, court."""
NO_REGISTER: RegisterKey = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class FirmTraits:
    """An organisation as somebody wrote it down. ``legal_form`` is a code of :mod:`wf40.matching.legal_forms`.

    Where ``legal_form`` is empty it is read from the name. Phone, mail, website and address stand as written.
    """

    name: str
    former_names: tuple[str, ...] = ()
    legal_form: str = ""
    register: RegisterKey = NO_REGISTER
    vat_id: str = ""
    economic_id: str = ""
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class PersonTraits:
    """A person as somebody wrote them down. ``born`` is an ISO date or parts of one, where a file has it.

    ``salutation`` is any code that differs for women and men.
    """

    given_name: str
    family_name: str
    title: str = ""
    firm: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    born: str = ""
    salutation: str = ""
