"""The result of a campaign as a table for spreadsheets."""

from collections.abc import Iterable

from wf40.base import csv_table
from wf40.base.i18n import _, _p
from wf40.core.campaigns import codes
from wf40.core.campaigns.results import ResultLine
from wf40.web.formats import day


def as_csv(lines: Iterable[ResultLine]) -> str:
    """Write one row a firm; no cell is taken for a formula."""
    heads = (
        _p("Einzahl", "Unternehmen"),
        _("Ort"),
        _("Zuständig"),
        _("Ansprechperson"),
        _("Status"),
        _("Grund"),
        _("Eingeladen am"),
    )
    return csv_table.as_csv([*heads, _("Geantwortet am")], map(_cells, lines))


def _cells(line: ResultLine) -> list[str]:
    days = (day(moment) if moment else "" for moment in (line.sent_at, line.responded_at))
    reached = str(codes.REPLIES[line.reached][0])
    return [line.firm_name, line.town, line.officer, line.person, reached, line.why, *days]
