"""Compares organisations: what is known of two of them becomes an explained probability that they are one.

The model is Fellegi and Sunter's (see :mod:`wf40.matching.weights`). The words of a name weigh by how rare they are
(term frequency). A few rules stand above the sum: differing register numbers are never the same by themselves, a firm
that is liable for a limited partnership stays apart from it, forms that one organisation cannot change between are
asked about at best.
"""

from typing import NamedTuple

from wf40.matching.courts import court_of, same_courts
from wf40.matching.naming import name_evidence
from wf40.matching.places import ADDRESS_DIFFERS, NOWHERE, PreparedPlace, address_evidence, place_of
from wf40.matching.reach import domain_of, mail_key, phone_key, site_key, switchboard, tax_key
from wf40.matching.traits import NO_REGISTER, FirmTraits, RegisterKey
from wf40.matching.verdicts import Evidence, Verdict
from wf40.matching.vocabulary import FAMILY_OF_FORM, LIABLE
from wf40.matching.weights import evidence, verdict
from wf40.matching.words import Words, words_of

PRIOR = -6.25
"""Log odds that two firms that share a key are one, before anything is compared."""
FORMER = -0.5
"""What a match costs that only a former name makes."""
FORM_NEAR = evidence("legal_form", "near", -0.1)
FORM_DIFFERS = evidence("legal_form", "differs", -6.5)
REGISTER_EQUAL = evidence("register", "equal", 20.0)
REGISTER_NUMBER = evidence("register", "number_equal", 12.0)
REGISTER_DIFFERS = evidence("register", "differs", -9.0)
TAX_EQUAL = evidence("vat_id", "equal", 14.0)
TAX_DIFFERS = evidence("vat_id", "differs", -6.0)
PHONE_EQUAL = evidence("phone", "equal", 8.0)
PHONE_NEAR = evidence("phone", "similar", 5.0)
PHONE_DIFFERS = evidence("phone", "differs", -0.8)
EMAIL_EQUAL = evidence("email", "equal", 9.0)
DOMAIN_EQUAL = evidence("website", "equal", 7.0)
DOMAIN_TOO = evidence("website", "equal", 2.0)
DOMAIN_DIFFERS = evidence("website", "differs", -0.8)
_DIFFERENT, _ASK, _SAME = 0, 1, 2
_CAPITAL = frozenset({"capital", "stock"})
_NONE: frozenset[str] = frozenset()


class PreparedFirm(NamedTuple):
    """An organisation whose traits are normalised, ready for many comparisons."""

    names: tuple[Words, ...]
    form: str
    register: RegisterKey
    taxes: frozenset[str]
    place: PreparedPlace
    phone: str
    email: str
    domains: frozenset[str]
    reachable: bool


def prepared(traits: FirmTraits) -> PreparedFirm:
    """Normalise the traits of an organisation once, so that each comparison is quick."""
    words = words_of(traits.name)
    mail = mail_key(traits.email) if traits.email else ""
    domains = {site_key(traits.website)} if traits.website else set()
    if mail:
        domains.add(domain_of(mail.rsplit("@", 1)[1]))
    domains.discard("")
    phone = phone_key(traits.phone) if traits.phone else ""
    kind, number, suffix, court = traits.register
    return PreparedFirm(
        names=(words, *map(words_of, traits.former_names)) if traits.former_names else (words,),
        form=traits.legal_form or words.form,
        register=(kind.upper(), number.lstrip("0"), suffix.upper(), court_of(court)) if number else NO_REGISTER,
        taxes=frozenset(filter(None, map(tax_key, (traits.vat_id, traits.economic_id))))
        if traits.vat_id or traits.economic_id
        else _NONE,
        place=place_of(traits.street, traits.house_number, traits.postcode, traits.town),
        phone=phone,
        email=mail,
        domains=frozenset(domains) if domains else _NONE,
        reachable=bool(phone or domains or mail),
    )


