"""Reads to whom concerns were handed on, on whose consent, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern, Handover
from wf40.core.concerns.recipients import recipients
from wf40.core.concerns.rows import in_units, may_read, readable_row, shown, today
from wf40.core.contacts.queries import names
from wf40.core.contacts.valid_consents import withdrawn
from wf40.core.firms.queries import visible_firms
from wf40.sdk.refs import FirmRef, HandoverRef
from wf40.sdk.services import Firms


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A hand-on as the concern's page shows it.

    ``url`` is empty when the recipient is no longer offered, ``contact`` when the person is no longer stored.
    ``withdrawn_at``: when the consent ended that it rested on.
    """

    id: int
    concern_id: int
    label: str
    group: str
    email: str
    url: str
    contact: str
    contact_id: int | None
    consent_proof: str
    sent_text: str
    answer_by: date
    handed_on_at: datetime
    handed_by: str
    confirmed_at: datetime | None
    outcome: str
    answer: str
    answered_at: datetime | None
    recalled_at: datetime | None
    withdrawn_at: datetime | None
    late: bool

    @property
    def waiting(self) -> bool:
        """Whether the answer is outstanding."""
        return not self.outcome and self.recalled_at is None

    @property
    def unsettled(self) -> bool:
        """Whether something is still to be recorded: an answer, or what came of a concern that was taken over."""
        return self.outcome in ("", codes.ACCEPTED) and self.recalled_at is None


@requires("concerns.read")
def handovers(u: UnitOfWork, concern_id: int) -> list[HandoverView]:
    """Return the hand-ons of a concern, the newest first; none for people who may not read what it is about."""
    row = readable_row(u, concern_id)
    firm = u.service(Firms).get(u, row.firm_id)
    if not may_read(u, row, firm):
        return []
    order = (Handover.handed_on_at.desc(), Handover.id.desc())
    found = list(u.session.scalars(select(Handover).where(Handover.concern_id == row.id).order_by(*order)))
    return _views(u, row, firm, found)


@requires("concerns.edit")
def handover_to_answer(u: UnitOfWork, handover_id: int) -> tuple[HandoverView, Concern]:
    """Return a hand-on and its concern for recording what came of it; raises :class:`NotFound` or :class:`Forbidden`."""
    handover = u.session.get(Handover, handover_id)
    if handover is None:
        raise NotFound
    row = readable_row(u, handover.concern_id)
    firm = u.service(Firms).get(u, row.firm_id)
    if not u.actor.may_write_unit(row.unit_id) or not may_read(u, row, firm):
        raise Forbidden("concerns.edit")
    return _views(u, row, firm, [handover])[0], row


def _views(u: UnitOfWork, row: Concern, firm: FirmRef, found: Sequence[Handover]) -> list[HandoverView]:
    if not found:
        return []
    offered = {key: r for r in recipients(u, firm, row.topic) for key in (*r.formerly, r.key)}
    people = names(u, [h.contact_id for h in found if h.contact_id])
    ended = withdrawn(u, [h.consent_id for h in found if h.consent_id])
    return [_view(h, offered, people, ended, today(u)) for h in found]


def _view(
    h: Handover, offered: Mapping[str, Any], people: Mapping[int, str], ended: Mapping[int, datetime], day: date
) -> HandoverView:
    recipient = offered.get(h.recipient_key)
    waiting = not h.outcome and h.recalled_at is None
    return HandoverView(
        h.id, h.concern_id, h.recipient_label, str(recipient.group) if recipient else h.recipient_group, h.recipient_email, recipient.url if recipient else "",
        people.get(h.contact_id or 0, ""), h.contact_id, h.consent_proof, h.sent_text, h.answer_by, h.handed_on_at,
        h.handed_by, h.confirmed_at, h.outcome, h.answer, h.answered_at, h.recalled_at, ended.get(h.consent_id or 0),
        late=waiting and h.answer_by < day,
    )  # fmt: skip


class HandoversService:
    """Implements :class:`wf40.sdk.services.Handovers`."""

    def to(self, u: UnitOfWork, recipient_keys: Collection[str]) -> list[HandoverRef]:
        """Return what was handed on to any of the recipients, the newest first; nothing of what was recalled."""
        if not recipient_keys or not u.actor.may("concerns.read"):
            return []
        firms = visible_firms(u).subquery()
        wanted = (Handover.recipient_key.in_(recipient_keys), Handover.recalled_at.is_(None), in_units(u))
        readable = shown(u, firms.c.officer_id).label("readable")
        rows = select(Handover, Concern.title, Concern.firm_id, firms.c.name.label("firm_name"), readable)
        rows = rows.join(Concern, Concern.id == Handover.concern_id).join(firms, firms.c.id == Concern.firm_id)
        found = u.session.execute(rows.where(*wanted).order_by(Handover.handed_on_at.desc(), Handover.id.desc()))
        return [self._ref(row) for row in found]

    def _ref(self, row: Any) -> HandoverRef:
        h = row.Handover
        return HandoverRef(
            h.id, h.concern_id, row.title if row.readable else _("Vertrauliches Anliegen"), row.firm_id, row.firm_name,
            h.recipient_key, h.handed_on_at, h.answer_by, h.outcome, str(codes.OUTCOMES.get(h.outcome, "")), h.answered_at,
            f"/anliegen/{h.concern_id}",
        )  # fmt: skip
