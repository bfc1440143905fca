"""The page of the list of contacts: its columns, its filters as chips, and what is done with rows picked on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import url_for

from wf40.base.i18n import _, _l, _n, _pl
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.queries import ContactLine
from wf40.core.contacts.wanted import ContactFilter
from wf40.core.listviews import queries as listviews
from wf40.core.listviews.columns import Cell, ListColumn, chosen, keys_in, others_behind
from wf40.core.listviews.picked import NOBODY_PICKED, ids_in
from wf40.core.listviews.queries import Offer, ViewLine
from wf40.sdk.values import Action
from wf40.web.formats import EMPTY
from wf40.web.lists import list_actions

LIST: Final = "contacts"
_NOT_DIALLED = re.compile(r"[^0-9+]")


def _firm(line: ContactLine) -> Cell:
    return Cell(line.firm_name, url=url_for("firms.show", firm_id=line.firm_id))


def _linked(text: str, scheme: str) -> Cell:
    address = quote(text, safe="@.+-_") if scheme == "mailto" else _NOT_DIALLED.sub("", text.replace("(0)", ""))
    return Cell(text, url=f"{scheme}:{address}") if text else Cell(EMPTY)


def _phone(line: ContactLine) -> str:
    return line.phone or line.mobile


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn(
        "unternehmen", _pl("Einzahl", "Unternehmen"), lambda w: w.firm_name, show=_firm, orders=True, shown=True
    ),
    ListColumn("rolle", _l("Rolle"), lambda w: w.function or str(codes.ROLES[w.role]), orders=True, shown=True),
    ListColumn("phone", _l("Telefon"), _phone, show=lambda w: _linked(_phone(w), "tel"), shown=True),
    ListColumn("email", _l("E-Mail"), lambda w: w.email, show=lambda w: _linked(w.email, "mailto"), shown=True),
    ListColumn("mobile", _l("Mobil"), lambda w: w.mobile, show=lambda w: _linked(w.mobile, "tel")),
    ListColumn("function", _l("Funktion"), lambda w: w.function, short=True),
    ListColumn("main", _l("Hauptansprechperson"), lambda w: _("ja") if w.main else ""),
    ListColumn("town", _l("Ort"), lambda w: w.more.get("town", "")),
    ListColumn("language", _l("Sprache"), lambda w: str(codes.LANGUAGES.get(w.more.get("language", ""), ""))),
    ListColumn("source", _l("Quelle"), lambda w: w.more.get("source", ""), short=True),
    ListColumn("as_of", _l("Stand"), lambda w: w.more.get("as_of"), "date"),
    ListColumn("changed", _l("Zuletzt geändert"), lambda w: w.more.get("updated_at"), "date"),
)


@dataclass(frozen=True, slots=True)
class ContactList:
    """A list as somebody asks for it: what is wanted, and the columns that are shown."""

    wanted: ContactFilter
    offer: Offer
    columns: list[ListColumn]

    @property
    def view(self) -> ViewLine | None:
        """The saved view that the address came from."""
        return self.offer.view(self.wanted.view)

    @property
    def changed(self) -> bool:
        """Whether the list is no longer what that view keeps."""
        return self.view is not None and not listviews.same(self.view.query, self.wanted.args())

    @property
    def query(self) -> str:
        """The address behind the question mark, as actions get it."""
        return urlencode(self.wanted.args())

    @property
    def offered(self) -> list[ListColumn]:
        """All columns: those that are shown in their order, then the others."""
        return others_behind(self.columns, COLUMNS)

    @property
    def kept_for_picking(self) -> dict[str, str]:
        """What the form of the picked rows carries along."""
        return {k: v for k, v in self.wanted.args().items() if k != "auswahl"}

    @property
    def kept_for_filters(self) -> dict[str, str]:
        """What the filter form carries along unseen."""
        return {k: v for k, v in self.wanted.args().items() if k not in {"q", "rolle", "archiv"}}

    @property
    def lost(self) -> bool:
        """Whether the address names picked rows that cannot be read, or more than it can hold."""
        return self.wanted.picked == NOBODY_PICKED

    def chips(self) -> list[dict[str, str]]:
        """Return the filters that are set, each with the address of the list without it."""
        wanted, found = self.wanted, []
        if wanted.picked:
            found.append((picked_words(len(ids_in(wanted.picked))), replace(wanted, picked="")))
        if wanted.q:
            found.append((_("Suche: %(q)s", q=wanted.q), replace(wanted, q="")))
        if wanted.role:
            found.append((_("Rolle: %(role)s", role=codes.ROLES[wanted.role]), replace(wanted, role="")))
        if wanted.archived:
            found.append((_("Archivierte"), replace(wanted, archived=False)))
        return [{"label": label, "url": list_url(without)} for label, without in found]

    def unfiltered(self) -> str:
        """Return the address of the list without filters."""
        return list_url(ContactFilter(order=self.wanted.order, columns=self.wanted.columns, view=listviews.NO_VIEW))

    def plain(self) -> str:
        """Return the address of the list without a view, filters and an order."""
        return list_url(ContactFilter(view=listviews.NO_VIEW))

    def ordered(self, key: str) -> str:
        """Return the address that a click on a header leads to."""
        return list_url(replace(self.wanted, order=f"-{key}" if self.wanted.order == key else key))

    def page(self, number: int) -> str:
        """Return the address of another page."""
        return list_url(self.wanted, seite=str(number))


def picked_words(number: int) -> str:
    """Return how a chip names rows picked by hand."""
    return _n("Auswahl: %(num)s Person", "Auswahl: %(num)s Personen", number)


def list_url(wanted: ContactFilter, **changes: str) -> str:
    """Return the address of the list."""
    args: dict[str, Any] = wanted.args() | changes
    return url_for("contacts.index", **args)


def asked_for(u: UnitOfWork, args: Mapping[str, str]) -> ContactList:
    """Read an address, with what the person chose for the list before."""
    wanted, offer = ContactFilter.of(args), listviews.offer(u, LIST)
    return ContactList(wanted, offer, chosen(COLUMNS, wanted.columns or keys_in(offer.columns)))


def actions(u: UnitOfWork, asked: ContactList) -> list[Action]:
    """Return what can be done with all that is listed."""
    return list_actions(u, LIST, asked.query)


def address_of(u: UnitOfWork, args: Mapping[str, str], key: str) -> str:
    """Return where an action leads for the rows that were ticked; empty when none was, or when there is no such action."""
    asked = asked_for(u, args)
    if asked.wanted.picked in ("", NOBODY_PICKED):
        return ""
    return next((action.url for action in actions(u, asked) if action.key == key), "")
