"""What contacts add to the whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, importing, merging, queries, search
from wf40.core.contacts.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.firm_data import ImportField
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import NavItem, Panel, Permission, PersonalColumn, Tab
from wf40.sdk.work import Moved, PutBack


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of contacts."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over contacts."""
    return [
        Permission("contacts.read", _l("Ansprechpersonen ansehen"), roles.READERS),
        Permission("contacts.edit", _l("Ansprechpersonen bearbeiten"), roles.WRITERS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """After the firms."""
    return [
        NavItem(
            "contacts",
            _l("Ansprechpersonen"),
            "contacts.index",
            30,
            "contacts.read",
            icon="wf-people",
            covers=(
                "/exporte/ansprechpersonen",
                "/dubletten/personen",
                "/zusammenfuehren/personen",
                "/zusammenfuehrungen/personen",
            ),
        )
    ]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The people to call, beside a firm's facts."""
    if not u.actor.may("contacts.read"):
        return []
    people = queries.contacts_of_firm(u, firm.id)
    main = [person for person in people if person.main] or people[:3]
    values = {
        "people": main,
        "more": len(people) - len(main),
        "firm": firm,
        "roles": codes.ROLES,
        "may_add": queries.may_add_to(u, firm.id),
    }
    return [Panel("contacts", _l("Ansprechpersonen"), "contacts/_panel.html", values, order=10, place="side")]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:
    """Everybody in the firm."""
    if not u.actor.may("contacts.read"):
        return []
    url = url_for("contacts.of_firm", firm_id=firm.id)
    return [Tab("contacts", _l("Ansprechpersonen"), url, order=20, count=queries.count_of_firm(u, firm.id))]


@hookimpl
def import_fields(u: UnitOfWork) -> Iterable[ImportField]:
    """Persons in the rows of files."""
    return [importing.import_field()] if u.actor.may("contacts.edit") else []


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Persons move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Consents and opt-outs move with their person; a refusal of either holds for both."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Persons, by name, function, address and numbers."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Everything about contacts is about a person."""
    kind = _l("Ansprechpersonen in Unternehmen")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO) oder Einwilligung")
    erase = _l("Drei Jahre nach dem letzten Kontakt")
    columns = (
        "salutation", "title", "given_name", "family_name", "role", "function", "email", "phone", "mobile", "language",
        "note", "source", "sort_key", "search_key", "phone_key",
    )  # fmt: skip
    about = [PersonalColumn("contact", column, kind, purpose, basis, erase) for column in columns]
    about.append(PersonalColumn("contact_match_key", "key", kind, _l("Dubletten finden"), basis, _l("Mit der Person")))
    proof = _l("Drei Jahre nach dem Widerruf")
    why = _l("Nachweis der Einwilligung")
    law = _l("Rechenschaftspflicht (Art. 5 Abs. 2 DSGVO)")
    return (
        about
        + [
            PersonalColumn("consent", column, kind, why, law, proof)
            for column in ("purpose", "channel", "given_at", "withdrawn_at", "note")
        ]
        + [
            PersonalColumn("contact_opt_out", column, kind, _l("Beachten des Widerspruchs"), law, _l("Mit der Person"))
            for column in ("purpose", "channel", "at", "how", "note", "lifted_at")
        ]
    )
