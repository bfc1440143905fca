"""Addresses in one notation: street, number and its letter, postcode, town."""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from wf40.base.german import fold, loose
from wf40.matching.verdicts import Evidence
from wf40.matching.weights import evidence

_STREET_END = re.compile(r"(?:strasse|str)\b")
_HOUSE = re.compile(r"(\d+)\s*([a-z]?)\b")
_NUMBER_AT_END = re.compile(r"^(.*?\D)\s*(\d+\s*[a-zA-Z]?(?:\s*[-\u2013/+]\s*\d+\s*[a-zA-Z]?)?)\s*$")
_TYPING = 88
ADDRESS_EQUAL = evidence("address", "equal", 6.0)
ADDRESS_STREET = evidence("address", "similar", 3.5)
ADDRESS_POSTCODE = evidence("postcode", "equal", 1.5)
ADDRESS_TOWN = evidence("town", "equal", 0.5)
ADDRESS_MOVED = evidence("address", "differs", -0.5)
ADDRESS_DIFFERS = evidence("town", "differs", -3.2)


class PreparedPlace(NamedTuple):
    """An address whose parts are normalised; any of them may be empty."""

    street: str
    number: str
    letter: str
    postcode: str
    town: str


NOWHERE = PreparedPlace("", "", "", "", "")


@lru_cache(maxsize=16384)
def _town(written: str) -> str:
    return loose(written)


@lru_cache(maxsize=16384)
def _street(written: str) -> str:
    return _STREET_END.sub("str", loose(written)).replace(" ", "")


@lru_cache(maxsize=4096)
def _house(written: str) -> tuple[str, str]:
    found = _HOUSE.search(fold(written))
    return (found[1].lstrip("0"), found[2]) if found else ("", "")


def place_of(street: str, house_number: str, postcode: str, town: str) -> PreparedPlace:
    """Return an address in one notation ("Haupt-Str. 5 a" -> "hauptstr", "5", "a"); NOWHERE if all is empty."""
    if not (street or postcode or town):
        return NOWHERE
    if street and not house_number:
        found = _NUMBER_AT_END.match(street)
        if found:
            street, house_number = found[1], found[2]
    number, letter = _house(house_number) if house_number else ("", "")
    place = PreparedPlace(_street(street), number, letter, postcode.strip(), _town(town))
    return place if place.street or place.postcode or place.town else NOWHERE


def same_streets(a: str, b: str) -> bool:
    """Return whether two streets are one, slips of typing allowed."""
    return a == b or fuzz.ratio(a, b, score_cutoff=_TYPING) > 0


def same_towns(a: str, b: str) -> bool:
    """Return whether two towns are one: also "Frankfurt" and "Frankfurt am Main"."""
    return a == b or a.startswith(b + " ") or b.startswith(a + " ")


def address_evidence(a: PreparedPlace, b: PreparedPlace) -> tuple[Evidence, ...]:
    """Return what two addresses say: nothing if they have no part in common."""
    same_code = a.postcode == b.postcode if a.postcode and b.postcode else None
    same_town = same_towns(a.town, b.town) if a.town and b.town else None
    known = same_code if same_code is not None else same_town
    if a.street and b.street:
        if same_streets(a.street, b.street) and (known is not False or same_town):
            return (_same_street(a, b, known=bool(known or same_town)),)
        if known or same_town:
            return (ADDRESS_MOVED,)
    if same_code:
        return (ADDRESS_POSTCODE,)
    if same_code is False:
        near = same_town if same_town is not None else a.postcode[:2] == b.postcode[:2]
        return (ADDRESS_MOVED if near else ADDRESS_DIFFERS,)
    if same_town is None:
        return ()
    return (ADDRESS_TOWN if same_town else ADDRESS_DIFFERS,)


def _same_street(a: PreparedPlace, b: PreparedPlace, *, known: bool) -> Evidence:
    if not a.number or not b.number:
        return ADDRESS_STREET
    if a.number == b.number and (a.letter == b.letter or not a.letter or not b.letter):
        return ADDRESS_EQUAL if known else ADDRESS_STREET
    return ADDRESS_POSTCODE if known else ADDRESS_TOWN
