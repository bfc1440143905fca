"""The tags of a firm that is merged come along; those that both carry stay where they are."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tags.models import FirmTag
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "tags", _l("Schlagwörter")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, FirmTag.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, FirmTag.firm_id, KEY, LABEL, keep, gone, moved)]
