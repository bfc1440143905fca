"""Persons in the rows of files: a person of the same name is completed, any other is added to the firm.

Whoever comes with a file has not given the data to the office: the origin says so, and nobody may be mailed for it
before the person has agreed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import column, select, table

from wf40.base import checks
from wf40.base.errors import InvalidInput
from wf40.base.german import loose, tidy
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import binning, codes, match_keys, service
from wf40.core.contacts.models import Contact
from wf40.core.contacts.rules import FIELDS, ContactInput
from wf40.core.contacts.written_names import name_of, names_in, salutation_of
from wf40.pluginhost.references import references
from wf40.sdk.firm_data import BETWEEN, MERGED, ImportField, ImportOrigin, ImportPart

KEY = "person"
_GROUP = _l("Ansprechpersonen")
_INFORM = _l(
    "Personen aus einer Datei müssen erfahren, dass ihre Angaben hier stehen (Art. 14 DSGVO). Die Quelle steht danach bei "
    "jeder Person. Mails bekommt sie erst, wenn sie eingewilligt hat."
)
TAKEN = ("salutation", "title", "given_name", "family_name", "function", "email", "phone", "mobile")
"""What a file may fill of a person."""
_NEW = "neu-"
_ORIGINS = {"public_register": "public"}
_ABOUT = (
    "ansprechpartner",
    "ansprechpartnerin",
    "ansprechperson",
    "kontaktperson",
    "kontakt",
    "contact",
    "contact person",
)
Person = dict[str, Any]


def _said_of(*words: str) -> tuple[str, ...]:
    """Return headers that say whose they are: "E-Mail Ansprechpartner", "Ansprechpartner E-Mail"."""
    return tuple(text for word in words for who in _ABOUT for text in (f"{word} {who}", f"{who} {word}"))


def import_field() -> ImportField:
    """Return the columns of files that make a person."""
    names = (
        "Ansprechpartner",
        "Ansprechpartnerin",
        "Ansprechpartner/in",
        "Ansprechperson",
        "Ansprechpersonen",
        "Kontaktperson",
    )
    parts = (
        ImportPart("name", _l("Ansprechperson: Name"), _all(tidy, _named), (*names, "Contact person", "Contact name", *_said_of("Name")), leads=True),
        ImportPart("salutation", _l("Ansprechperson: Anrede"), _all(salutation_of), ("Anrede", *_said_of("Anrede"))),
        ImportPart("given_name", _l("Ansprechperson: Vorname"), _all(_line(100)), ("Vorname", "First name", *_said_of("Vorname"))),
        ImportPart("family_name", _l("Ansprechperson: Nachname"), _all(_line(100)), ("Nachname", "Familienname", "Last name", *_said_of("Nachname")), leads=True),
        ImportPart("function", _l("Ansprechperson: Funktion"), _all(_line(150)), ("Funktion", "Funktion im Unternehmen", *_said_of("Funktion", "Position"))),
        ImportPart("email", _l("Ansprechperson: E-Mail"), _all(checks.email, _cut), _said_of("E-Mail", "Email", "Mail")),
        ImportPart("phone", _l("Ansprechperson: Telefon"), _all(checks.phone, _cut), _said_of("Telefon", "Tel", "Durchwahl", "Telefonnummer")),
        ImportPart("mobile", _l("Ansprechperson: Mobil"), _all(checks.phone, _cut), _said_of("Mobil", "Handy", "Mobiltelefon")),
    )  # fmt: skip
    return ImportField(
        KEY, _l("Ansprechpersonen"), str, present, store, combine=combine, group=_GROUP, in_words=in_words,
        tables=("contact",), several=True, parts=parts, hint=_INFORM,
    )  # fmt: skip


def _named(text: str) -> list[str]:
    return [name for name in names_in(text) if not salutation_of(name)]


def _cut(text: str) -> list[str]:
    return [part for part in map(tidy, text.replace("|", ";").replace("\n", ";").split(";")) if part]


def _line(longest: int) -> Callable[[str], str]:
    return lambda text: checks.line(text, longest)


def _all(read: Callable[[str], str], several: Callable[[str], list[str]] | None = None) -> Callable[[str], list[str]]:
    """Return what reads the cells of all columns: a value for each person, empty where a cell was."""

    def values(cells: str) -> list[str]:
        texts = [part for cell in cells.split(BETWEEN) for part in (several(cell) if several else [cell]) or [""]]
        return [read(text) if text else "" for text in texts]

    return values


def persons_in(read: Mapping[str, list[str]]) -> list[Person]:
    """Return the persons that a row names, the first cell of each column being of the first one."""
    found = []
    for at in range(max(map(len, read.values()), default=0)):
        own = {name: values[at] for name, values in read.items() if at < len(values) and values[at]}
        if whole := own.pop("name", ""):
            name = name_of(whole)
            told = {n: getattr(name, n) for n in ("salutation", "title", "given_name", "family_name")}
            own = {**{n: value for n, value in told.items() if value}, **own}
        if own.get("family_name"):
            found.append(own)
    return found


def combine(now: Mapping[str, Person] | None, read: Mapping[str, list[str]], rule: str) -> dict[str, Person]:
    """Return the persons of a firm after a row: a known one is completed, and changed where the rule lets the file."""
    after = {key: dict(person) for key, person in (now or {}).items()}
    persons = persons_in(read)
    if not persons:
        told = next((value for values in read.values() for value in values if value), "")
        raise InvalidInput(_l("Zu „%(value)s“ fehlt der Name der Ansprechperson.", value=told[:60]))
    for person in persons:
        known = next((key for key, other in after.items() if _same(person, other)), None)
        if known is None:
            after[f"{_NEW}{len(after)}"] = {**dict.fromkeys(TAKEN, ""), **person}
        elif not after[known].get("archived"):
            yields = rule == "overwrite" or (rule == "newer" and after[known].get("origin") != codes.DIRECT)
            after[known] |= {n: value for n, value in person.items() if yields or not after[known][n]}
    return after


def _same(person: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    family, given = (loose(str(person.get(n, ""))) for n in ("family_name", "given_name"))
    theirs = loose(other["given_name"])
    if family != loose(other["family_name"]):
        return False
    return given == theirs or not given or not theirs or (min(len(given), len(theirs)) == 1 and given[0] == theirs[0])


def in_words(persons: Mapping[str, Person]) -> str:
    """Return persons in a line: name, function, how to reach them."""
    return "; ".join(map(_one, persons.values()))


def _one(person: Person) -> str:
    name = " ".join(filter(None, (person.get(n, "") for n in ("title", "given_name", "family_name"))))
    return ", ".join(filter(None, (name, *(person.get(n, "") for n in ("function", "email", "phone", "mobile")))))


def present(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, dict[str, Person]]:
    """Return the persons of firms, archived ones too; ``used`` are those to whom more belongs than their data."""
    found: dict[int, dict[str, Person]] = defaultdict(dict)
    for part in portions(sorted(firm_ids)):
        # Those that became part of another come last: a name that both had means the one that is there.
        order = (Contact.merged_into_id.is_not(None), Contact.id)
        rows = list(u.session.scalars(select(Contact).where(Contact.firm_id.in_(part)).order_by(*order)))
        used = _used(u, [row.id for row in rows])
        for row in rows:
            about = {name: getattr(row, name) for name in TAKEN}
            marks = {"origin": row.origin, "archived": row.archived_at is not None, "used": row.id in used}
            merged = {MERGED: True} if row.merged_into_id is not None else {}
            found[row.firm_id][str(row.id)] = {**about, **marks, **merged}
    return found


def _used(u: UnitOfWork, ids: Collection[int]) -> set[int]:
    """Return which persons something refers to: consents, conversations, and what plugins keep."""
    found: set[int] = set()
    for known in references(u, "contact") if ids else ():
        if known.table in match_keys.COMPUTED:
            continue
        held: Any = column(known.column)
        found |= set(u.session.scalars(select(held).select_from(table(known.table)).where(held.in_(ids)).distinct()))
    return found


def store(u: UnitOfWork, given: Mapping[int, Any], origin: ImportOrigin) -> list[int]:
    """Add, complete and remove persons until each firm has those given."""
    now = present(u, given)
    changed, fresh = [], list[tuple[int, ContactInput]]()
    for firm_id, wanted in given.items():
        own, new = now.get(firm_id, {}), wanted or {}
        if own == new:
            continue
        if gone := [int(key) for key in own if key not in new]:
            binning.withdraw(u, gone)
        for key, person in new.items():
            if key not in own:
                fresh.append((firm_id, _input(person, origin)))
            elif any(person[name] != own[key][name] for name in TAKEN):
                _change(u, int(key), person, origin)
        changed.append(firm_id)
    service.add_contacts(u, fresh)
    return changed


def _input(person: Person, origin: ImportOrigin) -> ContactInput:
    if not origin.source:
        raise InvalidInput(_l("Nennen Sie die Quelle, denn die Angaben stammen nicht von der Person selbst."))
    where = _ORIGINS.get(origin.legal_basis, "third")
    about: dict[str, Any] = {name: str(person.get(name, "")) for name in TAKEN}
    return ContactInput(**about, origin=where, source=origin.source[:300], as_of=origin.as_of)


def _change(u: UnitOfWork, contact_id: int, person: Person, origin: ImportOrigin) -> None:
    row = u.session.get_one(Contact, contact_id)
    values = {name: getattr(row, name) for name in FIELDS} | {name: person[name] for name in TAKEN}
    service.change_contact(u, contact_id, row.version, ContactInput(**values), origin.source)
