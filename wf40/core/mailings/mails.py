"""One mail of a mailing: the text with its placeholders filled, the signature, and the way to opt out."""

import hashlib
import secrets
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import has_app_context
from flask_babel import force_locale

from wf40.base.checks import spoken_phone
from wf40.base.i18n import _
from wf40.base.mail import Letter
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.audience import Person
from wf40.core.mailings.models import Mailing
from wf40.core.mailings.placeholders import fill, values_for
from wf40.core.mailings.results import RECIPIENT
from wf40.sdk.refs import OfficerRef
from wf40.sdk.services import Office

OPT_OUT_PATH = "/abmelden/"
SAMPLE = "beispiel"
"""What stands in place of the secret where nobody can opt out: previews and tests."""


def new_token() -> str:
    """Return a secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def compose(
    u: UnitOfWork, row: Mailing, person: Person, officer: OfficerRef | None, recipient_id: int, token: str
) -> Letter:
    """Return the mail for one person; ``token`` opens their page for opting out."""
    office = u.service(Office)
    url = _address(office, token)
    return Letter(
        to=person.email,
        to_name=person.name,
        subject=subject_for(row, person),
        text=text_for(u, row, person, officer, token),
        reply_to=(officer.email if officer else "") or office.mail,
        subject_ref=f"{RECIPIENT}{recipient_id}",
        unsubscribe_url=url,
    )


def trial_letter(u: UnitOfWork, row: Mailing, person: Person, officer: OfficerRef) -> Letter:
    """Return the mail as a person would get it, addressed to the officer and marked as a test."""
    return Letter(
        to=officer.email,
        to_name=officer.name,
        subject=f"{_('[Test]')} {subject_for(row, person)}",
        text=text_for(u, row, person, officer, SAMPLE),
        subject_ref=f"mailing:{row.id}",
    )


def subject_for(row: Mailing, person: Person) -> str:
    """Return the subject for one person, on one line."""
    return " ".join(fill(row.subject, values_for(person)).split())


def text_for(u: UnitOfWork, row: Mailing, person: Person, officer: OfficerRef | None, token: str) -> str:
    """Return the whole text for one person: body, signature, and how to opt out, in the person's language."""
    office = u.service(Office)
    body = fill(row.body, values_for(person)).strip("\n")
    phone = spoken_phone((officer.phone if officer else "") or office.phone)
    own = [officer.name if officer else "", office.name, phone, (officer.email if officer else "") or office.mail]
    with _language(person.language):
        opt_out = _(
            "Sie möchten keine Informationen und Einladungen per E-Mail mehr von uns? Hier können Sie sich abmelden:"
        )
    signature = "\n".join(line for line in own if line)
    return f"{body}\n\n{signature}\n\n-- \n{opt_out}\n{_address(office, token)}\n"


def _address(office: Office, token: str) -> str:
    return f"{office.base_url}{OPT_OUT_PATH}{token}"


def _language(language: str) -> AbstractContextManager[Any]:
    return force_locale(language) if has_app_context() else nullcontext()
