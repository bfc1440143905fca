"""Compares persons: what is known of two of them becomes an explained probability that they are one.

The same model as for organisations (see :mod:`wf40.matching.weights`). Names may have slips, given and family name may
stand in each other's place, a birth date may differ in one of its parts.
"""

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from wf40.base.german import loose
from wf40.matching.reach import domain_of, mail_key, phone_key
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Evidence, Verdict
from wf40.matching.weights import evidence, verdict
from wf40.matching.words import Words, words_of

PRIOR = -9.0
"""Log odds that two persons that share a key are one, before anything is compared. A name alone is a reason to ask."""
GIVEN = {
    "equal": evidence("given_name", "equal", 5.5),
    "similar": evidence("given_name", "similar", 3.5),
    "initial": evidence("given_name", "initial", 2.0),
    "differs": evidence("given_name", "differs", -5.0),
}
FAMILY = {
    "equal": evidence("family_name", "equal", 7.0),
    "similar": evidence("family_name", "similar", 4.5),
    "part": evidence("family_name", "part", 3.5),
    "differs": evidence("family_name", "differs", -5.0),
}
SWAPPED = evidence("name", "swapped", 9.0)
BORN_EQUAL = evidence("born", "equal", 13.0)
BORN_PARTS = {0: evidence("born", "differs", -11.0), 1: evidence("born", "differs", -6.0)}
BORN_NEAR = evidence("born", "similar", 6.0)
BORN_YEAR = evidence("born", "year_equal", 4.0)
EMAIL_EQUAL = evidence("email", "equal", 11.0)
EMAIL_DIFFERS = evidence("email", "differs", -0.5)
DOMAIN_EQUAL = evidence("domain", "equal", 3.0)
PHONE_EQUAL = evidence("phone", "equal", 5.0)
PHONE_DIFFERS = evidence("phone", "differs", -0.3)
FIRM_EQUAL = evidence("firm", "equal", 6.0)
FIRM_DIFFERS = evidence("firm", "differs", -2.0)
SALUTATION_DIFFERS = evidence("salutation", "differs", -4.0)
_SAME, _ASK, _DIFFERENT = 2, 1, 0
_OF_ALL = frozenset({
    "anfrage", "buchhaltung", "buero", "contact", "empfang", "firma", "hello", "hallo", "info", "kontakt", "kundenservice",
    "mail", "office", "post", "praxis", "sekretariat", "service", "team", "vertrieb", "verwaltung", "zentrale",
})  # fmt: skip
"""Addresses that a whole firm reads: who shares one works there, and no more."""
_NAMED = frozenset({"given_name", "family_name", "name", "salutation"})


@dataclass(frozen=True, slots=True)
class PreparedPerson:
    """A person whose traits are normalised, ready for many comparisons."""

    given: str
    family: str
    phones: frozenset[str]
    email: str
    domain: str
    firm: Words | None
    born: tuple[str, str, str]
    salutation: str = ""


@lru_cache(8192)
def _born(written: str) -> tuple[str, str, str]:
    year, month, day, *_ = [*(part.lstrip("0") for part in written.strip()[:10].split("-")), "", "", ""]
    return year, month, day


def prepared(traits: PersonTraits) -> PreparedPerson:
    """Normalise the traits of a person once, so that each comparison is quick."""
    mail = mail_key(traits.email) if traits.email else ""
    return PreparedPerson(
        given=loose(traits.given_name),
        family=loose(traits.family_name),
        phones=frozenset(filter(None, (phone_key(traits.phone), phone_key(traits.mobile)))),
        email=mail,
        domain=domain_of(mail.rsplit("@", 1)[1]) if mail else "",
        firm=words_of(traits.firm) if traits.firm else None,
        born=_born(traits.born) if traits.born else ("", "", ""),
        salutation=traits.salutation,
    )


def compare(a: PreparedPerson, b: PreparedPerson) -> Verdict:
    """Compare two persons. The order of the two does not matter."""
    found = _names(a, b)
    if a.born[0] and b.born[0]:
        found.append(_births(a.born, b.born))
    if a.email and b.email:
        if _one_address(a, b):
            found.append(EMAIL_EQUAL)
        else:
            found.append(DOMAIN_EQUAL if a.email == b.email or (a.domain and a.domain == b.domain) else EMAIL_DIFFERS)
    if a.phones and b.phones:
        found.append(PHONE_EQUAL if a.phones & b.phones else PHONE_DIFFERS)
    if a.firm and b.firm:
        found.append(FIRM_EQUAL if _one_firm(a.firm, b.firm) else FIRM_DIFFERS)
    if a.salutation and b.salutation and a.salutation != b.salutation:
        found.append(SALUTATION_DIFFERS)
    return verdict(PRIOR, found, _most(a, b, found))


def alike_beyond_names(verdict: Verdict) -> bool:
    """Tell whether anything but the name says that two persons are one: in a large office many share one."""
    return any(found.weight > 0 and found.feature not in _NAMED for found in verdict.evidence)


def _most(a: PreparedPerson, b: PreparedPerson, found: list[Evidence]) -> int:
    """Return what may come out at most.

    Colleagues and relatives share firm, domain and switchboard, which say one thing, not three: who has another name is
    somebody else unless a birth date or the very same address speaks for one person.
    """
    if a.born[0] and b.born[0]:
        return _SAME
    names = {one.feature: one.level for one in found if one.feature in _NAMED}
    addressed = _one_address(a, b)
    differing = [names.get(name) for name in ("given_name", "family_name")].count("differs")
    if differing:
        return _ASK if addressed and differing == 1 else _DIFFERENT
    apart = names.get("given_name") == "similar" or "salutation" in names
    return _ASK if apart and not addressed else _SAME


def _one_address(a: PreparedPerson, b: PreparedPerson) -> bool:
    return bool(a.email) and a.email == b.email and a.email.partition("@")[0] not in _OF_ALL


def _one_firm(a: Words, b: Words) -> bool:
    one, two = a.bits.keys(), b.bits.keys()
    return bool(one and two) and (one <= two or two <= one)


def _names(a: PreparedPerson, b: PreparedPerson) -> list[Evidence]:
    found = []
    if a.given and b.given:
        found.append(GIVEN[_alike(a.given, b.given)])
    if a.family and b.family:
        level = _alike(a.family, b.family)
        found.append(FAMILY["part" if level == "initial" else level])
    if len(found) == 2 and a.given == b.family and a.family == b.given and a.given != a.family:
        return [SWAPPED]
    return found


@lru_cache(65536)
def _alike(a: str, b: str) -> str:
    if a == b:
        return "equal"
    size = max(len(a), len(b))
    distance = OSA.distance(a, b, score_cutoff=2)
    if distance == 1 and size > 2 and min(len(a), len(b)) > 1:
        return "similar"
    if distance == 2 and size > 6:
        return "similar"
    one, two = a.split(), b.split()
    if set(one) <= set(two) or set(two) <= set(one):
        return "initial"
    if one[0][0] == two[0][0] and 1 in {len(one[0]), len(two[0])}:
        return "initial"
    return "differs"


def _births(a: tuple[str, str, str], b: tuple[str, str, str]) -> Evidence:
    known = [(x, y) for x, y in zip(a, b, strict=True) if x and y]
    equal = sum(x == y for x, y in known)
    if equal == len(known):
        return BORN_EQUAL if equal == 3 else BORN_YEAR
    if len(known) == 3 and (equal == 2 or (a[0] == b[0] and a[1:] == (b[2], b[1]))):
        return BORN_NEAR
    return BORN_PARTS[min(equal, 1)]
