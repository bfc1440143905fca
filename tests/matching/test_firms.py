"""Organisations are recognised again however they are written, and kept apart where the register says so."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.matching.firms import compare, prepared
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band, Verdict

HRB1, HRB2 = ("HRB", "1234", "", "Konstanz"), ("HRB", "9876", "", "Konstanz")


def verdict(a: FirmTraits | str, b: FirmTraits | str) -> Verdict:
    one, two = (FirmTraits(x) if isinstance(x, str) else x for x in (a, b))
    return compare(prepared(one), prepared(two))


def levels(found: Verdict) -> dict[str, str]:
    return {one.feature: one.level for one in found.evidence}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Müller Maschinenbau GmbH", "Mueller Maschinenbau GmbH"),
        ("Muller Maschinenbau GmbH", "MÜLLER MASCHINENBAU Gesellschaft mit beschränkter Haftung"),
        ("Seehas & Partner mbB", "Seehas und Partner mbB"),
        ("Südkurier GmbH", "Südkurier G.m.b.H."),
        ("Konzept 4 e. V.", "Konzept 4 e.V."),
        ("C. U. B. A. gGmbH", "CUBA gemeinnützige GmbH"),
        ("D I Y A L O G e. V.", "Diyalog e. V."),
        ("Baugenossenschaft Bodensee eG", "BG Bodensee e. G."),
        ("Ing.-Büro Seehuber", "Ingenieurbüro Seehuber"),
        ("Kaffee-Manufaktur Seehuber GmbH", "Kaffeemanufaktur Seehuber GmbH"),
        ("Seehuber Gartenbau GmbH", "Gartenbau Seehuber GmbH"),
        ("Lady's Stammtisch e. V.", "Ladys Stammtisch e. V."),
        ("Rot-Weiss Seehausen 1949 e. V.", "Rot-Weiß Seehausen 49 e.V."),
    ],
)
def test_one_name_in_two_spellings_is_the_same(one: str, two: str) -> None:
    assert verdict(one, two).band is Band.SAME


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("Seehuber Werkzeugmaschinen GmbH", "Seehuber Werkzeugmaschienen GmbH", "spelling"),
        ("Seehuber Gartenbau Berlin GmbH", "Seehuber Gartenbau GmbH", "described"),
        ("Zentrum für angewandte Seekunde e. V.", "ZAGSK - Zentrum für angewandte Seekunde e. V.", "acronym"),
        ("SEEKU GmbH", "SEEKU Gesellschaft für Seekunde und Gewässerpflege mbH", "described"),
        ("Handball-Verband Seegau e. V. (HVS)", "Handball-Verband Seegau e. V.", "equal"),
    ],
)
def test_what_is_left_out_or_mistyped_is_asked_about(one: str, two: str, level: str) -> None:
    found = verdict(one, two)
    if level != "acronym":
        assert levels(found)["name"] == level
    assert found.band is not Band.DIFFERENT


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Seehuber GmbH", "Waldmann GmbH"),
        ("Bau Berlin GmbH", "Hoch Berlin GmbH"),
        ("Erste Seewind GmbH & Co. KG", "Zweite Seewind GmbH & Co. KG"),
        ("Windpark Alt II GmbH & Co. KG", "Windpark Alt III GmbH & Co. KG"),
        ("Stadtwerke Konstanz GmbH", "Stadtwerke Singen GmbH"),
        ("Seehuber GmbH", "Seehuber Holding GmbH"),
        ("Seehuber e. V.", "Seehuber gGmbH"),
        ("Förderverein der Seeschule e. V.", "Förderverein der Waldschule e. V."),
    ],
)
def test_names_that_only_look_alike_are_different(one: str, two: str) -> None:
    assert verdict(one, two).band is Band.DIFFERENT


def test_a_frequent_word_says_less_than_a_rare_one() -> None:
    frequent, rare = verdict("Bau Deutschland", "Bau Berlin"), verdict("Seehuber Deutschland", "Seehuber Berlin")
    assert frequent.probability < rare.probability


def test_a_former_name_recognises_a_renamed_firm() -> None:
    today = FirmTraits("Nordlicht Systems GmbH", former_names=("Seehuber Datentechnik GmbH",))
    found = verdict(today, "Seehuber Datentechnik GmbH")
    assert found.band is not Band.DIFFERENT
    assert levels(found) == {"former_name": "equal"}


def test_the_register_recognises_a_renamed_firm() -> None:
    one, two = FirmTraits("Nordlicht GmbH", register=HRB1), FirmTraits("Seehuber GmbH", register=HRB1)
    assert verdict(one, two).band is Band.SAME


def test_a_register_number_alone_is_asked_about_where_name_and_town_differ() -> None:
    one = FirmTraits("Nordlicht GmbH", register=HRB1, town="Konstanz")
    two = FirmTraits("Seehuber GmbH", register=HRB1, town="Singen")
    assert verdict(one, two).band is Band.ASK
    assert verdict(one, replace(two, town="Konstanz")).band is Band.SAME
    assert verdict(*(replace(firm, phone="07531 123456") for firm in (one, two))).band is Band.SAME
    assert verdict(one, replace(two, former_names=("Nordlicht GmbH",))).band is Band.SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Metzgerei Seehuber & Sohn", "Metzgerei Müller & Sohn"),
        ("Schreinerei Seehuber und Söhne", "Schreinerei Kranz und Söhne"),
        ("Friseursalon Kranz", "Friseursalon Seehuber"),
        ("Gebr. Kranz Sanitär", "Gebr. Müller Sanitär"),
    ],
)
def test_one_trade_in_one_town_under_two_family_names_is_two_firms(one: str, two: str) -> None:
    a, b = (FirmTraits(name, postcode="78462", town="Konstanz") for name in (one, two))
    assert verdict(a, b).band is Band.DIFFERENT
    assert verdict(a, replace(b, name=one)).band is Band.SAME


def test_names_that_share_little_are_said_to_differ() -> None:
    found = verdict("Blumen Schmidt", "Blumenhaus Schmidt Seehuber Kranz")
    assert levels(found)["name"] == "differs"
    assert all(one.level != "similar" or one.weight >= 0 for one in found.evidence)


def test_register_numbers_are_compared_without_zeros_in_front() -> None:
    one = FirmTraits("Nordlicht GmbH", register=("HRB", "001234", "", "Konstanz"))
    assert levels(verdict(one, FirmTraits("Nordlicht GmbH", register=HRB1)))["register"] == "equal"


def test_one_number_at_two_courts_is_two_register_ids() -> None:
    one = FirmTraits("Seehuber GmbH", register=HRB1)
    two = FirmTraits("Seehuber GmbH", register=("HRB", "1234", "", "Freiburg"))
    assert verdict(one, two).band is Band.DIFFERENT
    one, two = (replace(firm, phone="07531 123456", website="seehuber.de") for firm in (one, two))
    assert verdict(one, two).band is Band.ASK


def test_forms_that_exclude_each_other_and_two_register_ids_are_two_firms() -> None:
    everything = {"phone": "07531 123456", "email": "info@seehuber.de", "street": "Seestr. 1", "postcode": "78462"}
    one = FirmTraits("Seehuber GmbH", register=HRB1, **everything)
    two = FirmTraits("Seehuber AG", register=HRB2, **everything)
    assert verdict(one, two).band is Band.DIFFERENT


@pytest.mark.parametrize(
    "word", ["Verwaltungs", "Beteiligungs", "Geschäftsführungs", "Management", "Verwaltungs- und Beteiligungs"]
)
def test_the_liable_company_and_its_partnership_stay_two_firms(word: str) -> None:
    everything = {
        "phone": "07531 123456", "email": "info@seehuber.de", "website": "seehuber.de", "street": "Seestraße 1",
        "postcode": "78462", "town": "Konstanz",
    }  # fmt: skip
    partnership = FirmTraits("Seehuber GmbH & Co. KG", **everything)
    company = FirmTraits(f"Seehuber {word} GmbH", **everything)
    assert verdict(partnership, company).band is Band.DIFFERENT


def test_contact_and_address_turn_a_doubt_into_certainty() -> None:
    one = FirmTraits("Seehuber Gartenbau", phone="+49 (0)7531 / 12 34 56", website="https://www.seehuber.de/start")
    two = FirmTraits("Gartenbau Sehuber GmbH", phone="07531123456", email="info@seehuber.de")
    found = verdict(one, two)
    assert found.band is Band.SAME
    assert levels(found) | {"phone": "equal", "website": "equal"} == levels(found)


def test_free_mail_is_no_domain() -> None:
    one, two = FirmTraits("Seehuber GmbH", email="a@gmx.de"), FirmTraits("Waldmann GmbH", email="b@gmx.de")
    assert "website" not in levels(verdict(one, two))


def test_an_extension_belongs_to_its_switchboard() -> None:
    one, two = FirmTraits("Seehuber GmbH", phone="07531 1230"), FirmTraits("Seehuber GmbH", phone="07531 123-45")
    assert levels(verdict(one, two))["phone"] == "similar"


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        (("Seestraße", "1", "78462", "Konstanz"), ("Seestr. 1", "", "78462", ""), ("address", "equal")),
        (("Seestr.", "1a", "78462", ""), ("Seestr.", "1 A", "78462", ""), ("address", "equal")),
        (("Seestr.", "1", "78462", ""), ("Seestr.", "", "78462", ""), ("address", "similar")),
        (("Seestr.", "1", "78462", "Konstanz"), ("Seestr.", "1", "10115", "Berlin"), ("town", "differs")),
        (("", "", "", "Frankfurt"), ("", "", "", "Frankfurt am Main"), ("town", "equal")),
        (("Seestr.", "1", "78462", ""), ("Waldweg", "7", "78462", ""), ("address", "differs")),
    ],
)
def test_addresses_are_compared_part_by_part(one, two, level) -> None:
    a, b = (
        FirmTraits("Seehuber", street=street, house_number=number, postcode=postcode, town=town)
        for street, number, postcode, town in (one, two)
    )
    assert level in levels(verdict(a, b)).items()


def test_one_name_in_two_towns_is_asked_about() -> None:
    one = FirmTraits("Seehuber Gartenbau GmbH", postcode="78462", town="Konstanz")
    two = FirmTraits("Seehuber Gartenbau GmbH", postcode="10115", town="Berlin")
    assert verdict(one, two).band is Band.ASK


def test_without_names_nothing_is_the_same() -> None:
    assert verdict("", "").band is Band.DIFFERENT
    assert verdict("", "Seehuber").band is Band.DIFFERENT


def test_the_strongest_evidence_comes_first() -> None:
    one = FirmTraits("Seehuber GmbH", register=HRB1, phone="07531 123456")
    weights = [abs(part.weight) for part in verdict(one, one).evidence]
    assert len(weights) == 3
    assert weights == sorted(weights, reverse=True)


PARTS = """
    Seehuber Müller Groß Bau Berlin Gartenbau Verwaltungs Holding Söhne Konzept Kaffee Manufaktur 1949 II SG
        Sportgemeinschaft Deutschland Ingenieurbüro Fördergesellschaft für angewandte Kunst und (HVB) - & C. U.
