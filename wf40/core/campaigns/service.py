"""Makes campaigns, leaves firms out, starts and stops them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Update, delete, func, insert, select, update
from sqlalchemy.engine import CursorResult

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes, outreaches, rules
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.core.campaigns.queries import EDIT, READ, campaign, campaign_to_change, demand_unit, first_waiting
from wf40.core.campaigns.results import ResultLine
from wf40.core.campaigns.rules import CampaignInput
from wf40.core.firms.selection import firms_listed
from wf40.pluginhost.calls import Provided
from wf40.sdk.refs import ContactRef
from wf40.sdk.services import Contacts, Office, Search, Tasks
from wf40.sdk.work import NewTask, Outreach

_NO_FILTER = frozenset({"seite", "sortierung", "richtung", "pro_seite"})


def filters_of(query: str) -> str:
    """Return the part of the firm list's address that says which firms, without page and order."""
    kept = [(k, v) for k, v in parse_qsl(query, max_num_fields=200, errors="replace") if k not in _NO_FILTER]
    return urlencode(kept)


@requires(EDIT)
def add_campaign(u: UnitOfWork, given: CampaignInput, query: str) -> int:
    """Store a draft with the firms that the firm list shows for ``query`` and return its id.

    Raises :class:`InvalidInput`. Who of each firm gets it is looked up afterwards, see :mod:`.checking`.
    """
    unit_id = demand_unit(u)
    rules.check(given)
    if len(query) > rules.LONGEST_QUERY:
        raise InvalidInput(_l("Das sind zu viele Filter auf einmal. Bitte gehen Sie von der Unternehmensliste aus."))
    sent = next((o for o in outreaches.usable(u) if o.key == given.outreach), None)
    if sent is None:
        sentence = _l("Bitte wählen Sie, was verschickt wird.")
        raise InvalidInput(sentence, {"outreach": sentence})
    listed = firms_listed(u, query)
    listed.demand_known()
    rules.check_count(len(listed.ids))
    row = Campaign(
        unit_id=unit_id, title=given.title.strip(), note=given.note, outreach_key=sent.key,
        outreach_label=str(sent.label)[:200], filters=[str(words) for words in listed.filters], query=query,
        state=codes.DRAFT, author_id=u.actor.user_id, created_at=u.now,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    members = [
        {"campaign_id": row.id, "firm_id": i, "state": codes.UNCHECKED, "why": "", "attempts": 0} for i in listed.ids
    ]
    u.session.execute(insert(CampaignMember), members)
    u.audit("campaign_added", _subject(row), {"firms": len(members)})
    u.service(Search).refresh(u, "campaign", [row.id])
    return row.id


@requires(EDIT)
def change_campaign(u: UnitOfWork, campaign_id: int, version: int, given: CampaignInput) -> None:
    """Save title and note; raises :class:`StaleVersion` when somebody else saved meanwhile."""
    row = _locked(u, campaign_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, _subject(row)))
    rules.check(given)
    before = {name: getattr(row, name) for name in codes.FIELDS}
    row.title, row.note = given.title.strip(), given.note
    if changed := record_changes(u, _subject(row), before, {name: getattr(row, name) for name in codes.FIELDS}):
        row.version += 1
        u.audit("campaign_changed", _subject(row), {"fields": changed})
        u.service(Search).refresh(u, "campaign", [row.id])


@requires(EDIT)
def leave_out(u: UnitOfWork, campaign_id: int, member_ids: Collection[int]) -> int:
    """Leave some firms out of a draft by hand; returns how many."""
    row = _draft(u, campaign_id)
    mine = _members(row).where(CampaignMember.id.in_(member_ids), CampaignMember.state == codes.WAITING)
    return _hits(u, mine, state=codes.SKIPPED, why=codes.LEFT_OUT)


@requires(EDIT)
def take_back(u: UnitOfWork, campaign_id: int, member_ids: Collection[int]) -> int:
    """Take firms back that were left out by hand, and have them looked at again; returns how many."""
    row = _draft(u, campaign_id)
    mine = _members(row).where(CampaignMember.id.in_(member_ids), CampaignMember.why == codes.LEFT_OUT)
    return _hits(u, mine, state=codes.UNCHECKED, why="")


@requires(EDIT)
def look_again(u: UnitOfWork, campaign_id: int) -> None:
    """Have all firms of a draft looked at again, but for those left out by hand."""
    row = _draft(u, campaign_id)
    _hits(u, _members(row).where(CampaignMember.why != codes.LEFT_OUT), state=codes.UNCHECKED, why="", contact_id=None)


class OtherNumber(InvalidInput):
    """Not as many people would be written to as whoever starts was told."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What starting would do: how many are written to, and the first mail. ``mail`` is its subject and text."""

    number: int
    firm_name: str
    person: ContactRef | None
    mail: tuple[str, str] | None


@requires(EDIT)
def ready(u: UnitOfWork, campaign_id: int) -> Ready:
    """Return what starting would do; raises :class:`InvalidInput` where nothing can be started."""
    row = campaign_to_change(u, campaign_id)
    found, number = _to_send(u, row)
    firm_id, name, contact_id = first_waiting(u, campaign_id)
    if contact_id is None:
        return Ready(number, name, None, None)
    person = u.service(Contacts).get(u, contact_id)
    return Ready(number, name, person, outreaches.preview(u, found, firm_id, contact_id))


