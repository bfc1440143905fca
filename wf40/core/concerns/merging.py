"""The concerns of a firm that is merged come along; confidential ones stay with whoever could read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns.models import Concern, Handover
from wf40.core.firms import readers
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

NAMED = "concerns", _l("Anliegen")
HANDED_ON = "handovers", _l("Weitergaben")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [readers.move(u, Concern, Concern.confidential.is_(True), NAMED, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [readers.put_back(u, Concern, NAMED, keep, gone, moved)]


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, Handover.contact_id, *HANDED_ON, keep, gone)]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, Handover.contact_id, *HANDED_ON, keep, gone, moved)]
