"""What the pages of a campaign show."""

from collections.abc import Collection
from typing import Any

from flask import render_template, request

from wf40.base.clock import local_date
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.campaigns import codes, outreaches, queries, results, service
from wf40.core.campaigns.forms import ReminderForm
from wf40.core.campaigns.models import Campaign
from wf40.sdk.paging import page_number
from wf40.sdk.services import Office, WorkingDays

ASK_AFTER = 5
"""Working days until somebody asks after an invitation, as proposed."""


def head(u: UnitOfWork, row: Campaign) -> dict[str, Any]:
    """Return what every page of a campaign shows."""
    found, states = outreaches.find(u, row.outreach_key), queries.states(u, row.id)
    names = officer_names(u, {i for i in (row.author_id, row.sender_id) if i})
    checks, sends = bool(states.get(codes.UNCHECKED)), row.state == codes.RUNNING
    return {
        "campaign": row,
        "label": found.value.label if found else row.outreach_label,
        "off": found is None,
        "rests": found is not None and outreaches.rests(u, found),
        "author": names.get(row.author_id or 0, ""),
        "sender": names.get(row.sender_id or 0, ""),
        "states": states,
        "total": sum(states.values()),
        "works": found is not None and (sends or (checks and row.state == codes.DRAFT)),
        "codes": codes,
        "may_change": u.actor.may(queries.EDIT) and u.actor.may_write_unit(row.unit_id),
        "may_send": found is not None and u.actor.may(found.value.permission),
    }


def draft(u: UnitOfWork, row: Campaign, ticked: Collection[int] = ()) -> str:
    """Return the page of a draft. ``ticked`` firms keep it from being started: nobody said what becomes of them."""
    groups = queries.groups(u, row.id)
    group = request.values.get("gruppe", "")
    group = group if group in codes.GROUPS else codes.RECEIVES
    page = queries.draft_lines(u, row.id, group, page_number(request.values.get("seite")))
    values = {"groups": groups, "group": group, "page": page, "ticked": ticked}
    return render_template("campaigns/draft.html", **head(u, row), **values)


def result(u: UnitOfWork, row: Campaign) -> str:
    """Return the page of a campaign that was started."""
    found, kept = results.result(u, row.id), wanted()
    unanswered = len(found.kept("unanswered"))
    today = local_date(u.now, u.service(Office).timezone)
    values = {
        "counts": found.counts(),
        "known": found.known,
        "unanswered": unanswered,
        "to_remind": len(results.to_remind(u, row.id, found)) if unanswered else 0,
        "invited": sum(n for how, n in found.counts().items() if how in codes.INVITED),
        "wanted": kept,
        "page": results.result_page(u, row.id, found, kept, page_number(request.args.get("seite"))),
        "reminder": ReminderForm(formdata=None, due_on=u.service(WorkingDays).after(u, today, ASK_AFTER))
        if unanswered and found.known and row.state != codes.RUNNING
        else None,
        "changes": queries.changes(u, row.id),
    }
    return render_template("campaigns/result.html", **head(u, row), **values)


def start(u: UnitOfWork, row: Campaign, told: int | None = None) -> str:
    """Return the page that shows what starting does; ``told`` is the number that was right before."""
    values = {"ready": service.ready(u, row.id), "told": told, "me": u.actor.name}
    return render_template("campaigns/start.html", **head(u, row), **values)


def wanted() -> str:
    """Return the filter of the result's firms that the address names."""
    found = request.args.get("zeigen", "")
    return found if found in codes.FILTERS else ""
