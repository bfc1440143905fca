"""Letters as one PDF, set by Typst. Texts reach it as data and are never read as its language."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

from babel.dates import format_date

from wf40.base.checks import spoken_phone
from wf40.base.clock import local_date
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.audience import Person
from wf40.core.mailings.models import Mailing
from wf40.core.mailings.placeholders import fill, values_for
from wf40.sdk.refs import OfficerRef
from wf40.sdk.services import Office

STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")
"""PDF/A-2a for keeping, PDF/UA-1 for reading aloud; both need tags, which the typesetter writes."""
LONGEST_NAME = 80
"""Letters of a firm's name: two lines of the address window."""
SOURCE = Path(__file__).parent / "letter.typ"
_PREFIXES = {"de": {"ms": "Frau", "mr": "Herrn"}, "en": {"ms": "Ms", "mr": "Mr"}}
log = logging.getLogger(__name__)


def data_for(u: UnitOfWork, row: Mailing, people: Sequence[Person], officer: OfficerRef | None) -> dict[str, Any]:
    """Return everything that the letters say."""
    office = u.service(Office)
    moment = row.started_at or u.now
    reach = [
        ("Telefon", spoken_phone((officer.phone if officer else "") or office.phone)),
        ("E-Mail", (officer.email if officer else "") or office.mail),
    ]
    return {
        "office": office.name,
        "reach": [[label, value] for label, value in reach if value],
        "foot": " · ".join(part for part in (office.name, spoken_phone(office.phone), office.mail) if part),
        "officer": officer.name if officer else "",
        "date": _in_words(moment, office.timezone),
        "stamp": [moment.year, moment.month, moment.day],
        "title": fill(row.subject, dict.fromkeys(("Anrede", "Name", "Unternehmen", "Ort"), "…")),
        "letters": [_letter(row, person) for person in people],
    }


def words_for(u: UnitOfWork, row: Mailing, person: Person, officer: OfficerRef | None) -> str:
    """Return the text of one letter with its signature, for looking at it on a page."""
    signature = "\n".join(part for part in (officer.name if officer else "", u.service(Office).name) if part)
    return f"{fill(row.body, values_for(person)).strip()}\n\n{signature}"


def compile_pdf(data: dict[str, Any]) -> bytes:
    """Return the PDF. A sign that no font has keeps the archive standards away, never the letter."""
    import typst

    inputs, source = {"data": json.dumps(data)}, SOURCE.read_bytes()
    try:
        pdf = typst.compile(source, sys_inputs=inputs, pdf_standards=[*STANDARDS])
    except typst.TypstError as error:
        log.warning("letters without the archive standards: %s", error)
        pdf = typst.compile(source, sys_inputs=inputs)
    assert isinstance(pdf, bytes)  # noqa: S101 - one PDF, not a list of pages
    return pdf


def _letter(row: Mailing, person: Person) -> dict[str, Any]:
    values = values_for(person)
    return {
        "language": person.language,
        "address": _address(person),
        "subject": " ".join(fill(row.subject, values).split()),
        "paragraphs": _paragraphs(fill(row.body, values)),
    }


def _address(person: Person) -> list[str]:
    prefix = _PREFIXES.get(person.language, {}).get(person.salutation, "")
    address = person.address
    lines = [shorten(person.firm_name, LONGEST_NAME, placeholder=" …"), f"{prefix} {person.name}".strip()]
    if address is not None:
        lines += [address.street, f"{address.postcode} {address.town}"]
    return [" ".join(line.split()) for line in lines]


def _paragraphs(text: str) -> list[list[str]]:
    """Split at empty lines; within a paragraph the line breaks stay."""
    found: list[list[str]] = [[]]
    for line in text.replace("\t", "    ").split("\n"):
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def _in_words(moment: datetime, timezone: str) -> str:
    day = local_date(moment, timezone)
    return str(format_date(day, "d. MMMM yyyy", locale="de"))
