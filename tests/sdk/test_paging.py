"""Pages of a list."""

import pytest

from wf40.sdk.paging import Page, page_number


@pytest.mark.parametrize(
    ("text", "number"), [(None, 1), ("", 1), ("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("9" * 30, 1), ("²", 1)]
)
def test_nonsense_in_the_address_is_the_first_page(text, number):
    assert page_number(text) == number


@pytest.mark.parametrize(
    ("number", "total", "figures"), [(1, 0, (0, 0, 1)), (1, 7, (1, 7, 1)), (2, 26, (26, 26, 2)), (1, 25, (1, 25, 1))]
)
def test_figures_around_a_page(number, total, figures):
    page = Page([], number, 25, total)
    assert (page.first, page.last, page.pages) == figures
