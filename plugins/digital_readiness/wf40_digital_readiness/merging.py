"""Invitations and answers of a firm or person that is merged come along: a link that is still open goes on to work."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.sdk import merging
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.work import Moved, PutBack
from wf40_digital_readiness.models import Invitation, Response
from wf40_digital_readiness.texts import _l

_TABLES = (
    (Response.firm_id, "responses", _l("Antworten im Digitalcheck")),
    (Invitation.firm_id, "invitations", _l("Einladungen zum Digitalcheck")),
)
_INVITED = _TABLES[1][1:]


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move them to the kept firm."""
    return [merging.move(u, column, key, label, keep, gone) for column, key, label in _TABLES]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put back those that were moved."""
    return [merging.put_back(u, column, key, label, keep, gone, moved) for column, key, label in _TABLES]


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Let invitations name the kept entry of the person who got them."""
    return [merging.move(u, Invitation.contact_id, *_INVITED, keep, gone)]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put back those that were moved."""
    return [merging.put_back(u, Invitation.contact_id, *_INVITED, keep, gone, moved)]
