"""Computes scores anew and keeps what changed. Called by events, jobs and the service; states no permission itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import force_locale
from sqlalchemy import insert, select, update

from wf40.base.clock import local_date
from wf40.base.i18n import SOURCE_LANGUAGE
from wf40.base.uow import UnitOfWork
from wf40.core.risk.assessment import Assessed, assess, ranked_priority
from wf40.core.risk.evidence import gather
from wf40.core.risk.models import RiskHistory, RiskOverride, RiskScore
from wf40.core.risk.settings import RiskSettings, risk_settings
from wf40.sdk.events import FirmLightChanged
from wf40.sdk.services import Office

SLICE = 500
NIGHTLY = "nightly"


def rescore(u: UnitOfWork, firm_ids: Collection[int], cause: str) -> None:
    """Compute the scores of firms anew and note why they changed.

    Where a plugin cannot say what it knows, the last score stays and is marked as not renewed; a job tries again.
    Names of signals and questions are stored in German, whatever the language of the page that asks for it.
    """
    ordered = sorted(set(firm_ids))
    with force_locale(SOURCE_LANGUAGE):
        for start in range(0, len(ordered), SLICE):
            _rescore_slice(u, ordered[start : start + SLICE], cause)


def _rescore_slice(u: UnitOfWork, firm_ids: list[int], cause: str) -> None:
    day, settings = today(u), risk_settings()
    # Locked in one order before the evidence is read: of two renewals at once the later one sees what the other saw.
    present = select(RiskScore).where(RiskScore.firm_id.in_(firm_ids)).order_by(RiskScore.firm_id).with_for_update()
    rows = {row.firm_id: row for row in u.session.scalars(present)}
    evidence = gather(u, firm_ids)
    overrides = _overrides(u, firm_ids, day)
    u.session.flush()
    known = [e for e in evidence.firms.values() if evidence.complete or e.firm_id not in rows]
    scores = [_values(u, assess(e, day, settings), overrides.get(e.firm_id), settings) for e in known]
    _write(u, scores, rows, cause)
    if not evidence.complete:
        late = update(RiskScore).where(RiskScore.firm_id.in_(firm_ids), RiskScore.not_renewed_since.is_(None))
        u.session.execute(late.values(not_renewed_since=u.now))
    # Only what was written past the session: events that wait for the end of the unit lie in it, too.
    for held in [held for held in u.session.identity_map.values() if isinstance(held, RiskScore)]:
        u.session.expire(held)


def _write(u: UnitOfWork, scores: list[dict[str, Any]], rows: Mapping[int, RiskScore], cause: str) -> None:
    """Write all rows of a slice in three statements, however many there are."""
    pictures = [(_stored(rows.get(new["firm_id"])), new) for new in scores]
    notes = [_history(u, old, new, cause) for old, new in pictures if _worth_noting(old, _picture(new))]
    fresh = [new for new in scores if new["firm_id"] not in rows]
    if fresh:
        u.session.execute(insert(RiskScore), fresh)
    if present := [new for new in scores if new["firm_id"] in rows]:
        u.session.execute(update(RiskScore), present)
    if notes:
        u.session.execute(insert(RiskHistory), notes)
    for old, new in pictures:
        before = old["light"] if old else "grey"
        if new["light"] != before:
            u.emit(FirmLightChanged(new["firm_id"], new["light"], before, today(u).isoformat()))


def today(u: UnitOfWork) -> date:
    """The calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


def _overrides(u: UnitOfWork, firm_ids: list[int], day: date) -> dict[int, RiskOverride]:
    """The lights set by hand that hold today; those that ran out are closed."""
    holding = select(RiskOverride).where(RiskOverride.firm_id.in_(firm_ids), RiskOverride.ended_at.is_(None))
    found: dict[int, RiskOverride] = {}
    for row in u.session.scalars(holding.order_by(RiskOverride.id)):
        if row.expires_on < day:
            row.ended_at, row.ended_why = u.now, "expired"
            u.audit("risk_override_expired", f"firm:{row.firm_id}", {"light": row.light})
        else:
            found[row.firm_id] = row
    return found


