"""What the pages of concerns show, gathered from queries and put into words."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from werkzeug.routing import BuildError

from wf40.base.errors import Text
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, handed_on, queries, service
from wf40.core.concerns.figures import Times
from wf40.core.concerns.forms import AssignForm, FirstResponseForm, StateForm
from wf40.core.concerns.rows import may_assign, readable_row, today
from wf40.core.concerns.rules import NOBODY
from wf40.core.contacts import codes as contact_codes
from wf40.sdk.web import reading, writing

_ORIGINS = {"consultation": ("consultations.show", "consultation_id")}


@dataclass(frozen=True, slots=True)
class ShownForms:
    """The small forms on the page of a concern."""

    response: FirstResponseForm
    state: StateForm
    assign: AssignForm


def note_reading(concern_id: int) -> None:
    """Audit that the actor opens a confidential concern, before a page shows what it is about."""
    with reading() as u:
        found = queries.concern(u, concern_id)
    if found.confidential and found.content:
        with writing() as u:
            service.note_reading(u, concern_id)


def concern_page(u: UnitOfWork, concern_id: int, failed: Any = None) -> str:
    """Render the page of a concern; ``failed``: one of its forms with the sentences of a refusal."""
    found = queries.concern(u, concern_id)
    times, row = Times(u), readable_row(u, concern_id)
    handovers = handed_on.handovers(u, concern_id)
    return render_template(
        "concerns/show.html",
        concern=found,
        content=found.content,
        steps=steps(found, handed_on=bool(handovers)),
        handovers=handovers,
        unsettled=[h for h in handovers if h.unsettled],
        response_days=times.between(found.raised_on, found.first_response_at),
        solution_days=times.between(found.raised_on, found.closed_at),
        today=today(u),
        changes=queries.changes(u, concern_id),
        origin=origin_of(found),
        forms=_forms(u, found, failed),
        may_edit=found.content is not None and _may_write(u, found),
        may_assign=may_assign(u, row, found.firm),
        me=u.actor.user_id,
        codes=codes,
        contact_codes=contact_codes,
    )


def steps(found: queries.ConcernView, *, handed_on: bool) -> list[dict[str, Any]]:
    """Return the states of a concern in a row; the way over others is left out once it is closed without it."""
    row = [codes.NEW, codes.IN_PROGRESS, codes.HANDED_ON, codes.AWAITING]
    if not found.open and not handed_on:
        row = row[:2]
    end = found.state if not found.open else codes.SOLVED
    row.append(end)
    at = row.index(found.state)
    return [
        {"label": codes.STATES[state], "state": "done" if place < at else "current" if place == at else "open"}
        for place, state in enumerate(row)
    ]


def origin_of(found: queries.ConcernView) -> tuple[Text, str] | None:
    """Return where a concern comes from, as words and an address; ``None`` where nothing is known."""
    kind, _colon, number = found.record.partition(":")
    if kind not in _ORIGINS or not number.isdigit():
        return None
    endpoint, name = _ORIGINS[kind]
    values: dict[str, Any] = {name: int(number)}
    try:
        return _("Aus einem Gespräch"), url_for(endpoint, **values)
    except BuildError:
        return None


def _forms(u: UnitOfWork, found: queries.ConcernView, failed: Any) -> ShownForms:
    owner = found.owner
    assign = AssignForm(formdata=None, owner_id=owner.id if owner else NOBODY, version=str(found.version))
    forms = {
        FirstResponseForm: FirstResponseForm(formdata=None, on=today(u)),
        StateForm: StateForm(formdata=None, state=codes.SOLVED, version=str(found.version)),
        AssignForm: assign,
    }
    if failed is not None:
        forms[type(failed)] = failed
    forms[AssignForm].owner_id.offer(
        queries.possible_owners(u, found.firm.unit_id), (owner.id, owner.name) if owner else None
    )
    return ShownForms(forms[FirstResponseForm], forms[StateForm], forms[AssignForm])


def _may_write(u: UnitOfWork, found: queries.ConcernView) -> bool:
    return u.actor.may("concerns.edit") and u.actor.may_write_unit(found.firm.unit_id)
