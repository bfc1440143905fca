"""What entered values must be."""

import pytest

from wf40.base import checks
from wf40.base.errors import InvalidInput
from wf40.sdk.forms import as_typed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("www.Beispiel.de", "https://www.beispiel.de"),
        ("http://müller.example/Über uns".replace(" ", "-"), "http://müller.example/Über-uns"),
        ("beispiel.de:8080/a?b=c", "https://beispiel.de:8080/a?b=c"),
    ],
)
def test_website_is_stored_with_its_scheme(typed, stored):
    assert checks.website(typed) == stored


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "kein wort", "https://", "www.x.de/" + "a" * 488])
def test_what_is_no_website_or_does_not_fit_with_its_scheme_is_refused(typed):
    with pytest.raises(InvalidInput):
        checks.website(typed)


@pytest.mark.parametrize("typed", ["07531 900", "+49 7531 900", "0049 (0) 7531/900"])
def test_a_number_has_one_stored_form_however_it_is_spelt(typed):
    assert checks.phone(typed) == "+497531900"


def test_all_faults_are_gathered_before_the_refusal():
    found = checks.Findings()
    assert found.check("name", lambda: checks.line("  zwei   Wörter ", 20)) == "zwei Wörter"
    found.check("email", lambda: checks.email("keine"))
    found.check("kind", lambda: checks.one_of("x", {"y": "Y"}))
    with pytest.raises(InvalidInput) as refused:
        found.close()
    assert set(refused.value.fields) == {"email", "kind"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("x" * 10, True),
        ("x" * 11, False),
        ("a\0b", False),
        ("\ud800", False),
        ("a\nb", False),
        ("😀é", True),
    ],
)
def test_a_text_is_stored_as_it_is_or_refused(text, fits):
    assert (checks.storable(text, 10, lines=False) is None) is fits


def test_line_breaks_are_what_was_typed_and_not_what_the_browser_sends():
    assert as_typed("a\r\nb\r\n") == "a\nb\n"
    assert as_typed(None) == ""


@pytest.mark.parametrize(
    ("text", "number"), [("17", 17), ("", None), (None, None), ("-1", None), ("٣", None), ("9" * 10, None), (4, 4)]
)
def test_a_number_in_an_address_is_one_that_a_record_can_have(text, number):
    assert checks.whole_number(text) == number
