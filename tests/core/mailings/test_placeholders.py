"""Placeholders: four names, filled once, everything else refused by name."""

import pytest

from wf40.core.contacts.audience import Person
from wf40.core.mailings.placeholders import fault, fill, greeting, values_for


def person(**changes):
    values = {
        "id": 1, "firm_id": 1, "firm_name": "Muster GmbH", "firm_town": "Singen", "unit_id": 1, "salutation": "ms",
        "title": "Dr.", "given_name": "Ines", "family_name": "Müller", "role": "owner", "function": "", "email": "",
        "phone": "", "language": "de", "archived": False, "mail": "basis", "no_post": False, "address": None,
    }  # fmt: skip
    return Person(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Sehr geehrte Frau Dr. Müller"),
        ({"salutation": "mr", "title": ""}, "Sehr geehrter Herr Müller"),
        ({"salutation": ""}, "Guten Tag Dr. Ines Müller"),
        ({"language": "en"}, "Dear Ms Müller"),
        ({"language": "en", "salutation": ""}, "Dear Dr. Ines Müller"),
    ],
)
def test_each_person_is_greeted_as_recorded(changes, expected):
    assert greeting(person(**changes)) == expected


def test_all_four_are_filled_in_any_spelling_of_case_and_blanks():
    text = "{{Anrede}} / {{ name }} / {{UNTERNEHMEN}} / {{Ort}}"
    filled = fill(text, values_for(person()))
    assert filled == "Sehr geehrte Frau Dr. Müller / Dr. Ines Müller / Muster GmbH / Singen"


def test_what_a_value_holds_is_not_looked_at_again():
    values = values_for(person(firm_name="{{Name}} {{secret}}\r\nBcc: x@y.example"))
    assert fill("{{Unternehmen}}", values) == "{{Name}} {{secret}} Bcc: x@y.example"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{Vorname}} {{Name}} {{Passwort}}", "{{Vorname}}, {{Passwort}}"),
        ("{{person.email}}", "{{person.email}}"),
        ("{{}}", "{{}}"),
        ("{{Anrede", "unvollständig"),
        ("Anrede}}", "unvollständig"),
        ("{{{{Name}}", "unvollständig"),
    ],
)
def test_unknown_and_broken_ones_are_refused_by_name(text, named):
    sentence = str(fault(text))
    assert named in sentence
    assert "{{Anrede}}, {{Name}}, {{Unternehmen}}, {{Ort}}" in sentence


@pytest.mark.parametrize("text", ["{{Name}}", "{Name} { } %(x)s {0} ${x} {% x %}", "", "{{ Ort }}{{Ort}}"])
def test_everything_else_in_a_text_is_plain(text):
    assert fault(text) is None
    assert fill(text, values_for(person())) == text.replace("{{Name}}", "Dr. Ines Müller").replace(
        "{{ Ort }}{{Ort}}", "SingenSingen"
    )
