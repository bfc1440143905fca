"""Pages for taking lists out: one that says what will be in the file, and the file."""

from collections.abc import Callable, Iterator
from typing import IO

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.clock import local_date
from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.exports import service
from wf40.core.exports.tables import FORMATS, MOST_ROWS_XLSX, XLSX, Table, written
from wf40.sdk.services import Office
from wf40.sdk.web import reading, writing

bp = Blueprint("exports", __name__, template_folder="templates")
PART = 256 * 1024


@bp.route("/exporte/unternehmen", methods=["GET", "POST"])
def firms() -> ResponseReturnValue:
    """Take the list of firms out."""
    return _answer(service.firms_table, service.note_firms, "firms.index")


@bp.route("/exporte/ansprechpersonen", methods=["GET", "POST"])
def people() -> ResponseReturnValue:
    """Take the list of contacts out."""
    return _answer(service.people_table, service.note_people, "contacts.index")


def _answer(
    make: Callable[[UnitOfWork, str], Table], note: Callable[[UnitOfWork, Table, str, int], None], page: str
) -> ResponseReturnValue:
    query = request.query_string.decode("ascii", "replace")
    with reading() as u:
        table = make(u, query)
        if request.method == "GET":
            back = url_for(page) + (f"?{query}" if query else "")
            people = page == "contacts.index"
            return render_template("exports/index.html", table=table, back=back, people=people, most=MOST_ROWS_XLSX)
        form = request.form.get("format", XLSX)
        if form not in FORMATS or (form == XLSX and table.number > MOST_ROWS_XLSX):
            raise InvalidInput(_l("So viele Zeilen fasst eine Excel-Tabelle nicht. Bitte wählen Sie CSV."))
        office = u.service(Office)
        day = local_date(u.now, office.timezone)
        file, number = written(table, form, office.timezone)
    try:
        with writing() as u:
            note(u, table, form, number)
    except BaseException:
        file.close()
        raise
    name = f"{_('unternehmen') if page == 'firms.index' else _('ansprechpersonen')}-{day.isoformat()}.{form}"
    answer = Response(_in_parts(file), mimetype=FORMATS[form])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.call_on_close(file.close)
    return answer


def _in_parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(PART):
            yield part
