"""Pages of firms: list, record, history, forms, archive, and what pickers ask for."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import queries as accounts
from wf40.core.firms import filters, list_page, listing, match_words, pages, queries, service, sites, terms
from wf40.core.firms.forms import FirmForm, NewFirmForm, firm_values
from wf40.core.firms.similar import Similar, confirmation, similar_firms, typed
from wf40.sdk.paging import page_number
from wf40.sdk.services import Officers
from wf40.sdk.web import done, reading, wants_fragment, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("firms", __name__, template_folder="templates")


@bp.get("/unternehmen")
def index() -> ResponseReturnValue:
    """List firms; a filter that changes asks for the lines alone."""
    with reading() as u:
        if "aktion" in request.args:
            return _with_picked(u)
        asked = list_page.wanted(u, request.args)
        if not request.args and asked.offer.first:
            return redirect(url_for("listviews.show", view_id=asked.offer.first.id))
        found = listing.list_firms(u, asked.criteria, asked.extras, asked.columns)
        fields = filters.filter_fields(u, asked.criteria, asked.extras)
        return render_template(
            "firms/_results.html" if wants_fragment() else "firms/index.html", asked=asked, criteria=asked.criteria,
            found=found, rows=list_page.rows(u, found.rows, asked), fields=fields, chips=filters.chips(asked.criteria, fields),
            terms=terms, url=filters.list_url, import_url=pages.import_url(), actions=list_page.actions(u, asked),
            broken=listing.broken(u, asked.criteria, asked.extras), may_edit=_may_create(u),
            empty_office=not found.total and not listing.any_firm(u), columns_open="spaltenwahl" in request.args,
        )  # fmt: skip


def _with_picked(u: UnitOfWork) -> ResponseReturnValue:
    """Lead to what is done with the rows that were ticked."""
    if target := list_page.address_of(u, request.args, request.args["aktion"]):
        return redirect(target)
    flash(_("Bitte kreuzen Sie zuerst die Unternehmen an, um die es geht."), "warning")
    return redirect(filters.list_url(list_page.wanted(u, request.args).criteria))


@bp.get("/unternehmen/<int:firm_id>")
def show(firm_id: int) -> ResponseReturnValue:
    """Show a firm's record."""
    with reading() as u:
        row, head = queries.firm(u, firm_id), pages.record_head(u, firm_id)
        parent, below = queries.relatives(u, firm_id)
        officer = u.service(Officers).get(u, row.officer_id) if row.officer_id else None
        facts = pages.facts(row, queries.former_names(u, firm_id), parent, officer.name if officer else "")
        return render_template(
            "firms/show.html", firm=row, head=head, facts=facts, below=below, sites=queries.sites(u, firm_id), terms=terms,
            one_line=sites.one_line, panels=pages.panels(u, head.ref), origin=pages.origin_text(row.source, row.as_of),
            officer=officer,
        )  # fmt: skip


@bp.get("/unternehmen/<int:firm_id>/aenderungen")
def history(firm_id: int) -> ResponseReturnValue:
    """Show who changed which field of a firm and when."""
    with reading() as u:
        page = queries.history(u, firm_id, page_number(request.args.get("seite")))
        return render_template(
            "firms/history.html", firm=queries.firm(u, firm_id), head=pages.record_head(u, firm_id), terms=terms, page=page,
            lines=pages.history_lines(u, page.rows),
        )  # fmt: skip


