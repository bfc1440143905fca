"""Register courts: one however it is written, and never another that its name is a part of."""

import pytest

from wf40.matching.courts import court_of, main_word, same_courts
from wf40.matching.firms import compare, prepared
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Freiburg", "Freiburg im Breisgau"),
        ("Amtsgericht Köln", "Koeln"),
        ("Berlin (Charlottenburg)", "Charlottenburg"),
        ("Ludwigshafen a.Rhein (Ludwigshafen)", "Ludwigshafen am Rhein"),
        ("St. Wendel (St Wendel)", "Sankt Wendel"),
        ("Weiden i. d. OPf.", "Weiden"),
        ("Ulm", "AG Ulm"),
    ],
)
def test_one_court_however_it_is_written(one: str, two: str) -> None:
    a, b = court_of(one), court_of(two)
    assert same_courts(a, b)
    assert main_word(a) == main_word(b)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Hagen", "Stadthagen"),
        ("Essen", "Gießen"),
        ("Homburg", "Bad Homburg"),
        ("Frankfurt (Oder)", "Frankfurt am Main"),
    ],
)
def test_two_courts_of_which_one_has_part_of_the_other(one: str, two: str) -> None:
    assert not same_courts(court_of(one), court_of(two))
    a, b = (FirmTraits("Krebeck GmbH", register=("HRB", "1167", "", court)) for court in (one, two))
    assert compare(prepared(a), prepared(b)).band is not Band.SAME
