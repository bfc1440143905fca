"""Names as files write them are taken apart; whatever is written, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.core.contacts.written_names import WrittenName, name_of, names_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eva Huber", WrittenName("Huber", "Eva")),
        ("Huber", WrittenName("Huber")),
        ("Huber, Eva", WrittenName("Huber", "Eva")),
        ("Frau Dr. Eva von der Heide", WrittenName("von der Heide", "Eva", "Dr.", "ms")),
        ("Herrn Prof. Dr.-Ing. Jan Peter Maier", WrittenName("Maier", "Jan Peter", "Prof. Dr.-Ing.", "mr")),
        ("Dr. Müller-Lüdenscheidt, Hans", WrittenName("Müller-Lüdenscheidt", "Hans", "Dr.")),
        ("Herr Maier", WrittenName("Maier", "", "", "mr")),
        ("Dipl.-Ing. (FH) Ada Braun", WrittenName("Braun", "(FH) Ada", "Dipl.-Ing.")),
        ("Maria de Sousa", WrittenName("de Sousa", "Maria")),
        ("Huber,", WrittenName("Huber")),
    ],
)
def test_names_are_taken_apart(text: str, expected: WrittenName) -> None:
    assert name_of(text) == expected


def test_several_names_stand_in_one_text() -> None:
    assert names_in("Eva Huber; Jan Maier und Ute Kern\nTom | Ada") == [
        "Eva Huber",
        "Jan Maier",
        "Ute Kern",
        "Tom",
        "Ada",
    ]


@given(st.text(alphabet=st.characters(categories=("L", "Zs"), include_characters=",.-"), min_size=1, max_size=60))
def test_no_text_breaks_it_and_there_is_always_a_family_name(text: str) -> None:
    name = name_of(text)
    words = text.replace(",", " ").split()
    assert bool(name.family_name) == bool(words)
    assert len(f"{name.family_name} {name.given_name} {name.title}") <= len(text) + 2
