"""Which firms may mean the same one: those that are alike, or those that somebody searches for."""

from dataclasses import dataclass

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_keys, queries
from wf40.core.merges.queries import demand_unit
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms

FOUND = 20


@dataclass(frozen=True, slots=True)
class Candidates:
    """Firms of the same unit to choose from; ``alike`` when nobody searched and they were found by their likeness."""

    firms: list[FirmRef]
    alike: bool


@requires("merges.edit")
def candidates(u: UnitOfWork, firm_id: int, text: str) -> Candidates:
    """Return firms that may be merged with another: for words those that hold them, else those that are alike."""
    own = queries.firm(u, firm_id)
    demand_unit(u, own.unit_id)
    if text:
        found = u.service(Firms).find(u, text, FOUND + 1)
    else:
        traits = match_keys.traits_of(u, [firm_id])
        hits = match_keys.near(u, own.unit_id, list(traits.values()))
        refs = u.service(Firms).many(u, [hit.firm_id for some in hits for hit in some])
        found = [refs[hit.firm_id] for some in hits for hit in some if hit.firm_id in refs]
    fitting = [ref for ref in found if ref.id != firm_id and ref.unit_id == own.unit_id]
    return Candidates(fitting[:FOUND], not text)
