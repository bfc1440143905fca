"""Names of firms are taken apart, found and put in order as a German officer expects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.matching.legal_forms import legal_form_of, legal_forms
from wf40.matching.names import fold, search_key, sort_key, split_name, tidy


@pytest.mark.parametrize(
    ("name", "base", "code"),
    [
        ("Flughafen-Gesellschaft Musterstadt GmbH", "Flughafen-Gesellschaft Musterstadt", "gmbh"),
        ("Seeblick Gesellschaft mit beschränkter Haftung", "Seeblick", "gmbh"),
        ("Verwaltungsgesellschaft mbH.", "Verwaltungsgesellschaft", "gmbh"),
        ("Möbel Vertriebsgesellschaft mit beschränkter Haftung", "Möbel Vertriebsgesellschaft", "gmbh"),
        ("Autohandel m. b. H.", "Autohandel", "gmbh"),
        ("Fischer GmbH Garten- und Landschaftsbau", "Fischer Garten- und Landschaftsbau", "gmbh"),
        ("Schäfer Verwaltungs-GmbH", "Schäfer Verwaltungs", "gmbh"),
        (
            "Montagebau Verwaltungsgesellschaft mbH & Co. KG",
            "Montagebau Verwaltungsgesellschaft",
            "gmbh_co_kg",
        ),
        ("Koch GmbH. & Co. Kommanditgesellschaft", "Koch", "gmbh_co_kg"),
        ("Beispiel GmbH u. Co. KG", "Beispiel", "gmbh_co_kg"),
        ("Beispiel GmbH&Co.KG", "Beispiel", "gmbh_co_kg"),
        ("Beispiel UG (haftungsbeschränkt) & Co. KG", "Beispiel", "ug_co_kg"),
        ("Beispiel UG (haftungsbeschränkt)", "Beispiel", "ug"),
        ("Slowik & Co. KG.", "Slowik", "kg"),
        ("Ginkgo gem. GmbH", "Ginkgo", "ggmbh"),
        ("AG Weinbau e. V.", "AG Weinbau", "ev"),
        ("Anwälte Muster Part mbB", "Anwälte Muster", "partg_mbb"),
        ("Adler Apotheke Dr. Muster e.K.", "Adler Apotheke Dr. Muster", "ek"),
        ("DIGITAL PRINT GMBH", "DIGITAL PRINT", "gmbh"),
        ('"Dorfverein Musterhausen e. V."', '"Dorfverein Musterhausen"', "ev"),
        ("Hönig & Partner Steuerberater", "Hönig & Partner Steuerberater", None),
        ("A.G. Meyer", "A.G. Meyer", None),
        ("GmbH", "GmbH", None),
        ("", "", None),
    ],
)
def test_a_registered_name_is_split_into_base_and_legal_form(name: str, base: str, code: str | None) -> None:
    split = split_name(name)
    assert (split.base, split.legal_form.code if split.legal_form else None) == (base, code)


@pytest.mark.parametrize("ending", ["i.L.", "i. L.", "in Liquidation", "(i. L.)"])
def test_a_firm_in_liquidation_is_recognised(ending: str) -> None:
    split = split_name(f"Schimmer GmbH {ending}")
    assert (split.base, split.in_liquidation) == ("Schimmer", True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("GmbH", "gmbh"),
        ("Gesellschaft mit beschränkter Haftung", "gmbh"),
        ("e. V.", "ev"),
        ("GmbH+Co. KG", "gmbh_co_kg"),
        ("2HBR", "gmbh"),
        ("8Z6G", "kg"),
        ("Stiftung", "stiftung_privat"),
        ("Unsinn", None),
        ("", None),
    ],
)
def test_a_value_of_the_column_legal_form_is_understood(value: str, code: str | None) -> None:
    form = legal_form_of(value)
    assert (form.code if form else None) == code


def test_every_spelling_of_the_table_leads_to_its_own_form() -> None:
    for form in legal_forms().values():
        for spelling in form.written:
            assert split_name(f"Muster {spelling}").legal_form == form, spelling


def test_mueller_is_found_however_it_is_written() -> None:
    keys = {search_key(n) for n in ("Müller & Söhne GmbH", "MUELLER und Soehne", "Mu\u0308ller + Söhne G.m.b.H.")}
    assert keys == {"mueller und soehne"}


def test_lists_are_ordered_as_in_a_telephone_book() -> None:
    names = ["Muth", "Mueller", "Müller", "Mutz", "Ösel", "Oslo", "Zebra", "abc", "Straße", "Strasse 2"]
    assert sorted(names, key=sort_key) == [
        "abc", "Mueller", "Müller", "Muth", "Mutz", "Ösel", "Oslo", "Straße", "Strasse 2", "Zebra",
    ]  # fmt: skip


@given(st.text())
def test_no_text_breaks_the_splitting_and_folding_twice_changes_nothing(text: str) -> None:
    split = split_name(text)
    assert split.base or not tidy(text)
    assert fold(fold(text)) == fold(text)
    assert tidy(tidy(text)) == tidy(text)
    sort_key(text)


@given(st.text(alphabet="gmbhcoke.v&u -ÄAGSE(haftungsbeschränkt)iLªßİ", max_size=60))
def test_splitting_and_folding_of_text_that_looks_like_legal_forms(text: str) -> None:
    assert split_name(text).base or not tidy(text)
    assert fold(fold(text)) == fold(text)
