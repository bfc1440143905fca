"""The facts of two firms beside each other: what is only spelt otherwise is the same."""

import pytest

from wf40.core.duplicates.comparison import facts
from wf40.core.duplicates.queries import FirmPairView
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
