"""Keeps views of lists and what people chose."""

from dataclasses import dataclass

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion, Text
from wf40.base.german import sort_key, tidy
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.listviews import queries
from wf40.core.listviews.columns import SEPARATOR, keys_in
from wf40.core.listviews.models import ListChoice, ListView

OWN, SHARE = "listviews.own", "listviews.share"
LONGEST_NAME, LONGEST_QUERY, MOST_VIEWS = 100, 4000, 100


@dataclass(frozen=True, slots=True)
class ViewInput:
    """What people enter about a view. ``first``: their list opens with it."""

    name: str
    shared: bool = False
    first: bool = False


@requires(OWN)
def add_view(u: UnitOfWork, name: str, query: str, given: ViewInput) -> int:
    """Keep a list under a name; return its id."""
    _demand_list(u, name)
    if u.actor.unit_id is None or u.actor.user_id is None:
        raise Forbidden(OWN)
    if len(queries.offer(u, name).views) >= MOST_VIEWS:
        raise InvalidInput(
            _l("Mehr als 100 Ansichten sind nicht möglich. Bitte löschen Sie eine, die niemand braucht.")
        )
    row = ListView(
        unit_id=u.actor.unit_id, owner_id=u.actor.user_id, list=name, query=_checked(query), shared=False, name="",
        sort_key="", created_at=u.now, updated_at=u.now,
    )  # fmt: skip
    _fill(u, row, given)
    u.session.add(row)
    u.session.flush()
    _open_with(u, row, given)
    u.audit("listviews.add", f"list_view:{row.id}", {"shared": row.shared})
    return row.id


@requires(OWN)
def change_view(u: UnitOfWork, view_id: int, version: int, given: ViewInput) -> None:
    """Rename a view, share it or take it back; raises :class:`StaleVersion` when somebody saved meanwhile."""
    row = _own(u, view_id)
    if row.version != version:
        raise StaleVersion(row.version)
    _fill(u, row, given)
    _touch(u, row)
    _open_with(u, row, given)
    u.audit("listviews.change", f"list_view:{row.id}", {"shared": row.shared})


@requires(OWN)
def open_with(u: UnitOfWork, view_id: int) -> str:
    """Let the actor's list open with a view, or no longer when it did; return the name of the list."""
    row = queries.view(u, view_id)
    _open_with(u, row, ViewInput(row.name, first=not queries.is_mine(u, row)))
    return row.list


@requires(OWN)
def keep_query(u: UnitOfWork, view_id: int, query: str) -> None:
    """Let a view mean what its list shows now."""
    row = _own(u, view_id)
    row.query = _checked(query)
    _touch(u, row)
    u.audit("listviews.change", f"list_view:{row.id}", {"query": True})


@requires(OWN)
def delete_view(u: UnitOfWork, view_id: int) -> str:
    """Delete a view and return the name of its list; lists that opened with it open as usual."""
    row = _own(u, view_id)
    u.audit("listviews.delete", f"list_view:{row.id}", {"shared": row.shared})
    u.session.delete(row)
    return row.list


@requires(OWN)
def keep_columns(u: UnitOfWork, name: str, columns: str) -> None:
    """Let the actor's list always show these columns; none means the usual ones."""
    _demand_list(u, name)
    if (choice := _choice(u, name)) is not None:
        choice.columns = SEPARATOR.join(keys_in(columns))


def _demand_list(u: UnitOfWork, name: str) -> None:
    if name not in queries.LISTS:
        raise InvalidInput(_l("Diese Liste gibt es nicht."))
    if not u.actor.may(queries.RIGHTS[name]):
        raise Forbidden(queries.RIGHTS[name])


def _own(u: UnitOfWork, view_id: int) -> ListView:
    row = queries.view(u, view_id)
    u.session.refresh(row, with_for_update=True)
    if not queries.may_change(u, row):
        raise Forbidden(SHARE)
    return row


def _about_name(sentence: Text) -> InvalidInput:
    return InvalidInput(sentence, {"name": sentence})


def _fill(u: UnitOfWork, row: ListView, given: ViewInput) -> None:
    name = tidy(given.name)
    if not name:
        raise _about_name(_l("Bitte geben Sie der Ansicht einen Namen."))
    if len(name) > LONGEST_NAME:
        raise _about_name(_l("Der Name ist zu lang. Höchstens 100 Zeichen sind möglich."))
    if given.shared and not row.shared and not u.actor.may(SHARE):
        raise Forbidden(SHARE)
    row.name, row.sort_key, row.shared = name, sort_key(name), given.shared


def _touch(u: UnitOfWork, row: ListView) -> None:
    row.version += 1
    row.updated_at = u.now


def _checked(query: str) -> str:
    kept = queries.tidy_query(query)
    if len(kept) > LONGEST_QUERY:
        raise InvalidInput(
            _l("Diese Filter sind zu lang, um sie als Ansicht zu speichern. Bitte wählen Sie weniger aus.")
        )
    return kept


def _open_with(u: UnitOfWork, row: ListView, given: ViewInput) -> None:
    choice = _choice(u, row.list)
    if choice is None:
        return
    if given.first:
        choice.view_id = row.id
    elif choice.view_id == row.id:
        choice.view_id = None


def _choice(u: UnitOfWork, name: str) -> ListChoice | None:
    """Return what the actor chose for a list, to be changed."""
    if u.actor.user_id is None:
        return None
    row = u.session.get(ListChoice, (u.actor.user_id, name))
    if row is None:
        row = ListChoice(user_id=u.actor.user_id, list=name, columns="", view_id=None)
        u.session.add(row)
    return row
