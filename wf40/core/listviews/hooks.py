"""What saved views add to the whole."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.core.listviews.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Permission, PersonalColumn


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of saved views."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Everybody keeps views for themselves; who edits records may share them."""
    return [
        Permission("listviews.own", _l("Eigene Ansichten und Spalten von Listen speichern"), roles.READERS),
        Permission("listviews.share", _l("Ansichten von Listen teilen und geteilte ändern"), roles.WRITERS),
    ]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """A view is named by an officer and may hold a name that was searched for."""
    kind, purpose = _l("Beschäftigte der Dienststelle"), _l("Arbeit mit Listen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    return [
        PersonalColumn("list_view", column, kind, purpose, basis, _l("Sobald die Ansicht gelöscht wird"))
        for column in ("owner_id", "name", "sort_key", "query")
    ] + [PersonalColumn("list_choice", "columns", kind, purpose, basis, _l("Mit dem Konto"))]