@requires(EDIT)
def start(u: UnitOfWork, campaign_id: int, number: int | None = None) -> None:
    """Start a draft, or go on with one that was stopped, in the actor's name; one that runs goes on as it is.

    ``number`` is how many people are written to as far as the actor knows; raises :class:`OtherNumber`.
    """
    row = _locked(u, campaign_id)
    if row.state == codes.RUNNING:
        return
    _found, waiting = _to_send(u, row)
    if number is not None and number != waiting:
        raise OtherNumber(_l("Die Zahl der Empfänger hat sich inzwischen geändert. Verschickt ist noch nichts."))
    row.state, row.halt, row.sender_id, row.ended_at = codes.RUNNING, "", u.actor.user_id, None
    row.started_at = row.started_at or u.now
    u.audit("campaign_started", _subject(row), {"waiting": waiting})


def _to_send(u: UnitOfWork, row: Campaign) -> tuple[Provided[Outreach], int]:
    """Return what is sent and to how many; raises for a campaign that the actor cannot start."""
    if row.state == codes.DONE:
        raise InvalidInput(_l("Diese Aktion ist schon verschickt. Starten Sie bei Bedarf eine neue."))
    found = outreaches.find(u, row.outreach_key)
    if found is None:
        raise InvalidInput(_l("Was diese Aktion verschickt, ist zurzeit ausgeschaltet. Bitte wenden Sie sich an Ihre Administration."))  # fmt: skip
    if not u.actor.may(found.value.permission):
        raise Forbidden(found.value.permission)
    counts = select(CampaignMember.state, func.count()).where(CampaignMember.campaign_id == row.id)
    left = dict(u.session.execute(counts.group_by(CampaignMember.state)).all())
    if left.get(codes.UNCHECKED):
        raise InvalidInput(_l("Die Unternehmen werden noch geprüft. Bitte warten Sie, bis das fertig ist."))
    if not left.get(codes.WAITING):
        raise InvalidInput(_l("In dieser Aktion ist niemand, der eine Einladung erhalten kann."))
    return found, left[codes.WAITING]


@requires(EDIT)
def stop(u: UnitOfWork, campaign_id: int) -> None:
    """Stop a running campaign; what is sent is sent, who waits goes on waiting."""
    row = _locked(u, campaign_id)
    if row.state == codes.RUNNING:
        row.state, row.ended_at = codes.STOPPED, u.now
        u.audit("campaign_stopped", _subject(row))


@requires(EDIT)
def discard(u: UnitOfWork, campaign_id: int) -> None:
    """Remove a draft, of which nothing was sent."""
    row = _draft(u, campaign_id)
    u.audit("campaign_discarded", _subject(row))
    u.session.execute(delete(CampaignMember).where(CampaignMember.campaign_id == row.id))
    u.session.execute(delete(Campaign).where(Campaign.id == row.id))
    u.service(Search).drop(u, "campaign", [campaign_id])


@requires(EDIT)
def remind(u: UnitOfWork, campaign_id: int, firms: Collection[ResultLine], due_on: date) -> None:
    """Make a task for each firm's officer to ask after; a firm that has one already gets no second one."""
    row = campaign_to_change(u, campaign_id)
    if due_on < local_date(u.now, u.service(Office).timezone):
        sentence = _l("Der Tag liegt in der Vergangenheit. Bitte wählen Sie heute oder einen späteren Tag.")
        raise InvalidInput(sentence, {"due_on": sentence})
    for line in firms:
        given = NewTask(
            title=_("Nachfragen: %(label)s noch ohne Antwort (%(title)s)", label=row.outreach_label, title=row.title),
            due_on=due_on, firm_id=line.firm_id,
            responsible_id=line.officer_id, note=_("Eingeladen, aber noch nicht beantwortet: %(label)s", label=row.outreach_label),
            record=_subject(row), url=f"/aktionen/{row.id}", key=f"{_subject(row)}:{line.firm_id}", origin="campaigns",
        )  # fmt: skip
        u.service(Tasks).add(u, given)


@requires(READ)
def note_export(u: UnitOfWork, campaign_id: int, rows: int) -> None:
    """Audit that somebody took the result away as a file."""
    u.audit("export", _subject(campaign(u, campaign_id)), {"rows": rows})


def _locked(u: UnitOfWork, campaign_id: int) -> Campaign:
    """Return a campaign for changing; a slice that is being sent ends first."""
    row = campaign_to_change(u, campaign_id)
    u.session.refresh(row, with_for_update=True)
    return row


def _draft(u: UnitOfWork, campaign_id: int) -> Campaign:
    row = _locked(u, campaign_id)
    if row.state != codes.DRAFT:
        raise InvalidInput(_l("Diese Aktion ist schon gestartet. Das geht nur bei einem Entwurf."))
    return row


def _members(row: Campaign) -> Update:
    return update(CampaignMember).where(CampaignMember.campaign_id == row.id)


def _hits(u: UnitOfWork, rows: Update, **values: object) -> int:
    changed = u.session.execute(rows.values(**values), execution_options={"synchronize_session": False})
    assert isinstance(changed, CursorResult)  # noqa: S101 - for the type checker
    return changed.rowcount


def _subject(row: Campaign) -> str:
    return f"campaign:{row.id}"
