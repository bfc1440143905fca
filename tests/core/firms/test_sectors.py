"""Somebody looks for a sector by words or by number, in both editions of the classification."""

import pytest

from wf40.base.errors import InvalidInput
from wf40.core.firms import sectors


def values(query: str, edition: str = "") -> list[str]:
    return [hit.value for hit in sectors.search_sectors(query, edition)]


@pytest.mark.parametrize("query", ["28.41", "2841", "28 41"])
def test_a_number_finds_its_entry_first_however_it_is_written(query):
    assert values(query)[0] == "2025:28.41"


def test_the_beginning_of_a_number_finds_what_lies_below():
    assert {"2025:28.4", "2025:28.41", "2025:28.42"} <= set(values("284"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Maschinenbau", "2025:28"),
        ("werkzeugmaschinen", "2025:28.4"),
        ("Elektro Installation", "2025:43.21"),
        ("Bäckerei", "2025:10.71"),
        ("Baeckerei", "2025:10.71"),
        ("Backerei", "2025:10.71"),
        ("tischler", "2025:43.32"),
    ],
)
def test_words_find_entries_with_umlauts_spelled_in_any_way(query, expected):
    assert expected in values(query)


def test_words_also_find_entries_that_only_the_old_edition_has():
    assert "2008:45.20" in values("Instandhaltung und Reparatur von Kraftwagen")
    assert values("45.20", "2025") == []


def test_what_a_field_shows_is_read_back_as_the_same_sector():
    for edition in sectors.EDITIONS:
        for entry in sectors._book(edition).values():
            assert sectors.parse_sector(entry.spoken) == entry


def test_a_sub_class_that_repeats_its_class_is_offered_only_when_its_number_is_typed():
    assert "2025:10.71" in values("10.7")
    assert "2025:10.71.0" not in values("10.7")
    assert values("10.71.0")[0] == "2025:10.71.0"


def test_a_chosen_sector_finds_itself_when_somebody_goes_on_typing():
    assert values("10.71 – Herstellung von Back")[0] == "2025:10.71"


def test_an_edition_can_be_asked_for():
    assert values("28.41", "2008")[0] == "2008:28.41"
    assert values("2008:28.4")[0] == "2008:28.4"


def test_an_entry_that_is_the_same_in_both_editions_stands_once():
    assert len(values("28.41")) == len({value.partition(":")[2] for value in values("28.41")})


def test_at_most_twenty_hits_are_shown():
    assert len(values("Herstellung")) == sectors.HITS


@pytest.mark.parametrize("query", ["", "   ", "%", "–", "xyzzy"])
def test_nothing_meaningful_finds_nothing(query):
    assert values(query) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28.41", "2025:28.41"),
        ("2841", "2025:28.41"),
        ("C 28.41.0", "2025:28.41.0"),
        ("WZ 2008: 28.41", "2008:28.41"),
        ("2008:28.41", "2008:28.41"),
        ("28.41 – Herstellung von Werkzeugmaschinen", "2025:28.41"),
        ("28.41 – Herstellung von Werkzeugmaschinen (WZ 2008)", "2008:28.41"),
        ("45.20", "2008:45.20"),
        ("C", "2025:C"),
    ],
)
def test_a_typed_code_is_understood_and_the_newest_edition_is_meant(text, expected):
    assert sectors.parse_sector(text).value == expected


def test_an_empty_field_is_no_sector():
    assert sectors.parse_sector(" ") is None


@pytest.mark.parametrize(("text", "named"), [("99.99", "99.99"), ("2025:45.20", "45.20"), ("Bäckerei", "Bäckerei")])
def test_an_unknown_code_is_named_and_the_sentence_says_what_to_do(text, named):
    with pytest.raises(InvalidInput) as refusal:
        sectors.parse_sector(text)
    sentence = str(refusal.value.fields["wz"])
    assert f"„{named}“" in sentence
    assert "wählen Sie aus der Liste" in sentence


def test_every_division_of_both_editions_belongs_to_exactly_one_section():
    listed = [division for section in sectors.sections() for division in section.divisions]
    known = {code for edition in sectors.EDITIONS for code, entry in sectors._book(edition).items() if entry.level == 2}
    assert sorted(listed) == sorted(known)


def test_the_filter_offers_sections_and_divisions_by_name():
    choices = dict(sectors.filter_choices())
    assert choices["28"] == "28 – Maschinenbau"
    assert choices["C"] == "C – Verarbeitendes Gewerbe"