"""
words = st.lists(st.sampled_from(PARTS.split()), min_size=1, max_size=6).map(" ".join)
spelled = words.filter(lambda name: any(letter.isalnum() for letter in name))
names = st.one_of(words, st.text(max_size=30), st.text(alphabet="aäbeouüßkn -&.()1", max_size=25))
forms = st.sampled_from(["", " GmbH", " e. V.", " AG", " GmbH & Co. KG", " UG (haftungsbeschränkt)"])
registers = st.sampled_from([("", "", "", ""), HRB1, HRB2, ("HRA", "1234", "", "Konstanz")])
firms = st.builds(
    FirmTraits,
    name=st.builds("{}{}".format, names, forms),
    former_names=st.lists(names, max_size=2).map(tuple),
    register=registers,
    vat_id=st.sampled_from(["", "DE123456789", "DE987654321"]),
    street=st.sampled_from(["", "Seestr. 1", "Seestraße", "Waldweg 7"]),
    postcode=st.sampled_from(["", "78462", "10115"]),
    town=st.sampled_from(["", "Konstanz", "Berlin"]),
    phone=st.sampled_from(["", "07531 123456", "030 98765"]),
    email=st.sampled_from(["", "info@seehuber.de", "a@gmx.de"]),
    website=st.sampled_from(["", "www.seehuber.de", "wald.de"]),
)


@given(firms, firms)
def test_the_order_of_two_firms_does_not_matter(one: FirmTraits, two: FirmTraits) -> None:
    forth, back = verdict(one, two), verdict(two, one)
    assert (forth.probability, forth.band) == (back.probability, back.band)
    assert 0 <= forth.probability <= 1


@given(firms)
def test_a_firm_is_the_same_as_itself(one: FirmTraits) -> None:
    found = verdict(one, one)
    assert found.band is Band.SAME or not any(part.isalnum() for part in one.name)


@given(
    spelled,
    st.sampled_from([(" GmbH", " Gesellschaft mit beschränkter Haftung"), (" e. V.", " e.V."), (" eG", " e. G.")]),
)
def test_spelling_changes_nothing(name: str, form: tuple[str, str]) -> None:
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
    one = prepared(FirmTraits(name + form[0]))
    for other in (name.translate(umlauts) + form[1], name.upper() + form[0], f"  {name}{form[1]} "):
        assert compare(one, prepared(FirmTraits(other))) == compare(one, one)


@given(firms, firms, st.sampled_from(["phone", "email", "website", "vat_id", "postcode"]))
def test_more_agreement_never_lowers_the_probability(one: FirmTraits, two: FirmTraits, field: str) -> None:
    value = {
        "phone": "0711 55555",
        "email": "x@neu.de",
        "website": "neu.de",
        "vat_id": "DE111111111",
        "postcode": "70173",
    }
    empty = {"street": "", "town": ""} if field == "postcode" else {}
    a, b = (replace(firm, **{field: ""}, **empty) for firm in (one, two))
    more = [replace(firm, **{field: value[field]}) for firm in (a, b)]
    assert verdict(*more).probability >= verdict(a, b).probability


@given(firms, firms)
def test_differing_register_numbers_are_never_the_same(one: FirmTraits, two: FirmTraits) -> None:
    a, b = replace(one, register=HRB1), replace(two, register=HRB2)
    assert verdict(a, b).band is not Band.SAME
