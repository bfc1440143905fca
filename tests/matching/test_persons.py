"""Persons are recognised again by names, birth date, mail, phone and firm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.matching.persons import compare, prepared
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Band, Verdict


def verdict(a: PersonTraits, b: PersonTraits) -> Verdict:
    return compare(prepared(a), prepared(b))


ANNA = PersonTraits("Anna", "Müller", email="anna.mueller@seehuber.de", phone="07531 123456", born="1980-05-17")


@pytest.mark.parametrize(
    "other",
    [
        PersonTraits("Anna", "Mueller", email="Anna.Mueller@seehuber.de"),
        PersonTraits("A.", "Müller", email="anna.mueller@seehuber.de"),
        PersonTraits("Anna", "Muller", born="1980-05-17"),
        PersonTraits("Anna", "Müler", born="1980-05-17"),
        PersonTraits("Anna", "Müller-Seehuber", mobile="+49 7531 123456", born="1980-05-17"),
        PersonTraits("Anna", "Müller", born="1980-05-11"),
        PersonTraits("Müller", "Anna", email="anna.mueller@seehuber.de"),
    ],
)
def test_one_person_is_recognised(other: PersonTraits) -> None:
    assert verdict(ANNA, other).band is Band.SAME


def test_a_name_alone_is_a_reason_to_ask() -> None:
    assert verdict(PersonTraits("Anna", "Müller"), PersonTraits("Anna", "Mueller")).band is Band.ASK


@pytest.mark.parametrize(
    "other",
    [
        PersonTraits("Bernd", "Müller", phone="07531 123456"),
        PersonTraits("Anna", "Waldmann", phone="07531 123456"),
        PersonTraits("Anna", "Müller", born="1951-11-02"),
        PersonTraits("", ""),
    ],
)
def test_others_are_different(other: PersonTraits) -> None:
    assert verdict(ANNA, other).band is Band.DIFFERENT


def test_a_colleague_shares_the_domain_only() -> None:
    found = verdict(ANNA, PersonTraits("Bernd", "Waldmann", email="bernd@seehuber.de"))
    assert found.band is Band.DIFFERENT
    assert ("domain", "equal") in [(part.feature, part.level) for part in found.evidence]


def test_relatives_and_colleagues_share_all_but_the_name() -> None:
    shared = {"firm": "Kranz GmbH", "phone": "07531 900100", "email": "info@kranz.de"}
    hans = PersonTraits("Hans", "Kranz", **shared)
    for other in ("Eva", "Kranz"), ("Hans", "Otto"), ("Karl", "Otto"):
        assert verdict(hans, PersonTraits(*other, **shared)).band is Band.DIFFERENT
    assert verdict(hans, PersonTraits("Hans", "Kranz", **shared)).band is Band.SAME


def test_a_new_family_name_with_the_old_address_is_a_reason_to_ask() -> None:
    one = PersonTraits("Anna", "Müller", firm="Kranz GmbH", email="anna.mueller@kranz.de")
    assert verdict(one, PersonTraits("Anna", "Seehuber", firm="Kranz GmbH", email=one.email)).band is Band.ASK


def test_names_that_differ_little_may_be_those_of_woman_and_man() -> None:
    shared = {"firm": "Kranz GmbH", "phone": "07531 900100"}
    found = verdict(
        PersonTraits("Jan", "Kranz", salutation="mr", **shared),
        PersonTraits("Jana", "Kranz", salutation="ms", **shared),
    )
    assert found.band is Band.ASK
    assert ("salutation", "differs") in [(part.feature, part.level) for part in found.evidence]
    assert verdict(PersonTraits("Jan", "Kranz", **shared), PersonTraits("Jan", "Kranz", **shared)).band is Band.SAME


parts = st.one_of(st.sampled_from(["Anna", "A.", "Müller", "von der Au", "Anna-Lena", ""]), st.text(max_size=12))
persons = st.builds(
    PersonTraits,
    parts,
    parts,
    firm=st.sampled_from(["", "Seehuber GmbH", "Seehuber", "Wald AG"]),
    email=st.sampled_from(["", "a@seehuber.de", "b@gmx.de", "@"]),
    phone=st.sampled_from(["", "07531 1", "07531 123456"]),
    mobile=st.sampled_from(["", "07531 123456"]),
    born=st.sampled_from(["", "1980", "1980-05", "1980-05-17", "1980-17-05", "x"]),
)


@given(persons, persons)
def test_the_order_of_two_persons_does_not_matter(one: PersonTraits, two: PersonTraits) -> None:
    forth, back = verdict(one, two), verdict(two, one)
    assert (forth.probability, forth.band) == (back.probability, back.band)
    assert 0 <= forth.probability <= 1


@given(persons)
def test_a_person_with_a_mail_address_is_the_same_as_itself(one: PersonTraits) -> None:
    known = PersonTraits("Anna" + one.given_name, "Müller", email="anna@seehuber.de", born=one.born)
    assert verdict(known, known).band is Band.SAME
