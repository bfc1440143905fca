"""Keeps what is computed from persons in step with them: keys of lists, the search, and who looks for duplicates."""

from collections.abc import Collection

from wf40.base.german import loose, sort_key
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.keys import national
from wf40.core.contacts.match_keys import remember_changed
from wf40.core.contacts.models import Contact
from wf40.sdk.services import Search

KIND = "contact"


def set_keys(row: Contact) -> None:
    """Compute the keys by which lists order and find a person."""
    row.sort_key = sort_key(f"{row.family_name} {row.given_name}")[:300]
    words = (row.given_name, row.family_name, row.given_name, row.function, row.email)
    row.search_key = loose(" ".join(words))[:800]
    row.phone_key = f"{national(row.phone)} {national(row.mobile)}".strip()[:150]


def bring_up_to_date(u: UnitOfWork, ids: Collection[int]) -> None:
    """Let searches and duplicates follow what these persons are now."""
    u.session.flush()
    u.service(Search).refresh(u, KIND, list(ids))
    remember_changed(u, ids)
