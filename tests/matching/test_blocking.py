"""Keys bring together what may be one, and few others."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.matching.blocking import firm_keys, person_keys
from wf40.matching.traits import FirmTraits, PersonTraits


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (FirmTraits("Müller Maschinenbau GmbH"), FirmTraits("Mueller Maschinenbau AG")),
        (FirmTraits("Kaffee-Manufaktur GmbH"), FirmTraits("Kaffeemanufaktur GmbH")),
        (FirmTraits("Seehuber Gartenbau"), FirmTraits("Gartenbau Seehuber Konstanz")),
        (FirmTraits("Eccoseehuber e. V."), FirmTraits("Ecoseehuber e. V.")),
        (FirmTraits("Kinder- und Jugendhilfe Seegau"), FirmTraits("Kinderhilfe", former_names=("Jugendhilfe Seegau",))),
        (FirmTraits("A", register=("HRB", "0012", "", "")), FirmTraits("B", register=("HRB", "12", "", "Konstanz"))),
        (FirmTraits("A", phone="07531 1230"), FirmTraits("B", phone="+49 7531 123-45")),
        (FirmTraits("A", email="info@seehuber.de"), FirmTraits("B", website="http://www.seehuber.de/")),
        (FirmTraits("A", vat_id="DE 123 456 789"), FirmTraits("B", economic_id="DE123456789-00001")),
        (
            FirmTraits("A", street="Seestraße 5", postcode="78462"),
            FirmTraits("B", street="Seestr.", house_number="5", postcode="78462"),
        ),
    ],
)
def test_firms_that_may_be_one_share_a_key(one: FirmTraits, two: FirmTraits) -> None:
    assert firm_keys(one) & firm_keys(two)


def test_frequent_words_alone_bring_nobody_together() -> None:
    names = ["Bau Berlin GmbH", "Immobilien Berlin GmbH", "Bau Service GmbH", "Verwaltungs GmbH", "Service Berlin"]
    shared = Counter(key for name in names for key in firm_keys(FirmTraits(name)))
    assert max(shared.values()) == 1


def test_free_mail_brings_nobody_together() -> None:
    assert not firm_keys(FirmTraits("A", email="a@gmx.de")) & firm_keys(FirmTraits("B", email="b@gmx.de"))


def test_an_empty_firm_has_no_telling_key() -> None:
    assert not firm_keys(FirmTraits("")) & firm_keys(FirmTraits("Seehuber"))


@given(st.text(max_size=80), st.text(max_size=30))
def test_keys_are_few_whatever_the_name(name: str, phone: str) -> None:
    assert len(firm_keys(FirmTraits(name, phone=phone))) <= 12


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (PersonTraits("Anna", "Müller"), PersonTraits("Anna", "Mueller")),
        (PersonTraits("Anna", "Müller"), PersonTraits("Müller", "Anna")),
        (PersonTraits("Anna", "Müller"), PersonTraits("Ana", "Müler")),
        (PersonTraits("A", "B", mobile="0171 123456"), PersonTraits("C", "D", phone="+49 171 123456")),
        (PersonTraits("A", "B", email="A@x.de"), PersonTraits("C", "D", email="a@x.de")),
    ],
)
def test_persons_that_may_be_one_share_a_key(one: PersonTraits, two: PersonTraits) -> None:
    assert person_keys(one) & person_keys(two)
