"""The concerns of a firm that is merged come along; confidential ones stay with whoever could read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns.models import Concern
from wf40.core.firms import readers
from wf40.sdk.work import Moved, PutBack

NAMED = "concerns", _l("Anliegen")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [readers.move(u, Concern, Concern.confidential.is_(True), NAMED, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [readers.put_back(u, Concern, NAMED, keep, gone, moved)]
