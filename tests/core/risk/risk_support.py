"""A small plugin that answers reference concepts, so that the score is tried through the real hooks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from types import ModuleType

from wf40.base.access import Actor
from wf40.base.uow import UnitOfWork
from wf40.core.admin import service as admin
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.risk.models import RiskHistory, RiskScore
from wf40.core.risk.settings import risk_settings
from wf40.pluginhost.registry import Registry
from wf40.sdk import hookimpl
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.values import Indicator, Manifest
from wf40.testing.office import Office

KEY = "trial_answers"
CONCEPTS = risk_settings().reference_concepts
TODAY = date(2026, 11, 21)


@dataclass
class Answers:
    """What the plugin says: by firm and concept low, high and day."""

    known: dict[int, dict[str, tuple[float, float, date]]] = field(default_factory=dict)
    not_applicable: set[tuple[int, str]] = field(default_factory=set)
    broken: bool = False

    def say(self, firm_id: int, met: int, *, unknown: int = 0, on: date = TODAY) -> None:
        """The first ``met`` concepts are in place, the last ``unknown`` not known, those between not in place."""
        values = {}
        for place, concept in enumerate(CONCEPTS):
            open_end = place >= len(CONCEPTS) - unknown
            share = 1.0 if place < met else 0.0
            values[concept] = (0.0, 1.0, on) if open_end else (share, share, on)
        self.known[firm_id] = values

    def indicators(self, firm_ids: Collection[int]) -> Iterable[Indicator]:
        if self.broken:
            raise RuntimeError("the plugin is broken")
        for firm_id in firm_ids:
            for concept, (low, high, day) in self.known.get(firm_id, {}).items():
                applies = (firm_id, concept) not in self.not_applicable
                yield Indicator(
                    firm_id, concept, low, high, day, "Probecheck", f"Frage {concept}", f"/probe/{firm_id}", applies
                )


def registry_with(answers: Answers) -> Registry:
    """A registry that knows the plugin alone."""
    module = ModuleType(KEY)
    module.__file__ = __file__

    @hookimpl
    def manifest() -> Iterable[Manifest]:
        return [Manifest(KEY, "Probe", "1.0")]

    @hookimpl
    def indicators(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[Indicator]:
        return answers.indicators(firm_ids)

    module.manifest, module.indicators = manifest, indicators
    registry = Registry()
    registry.add_plugin(KEY, "", lambda: module)
    return registry


def enable(office: Office) -> None:
    admin.enable_plugin(office.product.database, office.product.registry, KEY, Actor.system())
    office.product.gate.follow()


def add_firm(office: Office, name: str, unit_id: int = 1, **given: object) -> int:
    """A firm in sheet metal working, unless told otherwise."""
    values = {"wz": "2008:25.61", "employees": 40, **given}
    with office.writing_as("advisor", unit_id) as u:
        return create_firm(u, FirmInput(name=name, **values))


def changed(office: Office, *firm_ids: int, reason: str = "check_answered") -> None:
    """Tell the product that answers came in; they are handled at once."""
    with office.product.database.write(Actor.system(KEY)) as u:
        u.emit(FirmEvidenceChanged(list(firm_ids), reason))


def score(office: Office, firm_id: int) -> RiskScore:
    with office.product.database.read(Actor.system()) as u:
        row = u.session.get_one(RiskScore, firm_id)
        u.session.expunge(row)
        return row


def history(office: Office, firm_id: int) -> list[RiskHistory]:
    with office.product.database.read(Actor.system()) as u:
        rows = u.session.query(RiskHistory).filter_by(firm_id=firm_id).order_by(RiskHistory.id).all()
        u.session.expunge_all()
        return rows
