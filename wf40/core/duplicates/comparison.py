"""Puts the facts of two firms or persons beside each other and marks where they differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wf40.base.errors import Text
from wf40.base.german import loose
from wf40.base.i18n import _
from wf40.core.duplicates.queries import FirmPairView, PersonPairView
from wf40.core.firms.sectors import sector
from wf40.core.firms.terms import FIELDS, KINDS, legal_form_label
from wf40.matching.traits import FirmTraits
from wf40.sdk.checks import spoken_phone
from wf40.sdk.refs import FirmRef

Mark = Literal["equal", "part", "differs", "one"]
_STREET = re.compile(r"strasse\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the comparison. ``mark``: both the same, one tells more, both different, or only one has it."""

    label: Text
    a: str
    b: str
    mark: Mark


def facts(pair: FirmPairView, officers: Mapping[int, str]) -> list[Fact]:
    """Return the facts of both firms, without those that neither has; the first is the name."""
    return _facts(_of(pair.a, pair.traits_a, officers), _of(pair.b, pair.traits_b, officers))


def person_facts(pair: PersonPairView) -> list[Fact]:
    """Return the facts of both persons in the same way."""
    return _facts(pair.a.facts, pair.b.facts)


def _facts(left: Sequence[tuple[Text, str]], right: Sequence[tuple[Text, str]]) -> list[Fact]:
    return [Fact(label, a, b, _mark(a, b)) for (label, a), (_label, b) in zip(left, right, strict=True) if a or b]


def _mark(a: str, b: str) -> Mark:
    if not a or not b:
        return "one"
    one, two = _words(a), _words(b)
    if one == two:
        return "equal"
    return "part" if _shortens(one, two) or _shortens(two, one) else "differs"


def _shortens(short: set[str], whole: set[str]) -> bool:
    """Tell whether a value says less of the same: words are missing or cut off ("S." for "Sabine")."""
    return all(any(word.startswith(part) for word in whole) for part in short)


def _words(text: str) -> set[str]:
    """Return the words of a value in one spelling: "Müller" is "Mueller", "Ringstraße" is "Ringstr."."""
    return set(_STREET.sub("str", loose(text)).split())


def _of(ref: FirmRef, traits: FirmTraits, officers: Mapping[int, str]) -> list[tuple[Text, str]]:
    kind, number, suffix, court = traits.register
    register = f"{kind} {number} {suffix}".strip() if number else ""
    street = f"{traits.street} {traits.house_number}".strip()
    place = f"{traits.postcode} {traits.town}".strip()
    found = sector(ref.wz_edition, ref.wz_code) if ref.wz_code else None
    return [
        (FIELDS["name"], traits.name),
        (_("Weitere Namen"), ", ".join(traits.former_names)),
        (FIELDS["kind"], str(KINDS.get(ref.kind, ""))),
        (FIELDS["legal_form"], legal_form_label(traits.legal_form)),
        (_("Register"), ", ".join(part for part in (register, court) if part)),
        (_("Anschrift"), ", ".join(part for part in (street, place) if part)),
        (FIELDS["phone"], spoken_phone(traits.phone)),
        (FIELDS["email"], traits.email),
        (FIELDS["website"], traits.website),
        (FIELDS["vat_id"], traits.vat_id),
        (FIELDS["economic_id"], traits.economic_id),
        (FIELDS["wz"], found.label if found else ""),
        (FIELDS["employees"], "" if ref.employees is None else str(ref.employees)),
        (FIELDS["officer_id"], officers.get(ref.officer_id or 0, "")),
    ]