def compare(a: PreparedFirm, b: PreparedFirm) -> Verdict:
    """Compare two organisations. The order of the two does not matter."""
    name, form_a, form_b = _name(a, b)
    found = [name] if name else []
    most = _ASK if name and name.level == "role" else _SAME
    if form_a != form_b and form_a and form_b:
        if FAMILY_OF_FORM.get(form_a) == FAMILY_OF_FORM.get(form_b):
            found.append(FORM_NEAR)
        else:
            found.append(FORM_DIFFERS)
            most = _DIFFERENT if _liable(a, b) else _ASK
    if a.taxes and b.taxes:
        found.append(TAX_EQUAL if a.taxes & b.taxes else TAX_DIFFERS)
    if a.reachable and b.reachable:
        _reach(a, b, found)
    if a.place is not NOWHERE and b.place is not NOWHERE:
        found += address_evidence(a.place, b.place)
    if a.register[1] and b.register[1]:
        register = _register(a.register, b.register)
        found.append(register)
        certain = _ASK if _contradicted(found) else _SAME
        most = min(most, _apart(a, b)) if register is REGISTER_DIFFERS else certain
    return verdict(PRIOR, found, most)


def _contradicted(found: list[Evidence]) -> bool:
    """Return whether nothing but the register number agrees, and both names and towns differ.

    Where a court took over another's register, some numbers were given twice.
    """
    others = [one for one in found if one.feature != "register"]
    return (
        ADDRESS_DIFFERS in others
        and any("name" in one.feature for one in others)
        and all(one.weight <= 0 for one in others)
    )


def _apart(a: PreparedFirm, b: PreparedFirm) -> int:
    """Return what two firms with differing register numbers can be at most."""
    return _DIFFERENT if a.form and b.form and a.form != b.form else _ASK


def _name(a: PreparedFirm, b: PreparedFirm) -> tuple[Evidence | None, str, str]:
    """Return what the likeliest pair of names says, and the legal forms to compare."""
    one, two = a.names[0], b.names[0]
    best, form_a, form_b = name_evidence(one, two, same_form=a.form == b.form), a.form, b.form
    if len(a.names) == 1 == len(b.names):
        return best, form_a, form_b
    pairs = [(one, former, form_a, former.form) for former in b.names[1:]]
    pairs += [(former, two, former.form, form_b) for former in a.names[1:]]
    for x, y, form_x, form_y in pairs:
        found = name_evidence(x, y, same_form=form_x == form_y)
        if found and (best is None or found.weight + FORMER > best.weight):
            best = evidence("former_name", found.level, round(found.weight + FORMER, 1))
            form_a, form_b = form_x, form_y
    return best, form_a, form_b


def _liable(a: PreparedFirm, b: PreparedFirm) -> bool:
    """Return whether one is, by its name, the firm that is liable for the other, a limited partnership."""
    family_a, family_b = FAMILY_OF_FORM.get(a.form), FAMILY_OF_FORM.get(b.form)
    if family_a == "partnership" and family_b in _CAPITAL:
        return not LIABLE.isdisjoint(b.names[0].bits.keys() - a.names[0].bits.keys())
    if family_b == "partnership" and family_a in _CAPITAL:
        return not LIABLE.isdisjoint(a.names[0].bits.keys() - b.names[0].bits.keys())
    return False


def _reach(a: PreparedFirm, b: PreparedFirm, found: list[Evidence]) -> None:
    if a.phone and b.phone:
        if a.phone == b.phone:
            found.append(PHONE_EQUAL)
        else:
            found.append(PHONE_NEAR if switchboard(a.phone, b.phone) else PHONE_DIFFERS)
    same_domain = a.domains & b.domains
    if a.email and a.email == b.email:
        found.append(EMAIL_EQUAL)
        if same_domain:
            found.append(DOMAIN_TOO)
    elif same_domain:
        found.append(DOMAIN_EQUAL)
    elif a.domains and b.domains:
        found.append(DOMAIN_DIFFERS)


def _register(a: RegisterKey, b: RegisterKey) -> Evidence:
    for i in (0, 1, 2):
        if a[i] != b[i] and a[i] and b[i]:
            return REGISTER_DIFFERS
    if not a[3] or not b[3]:
        return REGISTER_NUMBER
    if a[3] == b[3] or same_courts(a[3], b[3]):
        return REGISTER_EQUAL if a[0] and b[0] else REGISTER_NUMBER
    return REGISTER_DIFFERS
