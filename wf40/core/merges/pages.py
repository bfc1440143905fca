"""What the pages of both kinds of merges do: compare, merge, list, look at a merge, separate again."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import DomainError, InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.core.firms.pages import origin_text
from wf40.core.merges import queries, service
from wf40.core.merges.kinds import Kind
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, writing


def side_by_side(kind: Kind, keep_id: int, gone_id: int, error: DomainError | None = None) -> ResponseReturnValue:
    """Show both records side by side and what would move."""
    parts: list[queries.Part] = []
    possible = True
    try:
        with writing() as u:
            parts = service.rehearse(u, keep_id, gone_id, kind)
    except InvalidInput as refusal:
        possible, error = False, error or refusal
    with reading() as u:
        keep, gone = kind.sides(u, (keep_id, gone_id))
        page = render_template(
            kind.pages.compare, keep=keep, gone=gone, parts=parts, possible=possible, origin=origin_text,
            fault=error.message if error else "", fields=kind.fields.fields(u, keep_id, gone_id), chosen=request.form,
        )  # fmt: skip
    return page, error.status if error else 200


def merge(kind: Kind, keep_id: int, gone_id: int) -> ResponseReturnValue:
    """Merge two records and offer the way back."""
    try:
        with writing() as u:
            merge_id = service.merge(u, _sent(keep_id, gone_id, kind), kind)
    except (InvalidInput, StaleVersion) as error:
        return side_by_side(kind, keep_id, gone_id, error)
    back = _url(kind.pages.undo, merge_id)
    offer = {"text": str(kind.pages.merged), "action_url": back, "action_label": _("Rückgängig machen")}
    flash(offer, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(_url(kind.pages.record, keep_id), 303)


def index(kind: Kind) -> ResponseReturnValue:
    """List what was merged."""
    with reading() as u:
        found = queries.merges(u, page_number(request.args.get("seite")), kind)
        return render_template("merges/index.html", found=found, kind=kind)


def show(kind: Kind, merge_id: int, error: InvalidInput | None = None) -> ResponseReturnValue:
    """Show a merge: what moved, and what would go back."""
    with reading() as u:
        found = queries.merge(u, merge_id, kind)
        page = render_template("merges/show.html", merge=found, fault=error.message if error else "", kind=kind)
    return page, error.status if error else 200


def undo(kind: Kind, merge_id: int) -> ResponseReturnValue:
    """Separate two records again."""
    try:
        with writing() as u:
            result = service.unmerge(u, merge_id, kind)
    except InvalidInput as error:
        return show(kind, merge_id, error)
    text = str(kind.pages.separated)
    if result.fields_stay:
        labels = ", ".join(dict.fromkeys(str(kind.fields.label(name)) for name in result.fields_stay))
        text = str(kind.pages.separated_but) % {"fields": labels}
    return done(text, _url(kind.pages.merge, merge_id))


def _url(page: tuple[str, str], number: int) -> str:
    values: dict[str, Any] = {page[1]: number}
    return url_for(page[0], **values)


def _sent(keep_id: int, gone_id: int, kind: Kind) -> service.MergeInput:
    """Return what the form of a comparison says."""
    form = request.form
    versions = [whole_number(form.get(name)) or 0 for name in ("keep_version", "gone_version")]
    chosen = {group: form[group] for group in kind.fusion.GROUPS if group in form}
    return service.MergeInput(keep_id, gone_id, versions[0], versions[1], chosen)
