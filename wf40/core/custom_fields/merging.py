"""What a firm that is merged has in the office's own fields fills what the kept one leaves open."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields.models import CustomFieldValue
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "custom_fields", _l("Eigene Felder")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, CustomFieldValue.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, CustomFieldValue.firm_id, KEY, LABEL, keep, gone, moved)]
