"""How texts and queries become words, and where in a text they are marked. Worked by hand."""

import pytest

from wf40.core.search.marking import marked, shortened
from wf40.core.search.words import found_inside, national, readings, words_of
from wf40.sdk.search import SearchDoc, SearchText


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("07531 900-12", "0753190012"), ("+49 7531 90012", "0753190012"), ("0049 7531/900 12", "0753190012"),
        ("+49 (0) 7531 900-12", "0753190012"), ("0049 (0)7531 90012", "0753190012"), ("+41 44 123", "004144123"), ("", ""),
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(number, digits):
    assert national(number) == digits


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Müller & Söhne", [("muller", "und", "sohne")]),
        ("07531 900-12", [("07531", "900", "12"), ("0753190012",)]),
        ("HRB 12345", [("hrb", "12345")]),
        ("HRB12345", [("hrb12345",), ("hrb", "12345")]),
        ("www.mueller-soehne.de", [("www", "muller", "sohne", "de"), ("muller-sohne.de",)]),
        ("@mueller.de", [("muller", "de"), ("muller.de",)]),
        ("3M", [("3m",)]),
        ("% _ '", []),
    ],
)
def test_what_a_query_may_mean(query, meant):
    assert readings(query) == meant


def test_words_of_each_form():
    texts = (
        SearchText("a", "HRB 123 B", "code"), SearchText("b", "+49 7531 1", "phone"), SearchText("c", "I.B@öl-bau.de", "mail"),
        SearchText("d", "https://www.oel-bau.de/x?y=1", "web"), SearchText("e", "C. U. B. A. GmbH"),
    )  # fmt: skip
    assert words_of(SearchDoc(1, 1, "Öl & Bau", texts)) == (
        "ol", "und", "bau", "hrb", "123", "b", "075311", "i.b@ol-bau.de", "ol-bau.de", "c", "u", "a", "gmbh", "cuba",
    )  # fmt: skip


def test_words_and_telephone_numbers_are_found_inside():
    words = ("tiefbau", "bau", "07531", "075319", "753190", "7531900", "78462", "hrb12345", "ab", "bau.de")
    assert [word for word in words if found_inside(word)] == ["tiefbau", "bau", "075319", "7531900"]


@pytest.mark.parametrize(
    ("text", "form", "words", "shown"),
    [
        ("Müller & Söhne", "words", {"muller"}, "[Müller] & Söhne"),
        ("Muellerei am Fluss", "words", {"muller", "flus"}, "[Mueller]ei am [Flus]s"),
        ("Straße 7", "words", {"strass", "7"}, "[Straß]e [7]"),
        ("+49 (0) 7531 / 900-12", "phone", {"07531900", "900"}, "[+49 (0) 7531 / 900]-12"),
        ("07531 900-12", "phone", {"90012"}, "07531 [900-12]"),
        ("HRB 12345", "code", {"hrb123"}, "[HRB 123]45"),
        ("info@mueller.de", "mail", {"mueller.de"}, "info@[mueller.de]"),
        ("Tiefbau", "words", {"hoch"}, None),
    ],
)
def test_where_a_query_is_marked(text, form, words, shown):
    found = marked(SearchText("x", text, form), words)
    assert (found and "".join(f"[{p.text}]" if p.marked else p.text for p in found)) == shown


def test_a_long_text_is_shown_round_its_first_mark():
    found = marked(SearchText("x", "Vorne " * 60 + "Zaunkönig" + " hinten" * 60), ["zaunkonig"])
    short = "".join(p.text for p in shortened(found))
    assert "Zaunkönig hinten" in short
    assert short.startswith("… Vorne")
    assert short.endswith("…")
    assert len(short) < 140