@bp.route("/unternehmen/neu", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Create a firm; stored ones that are like it are shown first, and the second time it is saved."""
    form = NewFirmForm(data={"name": request.args.get("name", "")[:500]} if request.method == "GET" else None)
    same: list[Similar] = []
    with reading() as u:
        _must(may=_may_create(u))
        form.offer_officers(accounts.officers(u))
        if form.validate_on_submit() and (found := similar_firms(u, typed(form))):
            same = found if form.confirmed.data != confirmation(found) else []
            form.confirmed.data = confirmation(found)
    if form.is_submitted() and not form.errors and not same:
        try:
            with writing() as u:
                firm_id = service.create_firm(u, form.to_input())
                if site := form.to_site():
                    sites.add_site(u, firm_id, site)
            return done(_("Das Unternehmen ist angelegt."), url_for("firms.show", firm_id=firm_id))
        except InvalidInput as error:
            form.refuse(error)
    status = 422 if form.errors or form.form_errors or same else 200
    page = render_template(
        "firms/form.html", form=form, firm=None, same=same, bands=match_words.BANDS, conflict=None, changed_by=""
    )
    return page, status


@bp.route("/unternehmen/<int:firm_id>/bearbeiten", methods=["GET", "POST"])
def edit(firm_id: int) -> ResponseReturnValue:
    """Change a firm; when somebody saved meanwhile, both versions are shown."""
    form, conflict, changed_by = _edit_form(firm_id), None, ""
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_firm(u, firm_id, form.typed_version(), form.to_input())
            return done(_("Das Unternehmen ist gespeichert."), url_for("firms.show", firm_id=firm_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            conflict, changed_by = _conflict(firm_id, form, error), error.changed_by
    with reading() as u:
        page = render_template(
            "firms/form.html",
            form=form,
            firm=queries.firm(u, firm_id),
            same=[],
            bands={},
            conflict=conflict,
            changed_by=changed_by,
        )
    return page, 409 if conflict is not None else 422 if form.errors or form.form_errors else 200


@bp.post("/unternehmen/<int:firm_id>/archivieren")
def archive(firm_id: int) -> ResponseReturnValue:
    """Take a firm out of lists."""
    with writing() as u:
        service.archive_firm(u, firm_id)
    undo = {
        "text": _("Das Unternehmen ist im Archiv."),
        "action_url": url_for("firms.restore", firm_id=firm_id),
        "action_label": _("Rückgängig machen"),
    }
    flash(undo, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(url_for("firms.show", firm_id=firm_id), 303)


@bp.post("/unternehmen/<int:firm_id>/wiederherstellen")
def restore(firm_id: int) -> ResponseReturnValue:
    """Put a firm back into lists."""
    with writing() as u:
        service.restore_firm(u, firm_id)
    return done(_("Das Unternehmen ist wieder in den Listen."), url_for("firms.show", firm_id=firm_id))


@bp.get("/wz/suche")
def search_wz() -> ResponseReturnValue:
    """Answer a picker with sectors for words or a number."""
    with reading() as u:
        hits = queries.wz_hits(u, request.args.get("q", "")[:200], request.args.get("edition", ""))
    return render_template("firms/options.html", options=[(hit.spoken, hit.spoken) for hit in hits])


@bp.get("/unternehmen/auswahl")
def pick() -> ResponseReturnValue:
    """Answer a picker with firms for the beginning of words of their names."""
    with reading() as u:
        found = queries.pick_firms(u, request.args.get("q", "")[:200])
    options = [(queries.numbered(f.name, f.id), f"{f.name}, {f.town}" if f.town else f.name) for f in found]
    return render_template("firms/options.html", options=options)


def _may_create(u: UnitOfWork) -> bool:
    return u.actor.may(service.EDIT) and u.actor.unit_id is not None


def _must(*, may: bool) -> None:
    if not may:
        raise Forbidden(service.EDIT)


def _edit_form(firm_id: int, *, stored: bool = False) -> FirmForm:
    """Return the form of a firm: with what was sent, or (``stored``) with what is stored now."""
    with reading() as u:
        row, parent = queries.firm(u, firm_id), queries.relatives(u, firm_id)[0]
        _must(may=u.actor.may(service.EDIT) and u.actor.may_write_unit(row.unit_id))
        values = firm_values(row, queries.former_names(u, firm_id), parent)
        form = FirmForm(formdata=None, data=values) if stored else FirmForm(data=values)
        form.offer_officers(
            accounts.officers(u), u.service(Officers).get(u, row.officer_id) if row.officer_id else None
        )
        for field in ("employees", "apprentices"):
            if any(getattr(site, field) is not None for site in queries.sites(u, firm_id)):
                del form[field]
    return form


def _conflict(firm_id: int, form: FirmForm, error: StaleVersion) -> list[ConflictRow]:
    form.now_at(error.current_version)
    return conflict_rows(_edit_form(firm_id, stored=True), form, ignore=("source", "as_of"))
