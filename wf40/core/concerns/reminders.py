"""The tasks that remind of a concern's deadline and of answers that were asked for.

A task cannot be changed from here, only made and dropped: when day, owner or confidentiality change, the old one is
dropped and a new one made under a new key.
"""

from datetime import date

from flask_babel import force_locale

from wf40.base.errors import Text
from wf40.base.i18n import SOURCE_LANGUAGE, _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern, Handover
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask

ORIGIN = "concerns"
CHANGED = _l("Frist oder Zuständigkeit wurde geändert.")


def remind_of_deadline(u: UnitOfWork, row: Concern) -> None:
    """Make the task for the deadline of an open concern that somebody looks after; a former one is dropped."""
    forget_deadline(u, row, CHANGED)
    if row.state in codes.OPEN and row.owner_id is not None and row.deadline_on is not None:
        row.reminders += 1
        title = _l("Vertrauliches Anliegen: Frist") if row.confidential else _l("Anliegen: %(title)s", title=row.title)
        _add(u, row, _key(row), title, row.deadline_on)


def forget_deadline(u: UnitOfWork, row: Concern, why: Text) -> None:
    """Drop the task for the deadline, if there is one."""
    if row.reminders:
        _drop(u, _key(row), why)


def remind_of_answer(u: UnitOfWork, row: Concern, handover: Handover) -> None:
    """Make the task to ask a recipient for the answer, for whoever looks after the concern."""
    forget_answer(u, handover, CHANGED)
    handover.reminders += 1
    title = _l("Rückmeldung von %(name)s einholen", name=handover.recipient_label)
    if row.confidential:
        title = _l("Rückmeldung zu einem vertraulichen Anliegen einholen")
    _add(u, row, _key(handover), title, handover.answer_by)


def forget_answer(u: UnitOfWork, handover: Handover, why: Text) -> None:
    """Drop the task to ask for an answer, if there is one."""
    if handover.reminders:
        _drop(u, _key(handover), why)


def _key(row: Concern | Handover) -> str:
    first = f"{row.__tablename__}:{row.id}"
    return first if row.reminders == 1 else f"{first}:{row.reminders}"


def _add(u: UnitOfWork, row: Concern, key: str, title: Text, due_on: date) -> None:
    with force_locale(SOURCE_LANGUAGE):
        u.service(Tasks).add(
            u,
            NewTask(
                str(title), due_on, row.firm_id, row.owner_id, record=f"concern:{row.id}", url=f"/anliegen/{row.id}",
                key=key, origin=ORIGIN, confidential=row.confidential,
            ),
        )  # fmt: skip


def _drop(u: UnitOfWork, key: str, why: Text) -> None:
    with force_locale(SOURCE_LANGUAGE):
        u.service(Tasks).drop(u, key, str(why))
