"""Names the stored firms that are like one that somebody is typing in, before it is saved a second time."""

from collections.abc import Iterable
from dataclasses import dataclass

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_words
from wf40.core.firms.forms import NewFirmForm
from wf40.core.firms.match_keys import near
from wf40.matching.names import fold
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Evidence
from wf40.sdk.services import Firms

SHOWN = 5
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Similar:
    """A stored firm like the typed one. ``because`` and ``against`` are sentences."""

    id: int
    name: str
    town: str
    archived: bool
    band: str
    because: tuple[str, ...]
    against: tuple[str, ...]


def typed(form: NewFirmForm) -> FirmTraits:
    """Return what the form says so far."""

    def text(name: str) -> str:
        return (form[name].data or "").strip()

    former = tuple(name for name in (*text("former_names").splitlines(), text("trade_name")) if name.strip())
    return FirmTraits(
        text("name"), former, text("legal_form"),
        (text("register_kind"), text("register_number").lstrip("0"), text("register_suffix"), text("register_court")),
        text("vat_id"), text("economic_id"), text("street"), text("house_number"), text("postcode"), text("town"),
        text("phone"), text("email"), text("website"),
    )  # fmt: skip


@requires("firms.read")
def similar_firms(u: UnitOfWork, traits: FirmTraits) -> list[Similar]:
    """Return firms of the actor's unit that may be the same, the likeliest first, archived ones among them."""
    if u.actor.unit_id is None or len(fold(traits.name)) < SHORTEST:
        return []
    (found,) = near(u, u.actor.unit_id, [traits])
    refs = u.service(Firms).many(u, [hit.firm_id for hit in found[:SHOWN]])
    return [
        Similar(ref.id, ref.name, ref.town, ref.archived, hit.verdict.band.value, *_reasons(hit.verdict.evidence))
        for hit in found[:SHOWN]
        if (ref := refs.get(hit.firm_id))
    ]


def _reasons(evidence: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    speaks_for, against = match_words.sentences(match_words.codes(evidence))
    return tuple(speaks_for), tuple(against)


def confirmation(found: list[Similar]) -> str:
    """Return what the form carries once somebody has seen these firms and saves all the same."""
    return ".".join(str(firm.id) for firm in sorted(found, key=lambda firm: firm.id))
