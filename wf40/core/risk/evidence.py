"""Everything that a score rests on, gathered for many firms at once: a handful of statements and two hooks."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from wf40.base.uow import UnitOfWork
from wf40.core.consultations.queries import last_contact_select
from wf40.core.firms.queries import visible_firms
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import FirmSignal, Indicator


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one firm. ``answers`` holds the newest indicator of each concept."""

    firm_id: int
    unit_id: int
    wz_edition: str = ""
    wz_code: str = ""
    employees: int | None = None
    apprentices: int | None = None
    care_interval_days: int | None = None
    last_contact: date | None = None
    answers: Mapping[str, Indicator] | None = None
    signals: tuple[FirmSignal, ...] = ()


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """Evidence by firm id. ``complete`` is False when a plugin could not say what it knows."""

    firms: Mapping[int, Evidence]
    complete: bool


def gather(u: UnitOfWork, firm_ids: Collection[int]) -> GatheredEvidence:
    """Gather the evidence for those of the firms that exist and may be read."""
    hooks = u.service(Hooks)
    indicators = hooks.gather(Spec.indicators, u, firm_ids)
    signals = hooks.gather(Spec.firm_signals, u, firm_ids)
    answers = newest_answers(p.value for p in indicators.provided)
    by_firm: dict[int, list[FirmSignal]] = {}
    for provided in signals.provided:
        by_firm.setdefault(provided.value.firm_id, []).append(provided.value)
    firms, contacts = visible_firms(u).subquery(), last_contact_select(u).subquery()
    rows = (
        select(firms, contacts.c.value.label("last_contact"))
        .outerjoin(contacts, contacts.c.firm_id == firms.c.id)
        .where(firms.c.id.in_(firm_ids))
    )
    found = {
        row.id: Evidence(
            firm_id=row.id,
            unit_id=row.unit_id,
            wz_edition=row.wz_edition,
            wz_code=row.wz_code,
            employees=row.employees,
            apprentices=row.apprentices,
            care_interval_days=row.care_interval_days,
            last_contact=row.last_contact,
            answers=answers.get(row.id, {}),
            signals=tuple(sorted(by_firm.get(row.id, ()), key=lambda s: (-s.strength, s.key))),
        )
        for row in u.session.execute(rows)
    }
    return GatheredEvidence(found, not indicators.failures and not signals.failures)


def newest_answers(indicators: Iterable[Indicator]) -> dict[int, dict[str, Indicator]]:
    """The newest indicator of each firm and concept; of two from one day the less favourable, whatever their order."""
    found: dict[int, dict[str, Indicator]] = {}
    for indicator in indicators:
        of_firm = found.setdefault(indicator.firm_id, {})
        present = of_firm.get(indicator.concept)
        if present is None or _rank(indicator) > _rank(present):
            of_firm[indicator.concept] = indicator
    return found


def _rank(indicator: Indicator) -> tuple[date, float, float, bool, str]:
    return indicator.observed_on, -indicator.low, -indicator.high, indicator.applies, indicator.url
