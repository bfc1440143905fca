"""Takes lists out as tables: exactly what they show, in their columns and order. Every time is noted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from wf40.base.access import requires
from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l, _p
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import list_page as contact_list
from wf40.core.contacts import queries as contacts
from wf40.core.exports.tables import Table
from wf40.core.firms import list_page as firm_list
from wf40.core.firms import listing
from wf40.core.firms.selection import demand_known
from wf40.core.listviews.columns import ListColumn
from wf40.pluginhost.calls import Failure, Hooks

FIRMS, PEOPLE = "exports.run", "exports.people"


@requires(FIRMS)
def firms_table(u: UnitOfWork, query: str) -> Table:
    """Return the firms that the list shows for an address, those of all its pages."""
    args = MultiDict(parse_qsl(query))
    asked = firm_list.wanted(u, args)
    demand_known(args, asked.extras)
    if listing.broken(u, asked.criteria, asked.extras):
        raise InvalidInput(_l("Eine Erweiterung antwortet nicht, nach der die Liste gefiltert oder sortiert ist."))
    ids = listing.ids_listed(u, asked.criteria, asked.extras)
    plugins = {column.value.key: column.plugin for column in asked.extras.columns}

    def rows() -> Iterator[Sequence[Any]]:
        for some in portions(ids):
            lines = listing.lines_of(u, some, asked.extras, asked.columns)
            by_column = [_values(u, column, lines, plugins) for column in asked.columns]
            for place, line in enumerate(lines):
                yield [line.firm.name, *(values[place] for values in by_column)]

    return Table(
        _("Unternehmen"),
        [_p("Einzahl", "Unternehmen"), *_labels(asked.columns)],
        rows(),
        len(ids),
        _filters(asked.criteria.filters()),
    )


@requires(PEOPLE)
def people_table(u: UnitOfWork, query: str) -> Table:
    """Return the persons that the list shows for an address, those of all its pages."""
    asked = contact_list.asked_for(u, MultiDict(parse_qsl(query)))
    number = contacts.count_listed(u, asked.wanted)

    def rows() -> Iterator[Sequence[Any]]:
        for line in contacts.lines_listed(u, asked.wanted):
            yield [line.name, *(column.value(line) for column in asked.columns)]

    headers = [_("Name"), *_labels(asked.columns)]
    kept = {k: v for k, v in asked.wanted.args().items() if k in {"q", "rolle", "archiv", "auswahl"}}
    return Table(_("Ansprechpersonen"), headers, rows(), number, _filters(kept))


@requires(FIRMS)
def note_firms(u: UnitOfWork, table: Table, form: str, number: int) -> None:
    """Write down that firms were taken out."""
    _note(u, "firms", table, form, number)


@requires(PEOPLE)
def note_people(u: UnitOfWork, table: Table, form: str, number: int) -> None:
    """Write down that persons were taken out."""
    _note(u, "contacts", table, form, number)


def _note(u: UnitOfWork, name: str, table: Table, form: str, number: int) -> None:
    """Say how much of what left the office; what was searched for may be a name, so only the kinds of filters."""
    u.audit(
        f"exports.{name}",
        f"list:{name}",
        {"rows": number, "format": form, "columns": table.headers, "filters": table.filters},
    )


def _values(u: UnitOfWork, column: ListColumn, lines: Sequence[Any], plugins: Mapping[str, str]) -> list[Any]:
    if column.key not in plugins:
        return [column.value(line) for line in lines]
    found = u.service(Hooks).guard(
        plugins[column.key], f"column {column.key}", lambda: [column.value(w) for w in lines]
    )
    if isinstance(found, Failure):
        raise InvalidInput(
            _l(
                "Die Spalte „%(name)s“ ist im Moment nicht verfügbar. Bitte nehmen Sie sie aus der Liste.",
                name=column.label,
            )
        )
    return found


def _labels(columns: Sequence[ListColumn]) -> list[str]:
    return [str(column.label) for column in columns]


def _filters(given: Mapping[str, str]) -> list[str]:
    return sorted(given)
