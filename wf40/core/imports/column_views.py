"""The third step: what each column fills, by which rule, and the profile that keeps this for the next file."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.imports import profiles, queries, runner, service
from wf40.core.imports.models import ImportRun
from wf40.core.imports.own_fields import hints, own_targets
from wf40.core.imports.sectors import EDITIONS
from wf40.core.imports.steps import elsewhere, stepper
from wf40.core.imports.targets import target_groups
from wf40.core.imports.terms import OPEN, POLICIES
from wf40.core.imports.views import bp
from wf40.sdk.web import database, reading, writing

CHECK_AT_ONCE = 3.0
"""Seconds that a check may take within the request; the worker does the rest."""


@bp.get("/unternehmen/import/<int:run_id>/spalten")
def columns(run_id: int) -> ResponseReturnValue:
    """Show the columns and what they will fill."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in OPEN or not u.actor.may(service.RUN):
            return elsewhere(run, "columns")
        return _page(u, run)


@bp.post("/unternehmen/import/<int:run_id>/spalten")
def save_columns(run_id: int) -> ResponseReturnValue:
    """Store the choice and check the rows."""
    with reading() as u:
        count = len(queries.run(u, run_id).headers)
    fields, rules = _typed("column", count), _typed("policy", count)
    policies = profiles.rules_for(fields, rules, _rule(request.form.get("policy", "")))
    name = request.form.get("profile", "").strip()
    try:
        with writing() as u:
            service.save_columns(u, run_id, fields, request.form.get("edition", ""), policies)
            fresh = profiles.save(u, run_id, name) if name else False
    except InvalidInput as error:
        with reading() as u:
            return _page(u, queries.run(u, run_id), error)
    if name:
        flash(_profile_kept(name, fresh=fresh), "success")
    runner.advance(database(), run_id, CHECK_AT_ONCE)
    return redirect(url_for("imports.check", run_id=run_id), 303)


def _profile_kept(name: str, *, fresh: bool) -> str:
    if fresh:
        return _("Das Profil „%(name)s“ ist angelegt. Bei der nächsten Datei mit diesen Spalten wird es vorgeschlagen.", name=name)  # fmt: skip
    return _("Das Profil „%(name)s“ ist auf dem neuen Stand.", name=name)


def _typed(part: str, count: int) -> list[str]:
    return [request.form.get(f"{part}-{number}", "") for number in range(count)]


def _rule(word: str) -> str:
    return word if word in POLICIES else "newer"


def _page(u: UnitOfWork, run: ImportRun, error: InvalidInput | None = None) -> ResponseReturnValue:
    found, own = queries.columns(u, run.id), own_targets(u)
    fields = _typed("column", len(found)) if error else [column.field for column in found]
    known = profiles.profile(u, run.profile_id) if run.profile_id else None
    page = render_template(
        "imports/columns.html", run=run, columns=found, chosen=fields, groups=target_groups(own), hints=hints(own, fields), policies=POLICIES,
        steps=stepper(run, "columns"), editions=EDITIONS, profile=known, missing=profiles.missing(known, own) if known else [],
        edition=request.form.get("edition", run.edition) if error else run.edition,
        profile_name=request.form.get("profile", "") if error else "",
        errors={name: str(text) for name, text in error.fields.items()} if error else {},
        **_rules(run.policies, fields, typed=error is not None),
    )  # fmt: skip
    return page, 422 if error else 200


def _rules(stored: Mapping[str, str], fields: Sequence[str], *, typed: bool) -> dict[str, Any]:
    """Return the rule for all columns, and those of single columns that differ from it."""
    if typed:
        return {"rule": _rule(request.form.get("policy", "")), "rules": _typed("policy", len(fields))}
    each = [stored.get(field, "newer") for field in fields]
    used = [rule for rule, field in zip(each, fields, strict=True) if field]
    common = max(POLICIES, key=used.count) if used else "newer"
    return {"rule": common, "rules": [r if f and r != common else "" for r, f in zip(each, fields, strict=True)]}
