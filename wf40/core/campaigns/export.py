"""The result of a campaign as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable

from wf40.base.i18n import _
from wf40.core.campaigns import codes
from wf40.core.campaigns.results import ResultLine
from wf40.core.imports.refused import harmless
from wf40.web.formats import day


def as_csv(lines: Iterable[ResultLine]) -> str:
    """Write one row a firm; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    heads = _("Unternehmen"), _("Ort"), _("Zuständig"), _("Ansprechperson"), _("Status"), _("Grund"), _("Eingeladen am")
    writer.writerow([*heads, _("Geantwortet am")])
    for line in lines:
        cells = line.firm_name, line.town, line.officer, line.person, str(codes.REPLIES[line.reached][0]), line.why
        days = (day(moment) if moment else "" for moment in (line.sent_at, line.responded_at))
        writer.writerow([*map(harmless, cells), *days])
    return out.getvalue()
