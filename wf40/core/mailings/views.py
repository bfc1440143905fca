"""Pages of distribution lists: the overview, a list and its persons, making one, bringing one up to date."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import audience
from wf40.core.mailings import codes, queries, results, service
from wf40.core.mailings.forms import NewDistributionForm, TitleForm
from wf40.core.mailings.models import Distribution
from wf40.core.mailings.table import as_csv
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import conflict_rows

bp = Blueprint("mailings", __name__, template_folder="templates")


@bp.get("/verteiler")
def index() -> ResponseReturnValue:
    """List the distribution lists."""
    archived = request.args.get("archiv") == "1"
    with reading() as u:
        page = queries.distributions(u, archived=archived, page=page_number(request.args.get("seite")))
        return render_template("mailings/index.html", page=page, archived=archived)


@bp.route("/verteiler/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Make a list from what the list of firms or of contacts shows."""
    source, query = _origin()
    form = NewDistributionForm()
    if form.validate_on_submit():
        try:
            with writing() as u:
                saved = service.create_distribution(u, form.to_input(source, query))
            return done(_("Der Verteiler ist gespeichert."), url_for("mailings.persons", distribution_id=saved))
        except InvalidInput as error:
            form.refuse(error)
    return _new_page(source, query, form), 422 if form.is_submitted() else 200


def _origin() -> tuple[str, str]:
    """Return which list is meant and its own part of the address; raises :class:`NotFound` for anything else."""
    first, _sep, query = request.query_string.decode("ascii", "replace").partition("&")
    name, _sep, value = first.partition("=")
    if name != "von" or value not in codes.SOURCES:
        raise NotFound
    return codes.SOURCES[value], query


def _new_page(source: str, query: str, form: NewDistributionForm) -> str:
    with reading() as u:
        if source == codes.CONTACTS:
            selection = queries.selected(u, source, query, "")
            filters, numbers = selection.filters, {"": len(selection.ids)}
        else:
            places, filters = queries.offered(u, query)
            numbers = {code: len(audience.chosen(places, code)) for code in codes.WHICH}
            form.offer(numbers)
        return render_template(
            "mailings/new.html", form=form, source=source, filters=filters, number=max(numbers.values()), codes=codes
        )


@bp.get("/verteiler/<int:distribution_id>")
def show(distribution_id: int) -> ResponseReturnValue:
    """Show a list, what can be done with it, and what was written to it."""
    with reading() as u:
        row = queries.distribution(u, distribution_id)
        return _list_page(u, row, TitleForm(formdata=None, obj=row))


@bp.post("/verteiler/<int:distribution_id>")
def rename(distribution_id: int) -> ResponseReturnValue:
    """Give a list another name."""
    form, status, both = TitleForm(), 422, None
    try:
        with writing() as u:
            service.rename_distribution(u, distribution_id, form.typed_version(), form.title.data)
        return done(_("Der Name ist geändert."), url_for("mailings.show", distribution_id=distribution_id))
    except InvalidInput as error:
        form.refuse(error)
    except StaleVersion as error:
        with reading() as u:
            stored = queries.distribution_to_edit(u, distribution_id)
            both, status = (conflict_rows(TitleForm(formdata=None, obj=stored), form), error.changed_by), 409
        form.now_at(error.current_version)
    with reading() as u:
        return _list_page(u, queries.distribution_to_edit(u, distribution_id), form, both), status


def _list_page(u: UnitOfWork, row: Distribution, form: TitleForm, both: object = None) -> str:
    return render_template(
        "mailings/show.html", row=row, form=form, both=both, codes=codes, figures=queries.figures(u, row),
        mailings=results.mailings_of(u, row.id), may_edit=_may_edit(u, row),
    )  # fmt: skip


@bp.get("/verteiler/<int:distribution_id>/personen")
def persons(distribution_id: int) -> ResponseReturnValue:
    """Show the persons of a list with their ticks."""
    with reading() as u:
        row = queries.distribution(u, distribution_id)
        page = queries.members(u, row, page_number(request.args.get("seite")))
        return render_template(
            "mailings/persons.html", row=row, page=page, figures=queries.figures(u, row), may_edit=_may_edit(u, row),
            mail_words=audience.MAIL_WORDS,
        )  # fmt: skip


@bp.post("/verteiler/<int:distribution_id>/personen")
def keep_ticks(distribution_id: int) -> ResponseReturnValue:
    """Store the ticks of one page and go to the wanted one."""
    with writing() as u:
        service.keep_ticks(u, distribution_id, _numbers("shown"), _numbers("selected"))
    target = whole_number(request.form.get("seite"))
    if target is None:
        return done(_("Die Auswahl ist gespeichert."), url_for("mailings.show", distribution_id=distribution_id))
    url = url_for("mailings.persons", distribution_id=distribution_id, seite=target)
    return done(_("Die Auswahl ist gespeichert."), url)


@bp.get("/verteiler/<int:distribution_id>/aktualisieren")
def changes(distribution_id: int) -> ResponseReturnValue:
    """Show who would come and go if the persons were taken from the filter anew."""
    with reading() as u:
        row = queries.distribution_to_edit(u, distribution_id)
        found = queries.changes(u, row)
        return render_template("mailings/changes.html", row=row, changes=found, mail_words=audience.MAIL_WORDS)


@bp.post("/verteiler/<int:distribution_id>/aktualisieren")
def bring_up_to_date(distribution_id: int) -> ResponseReturnValue:
    """Let the ticked ones come and go."""
    with writing() as u:
        service.bring_up_to_date(u, distribution_id, _numbers("shown"), _numbers("come"), _numbers("go"))
    return done(
        _("Der Verteiler ist auf dem neuesten Stand."), url_for("mailings.show", distribution_id=distribution_id)
    )


@bp.post("/verteiler/<int:distribution_id>/archivieren")
def archive(distribution_id: int) -> ResponseReturnValue:
    """Archive a list."""
    with writing() as u:
        service.archive_distribution(u, distribution_id)
    return done(_("Der Verteiler ist archiviert."), url_for("mailings.show", distribution_id=distribution_id))


@bp.post("/verteiler/<int:distribution_id>/wiederherstellen")
def restore(distribution_id: int) -> ResponseReturnValue:
    """Bring a list back."""
    with writing() as u:
        service.restore_distribution(u, distribution_id)
    return done(_("Der Verteiler ist wieder da."), url_for("mailings.show", distribution_id=distribution_id))


@bp.get("/verteiler/<int:distribution_id>/personen.csv")
def export(distribution_id: int) -> ResponseReturnValue:
    """Give the ticked persons as a table; audited."""
    with writing() as u:
        people = queries.chosen_persons(u, queries.distribution(u, distribution_id))
        service.note_export(u, distribution_id, len(people))
        text = as_csv(people)
    headers = {"Content-Disposition": f'attachment; filename="verteiler-{distribution_id}.csv"'}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


@bp.get("/verteiler/<int:distribution_id>/briefe.pdf")
def letters(distribution_id: int) -> ResponseReturnValue:
    """Give the letters of a mailing, of the newest one unless named; audited."""
    with writing() as u:
        number, content = service.take_letters(u, distribution_id, whole_number(request.args.get("brief")))
    headers = {"Content-Disposition": f'attachment; filename="briefe-{number}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _may_edit(u: UnitOfWork, row: Distribution) -> bool:
    return u.actor.may("mailings.edit") and u.actor.may_write_unit(row.unit_id)


def _numbers(name: str) -> set[int]:
    return {number for text in request.form.getlist(name) if (number := whole_number(text)) is not None}
