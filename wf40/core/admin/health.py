"""The health report: database, migrations, worker, plugins."""

from dataclasses import asdict
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.admin import queries
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec


def report(database: Database, actor: Actor) -> dict[str, Any]:
    """Return the report as plain values; ``status`` is ``ok``, ``degraded`` or ``down``."""
    try:
        with database.read(actor) as u:
            u.session.execute(text("SELECT 1"))
            schemas = current_app.extensions["wf40"].migrator.conditions()
            current = {c.name: {"revision": c.current, "up_to_date": c.up_to_date} for c in schemas}
            if not current["core"]["up_to_date"]:
                return {"status": "down", "database": database.engine.dialect.name, "migrations": current}
            current_app.extensions["wf40"].gate.follow()
            return _assess({
                "database": database.engine.dialect.name,
                "migrations": current,
                "worker": _worker(u),
                "mails": asdict(queries.queues(u)["mails"]),
                "plugins": _plugins(u),
            })  # fmt: skip
    except SQLAlchemyError as error:
        return {"status": "down", "database": type(error).__name__}


def _worker(u: UnitOfWork) -> dict[str, Any]:
    seen = queries.worker_seen(u)
    alive = seen is not None and u.now - seen < queries.SILENCE
    return {"last_tick": seen.isoformat() if seen else None, "alive": alive}


def _plugins(u: UnitOfWork) -> dict[str, Any]:
    hooks = u.service(Hooks)
    gathered = hooks.gather(Spec.health, u)
    lines: dict[str, Any] = {
        key: {"enabled": key in hooks.registry.enabled, "usable": plugin.usable, "checks": {}}
        for key, plugin in sorted(hooks.registry.installed.items())
    }
    for provided in gathered.provided:
        if provided.plugin in lines:
            lines[provided.plugin]["checks"][provided.value.key] = {
                "ok": provided.value.ok,
                "detail": provided.value.detail,
            }
    for failure in gathered.failures:
        lines[failure.plugin]["checks"]["health"] = {"ok": False, "detail": failure.reference}
    return lines


def _assess(found: dict[str, Any]) -> dict[str, Any]:
    checks = [c["ok"] for line in found["plugins"].values() for c in line["checks"].values()]
    well = all(m["up_to_date"] for m in found["migrations"].values()) and found["worker"]["alive"] and all(checks)
    return {"status": "ok" if well else "degraded", **found}
