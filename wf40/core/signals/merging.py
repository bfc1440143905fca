"""The signals of a firm that is merged come along."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.signals.models import Signal
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "signals", _l("Signale")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, Signal.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, Signal.firm_id, KEY, LABEL, keep, gone, moved)]
