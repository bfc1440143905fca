"""The facts of two firms beside each other: what is only spelt otherwise is the same."""

from types import SimpleNamespace

import pytest

from wf40.core.duplicates.comparison import facts, person_facts
from wf40.core.duplicates.queries import FirmPairView, PersonPairView
from wf40.matching.traits import FirmTraits
from wf40.sdk.refs import FirmRef


def marks(a: FirmTraits, b: FirmTraits) -> dict[str, str]:
    def ref(number: int, traits: FirmTraits) -> FirmRef:
        return FirmRef(number, traits.name, 1, "company", traits.town, "", "", None, None)

    pair = FirmPairView.__new__(FirmPairView)
    for name, value in {"a": ref(1, a), "b": ref(2, b), "traits_a": a, "traits_b": b}.items():
        object.__setattr__(pair, name, value)
    return {str(fact.label): fact.mark for fact in facts(pair, {})}


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [("Ringstr.", "Ringstraße", "equal"), ("Ringstraße", "Ringweg", "differs"), ("", "Ringweg", "part")],
)
def test_streets_are_the_same_however_they_are_shortened(office, one, other, mark) -> None:
    with office.client_as("advisor").application.test_request_context():
        found = marks(
            FirmTraits("Müller", street=one, house_number="2", town="Ulm"),
            FirmTraits("Muller", street=other, house_number="2", town="Ulm"),
        )
    assert found["Anschrift"] == mark
    assert found["Name"] == "equal"


@pytest.mark.parametrize(
    ("one", "other", "mark"), [("S.", "Sabine", "part"), ("Sabine", "Sonja", "differs"), ("Sabine", "SABINE", "equal")]
)
def test_a_value_that_is_cut_off_says_less_of_the_same(one, other, mark) -> None:
    pair = PersonPairView.__new__(PersonPairView)
    for side, given in (("a", one), ("b", other)):
        object.__setattr__(pair, side, SimpleNamespace(facts=(("Vorname", given),)))
    assert [fact.mark for fact in person_facts(pair)] == [mark]
