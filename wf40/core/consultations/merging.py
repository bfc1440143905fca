"""The conversations of a firm that is merged come along; confidential ones stay with whoever could read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation
from wf40.core.firms import readers
from wf40.sdk.work import Moved, PutBack

NAMED = "consultations", _l("Gespräche & Besuche")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [readers.move(u, Consultation, Consultation.confidentiality == codes.OFFICER, NAMED, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [readers.put_back(u, Consultation, NAMED, keep, gone, moved)]