def _values(u: UnitOfWork, new: Assessed, override: RiskOverride | None, settings: RiskSettings) -> dict[str, Any]:
    light = override.light if override else new.computed_light
    return {
        **asdict(new),
        "light": str(light),
        "computed_light": str(new.computed_light),
        "pressure": str(new.pressure),
        "priority": ranked_priority(new, light, settings),
        "computed_at": u.now,
        "not_renewed_since": None,
    }


_COMPARED = (
    "light", "computed_light", "reason", "points", "low", "high", "exposure", "vulnerability", "vulnerability_low",
    "vulnerability_high", "signals", "hard_triggers", "parameters_version", "exposure_version",
)  # fmt: skip


def _stored(row: RiskScore | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return _picture({"inputs": row.inputs, **{name: getattr(row, name) for name in _COMPARED}})


def _picture(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the history compares, of a stored score or of a new one."""
    picture, inputs = {name: row[name] for name in _COMPARED}, row["inputs"]
    picture["answers"] = {a["concept"]: (a["low"], a["high"], a["applies"]) for a in inputs["answers"]}
    picture["labels"] = {a["concept"]: a["label"] for a in inputs["answers"]}
    picture["named_signals"] = {s["key"]: s["label"] for s in inputs["signals"]}
    picture["division"] = (inputs["exposure"] or {}).get("division", "")
    return picture


def _shown(picture: Mapping[str, Any]) -> tuple[Any, ...]:
    points = picture["points"]
    return picture["light"], picture["reason"], None if points is None else round(points)


def _worth_noting(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """A change of what is on the screen: light, reason or whole points. The first grey of a firm is no news."""
    if before is None:
        return bool(after["light"] != "grey")
    return _shown(before) != _shown(after)


def _history(u: UnitOfWork, before: Mapping[str, Any] | None, new: Mapping[str, Any], cause: str) -> dict[str, Any]:
    kept = ("firm_id", "unit_id", "light", "points", "low", "high", "parameters_version")
    return {
        **{name: new[name] for name in kept},
        "at": u.now,
        "light_before": before["light"] if before else "",
        "points_before": before["points"] if before else None,
        "cause": cause[:200],
        "reasons": list(_reasons(before, _picture(new))) if before else [{"kind": "first"}],
    }


def _reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """What moved the score, as plain values that the page puts into words."""
    if (before["exposure"], before["division"]) != (after["exposure"], after["division"]):
        yield {"kind": "exposure", "before": before["division"], "after": after["division"]}
    yield from _answer_reasons(before, after)
    yield from _signal_reasons(before, after)
    if (before["light"] != before["computed_light"]) != (after["light"] != after["computed_light"]):
        yield {"kind": "override_began" if after["light"] != after["computed_light"] else "override_ended"}
    for name in ("parameters_version", "exposure_version"):
        if before[name] != after[name]:
            yield {"kind": name, "before": before[name], "after": after[name]}


def _answer_reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    changed = [c for c, value in after["answers"].items() if before["answers"].get(c) != value]
    gone = [c for c in before["answers"] if c not in after["answers"]]
    if changed or gone:
        concepts = [*changed, *gone]
        labels = [after["labels"].get(c) or before["labels"].get(c, c) for c in concepts]
        yield {"kind": "answers", "concepts": concepts, "labels": labels}
    elif any(before[end] != after[end] for end in ("vulnerability_low", "vulnerability_high")):
        yield {"kind": "aged"}


def _signal_reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    old, new = before["named_signals"], after["named_signals"]
    for key in sorted(new.keys() - old.keys()):
        yield {"kind": "signal_new", "label": new[key], "key": key}
    for key in sorted(old.keys() - new.keys()):
        yield {"kind": "signal_gone", "label": old[key], "key": key}
    if before["signals"] != after["signals"] and old.keys() == new.keys():
        yield {"kind": "signals_moved"}
    if before["hard_triggers"] != after["hard_triggers"]:
        yield {"kind": "hard" if after["hard_triggers"] else "hard_gone", "labels": after["hard_triggers"]}
