"""The persons of a firm that is merged come along, with their consents."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.models import Contact
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "contacts", _l("Ansprechpersonen")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, Contact.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, Contact.firm_id, KEY, LABEL, keep, gone, moved)]
