"""The conversations of a firm that is merged come along; confidential ones stay with whoever could read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation, Participant
from wf40.core.firms import readers
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

NAMED = "consultations", _l("Gespräche & Besuche")
TOOK_PART = "participants", _l("Teilnahmen an Gesprächen")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [readers.move(u, Consultation, Consultation.confidentiality == codes.OFFICER, NAMED, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [readers.put_back(u, Consultation, NAMED, keep, gone, moved)]


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Where both took part in one conversation, the kept entry stands for them."""
    both = select(Participant.consultation_id).where(Participant.contact_id == keep)
    twice = select(Participant).where(Participant.contact_id == gone, Participant.consultation_id.in_(both))
    out = [merging.take_out(u, row) for row in u.session.scalars(twice.order_by(Participant.id)).all()]
    keys = merging.move_rows(u, Participant.contact_id, keep, gone)
    return [Moved(*TOOK_PART, len(keys) + len(out), {"ids": keys, "out": out})]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    told = merging.put_back(u, Participant.contact_id, *TOOK_PART, keep, gone, moved)
    out = moved.get(TOOK_PART[0], {}).get("out", [])
    back = sum(merging.restore(u, Participant, values) for values in out)
    return [PutBack(*TOOK_PART, told.count + back, told.stays + len(out) - back)]
