"""The firm's history as this plugin sees it: invited, answered, corrected."""

from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import TimelineEntry
from wf40_digital_readiness import queries
from wf40_digital_readiness.models import Invitation, Response, Score
from wf40_digital_readiness.texts import KEY, _, _l

KIND = "digital_readiness"
LABEL = _l("Digitalcheck")


def entries(u: UnitOfWork, firm: FirmRef, limit: int) -> list[TimelineEntry]:
    """Return the newest entries."""
    invitations, answers = queries.events_of_firm(u, firm.id, limit)
    found = [_invited(row) for row in invitations] + [_answered(row, score) for row, score in answers]
    for response_id, changes in queries.corrections(u, [row.id for row, _score in answers], limit).items():
        for at, who, reason in dict.fromkeys((c.at, c.actor_name, c.source) for c in changes):
            title = _l("Antwort im Digitalcheck berichtigt")
            found.append(TimelineEntry(at, KIND, LABEL, title, reason, _answer_url(response_id), who, "edit"))
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:limit]


def _invited(row: Invitation) -> TimelineEntry:
    title = _l("Zum Digitalcheck eingeladen")
    return TimelineEntry(
        row.created_at, KIND, LABEL, title, url=f"/p/{KEY}/einladungen/{row.id}", actor=row.officer_name, icon="mail"
    )


def _answered(row: Response, score: Score) -> TimelineEntry:
    text = _("%(met)s von %(all)s Bedingungen erfüllt", met=score.met, all=score.conditions)
    at = row.submitted_at or row.saved_at
    title = _l("Digitalcheck beantwortet")
    return TimelineEntry(at, KIND, LABEL, title, text, _answer_url(row.id), row.entered_by, "checklist")


def _answer_url(response_id: int) -> str:
    return f"/p/{KEY}/antworten/{response_id}"
