"""Charts are drawings with words: readable aloud, safe to embed, with the same figures as a table."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from wf40.web.charts import AMPEL_BANDS, PAPER, bars, number, radar, score_band

DIMENSIONS = ["Strategie", "Daten", "Prozesse und Abläufe"]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart):
    return ET.fromstring(str(chart.svg))  # noqa: S314 - our own drawing


def three_charts(palette=None):
    return [
        radar("a", "Reifegrad", DIMENSIONS, [("Ihr Betrieb", [55, 38, 52])], palette=palette),
        bars("b", "Gespräche je Jahr", [("2024", 41), ("2025", 55)], palette=palette),
        score_band("c", "Risikowert", 41, (35, 52), palette=palette),
    ]


@pytest.mark.parametrize("chart", three_charts(), ids=["radar", "bars", "band"])
def test_drawing_has_a_title_and_a_description_of_its_own(chart):
    root = parsed(chart)
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == named
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text


def test_ids_differ_between_charts_of_a_page():
    ids = re.findall(r' id="([^"]+)"', "".join(str(chart.svg) for chart in three_charts()))
    assert len(ids) == len(set(ids)) == 6


@pytest.mark.parametrize("palette", [None, PAPER], ids=["screen", "paper"])
def test_no_drawing_needs_inline_style(palette):
    for chart in three_charts(palette):
        assert "style=" not in chart.svg
        assert "<style" not in chart.svg


def test_screen_takes_colours_from_the_style_sheet_and_paper_carries_its_own():
    for screen, paper in zip(three_charts(), three_charts(PAPER), strict=True):
        assert not re.search(r'(fill|stroke)="#', screen.svg)
        assert "wf-series" in screen.svg or "wf-band" in screen.svg
        assert re.search(r'fill="#', paper.svg)


def test_names_are_escaped_everywhere():
    evil = '<script>alert("x")</script>&'
    for chart in (
        radar(evil, evil, [evil] * 3, [(evil, [1, 2, 3]), (evil, [1, 2, 3])]),
        bars(evil, evil, [(evil, 1)], unit=evil),
        score_band(evil, evil, 3, desc=evil),
    ):
        assert isinstance(chart.svg, Markup)
        assert "<script" not in chart.svg
        parsed(chart)


def test_table_says_what_the_drawing_shows():
    chart = radar("a", "Reifegrad", DIMENSIONS, [("Betrieb", [55, None, 52]), ("Branche", [50.4, 45, 48])])
    assert chart.header == ("Bereich", "Betrieb", "Branche")
    assert chart.rows == (
        ("Strategie", "55", "50"),
        ("Daten", "–", "45"),
        ("Prozesse und Abläufe", "52", "48"),
    )
    assert chart.legend == ("Betrieb", "Branche")
    assert bars("b", "x", [("2024", 41.25), ("2025", None)], unit="Tage", digits=1).rows == (
        ("2024", "41,2 Tage"),
        ("2025", "–"),
    )
    assert score_band("c", "Risikowert", 41, (35, 52)).rows == (("Risikowert", "41", "35 bis 52"),)


def test_radar_refuses_what_is_no_net():
    with pytest.raises(ValueError, match="three dimensions"):
        radar("a", "x", ["eins", "zwei"], [("s", [1, 2])])
    with pytest.raises(ValueError, match="one value"):
        radar("a", "x", DIMENSIONS, [("s", [1, 2])])


def test_scale_without_a_value_still_shows_its_bands():
    chart = score_band("c", "Risikowert", None)
    assert chart.svg.count("<rect") == len(AMPEL_BANDS)
    assert "<circle" not in chart.svg
    assert chart.rows == (("Risikowert", "–", "–"),)


def test_bars_cope_with_nothing_and_with_zeros():
    assert "<rect" not in bars("b", "x", []).svg
    assert 'width="0.0"' in bars("b", "x", [("2024", 0), ("2025", None)]).svg


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(None, 0, "–"), (-3.25, 1, "−3,2"), (1234, 0, "1234"), (-0.3, 0, "0")]
)
def test_figures_are_written_in_german(value, digits, text):
    assert number(value, digits) == text


@given(st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=3, max_size=9))
def test_no_value_leaves_the_drawing(values):
    chart = radar("a", "x", [f"d{n}" for n in range(len(values))], [("s", values)])
    root = parsed(chart)
    _left, _top, width, height = map(float, root.get("viewBox").split())
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx")) <= width
        assert 0 <= float(circle.get("cy")) <= height
