"""What every change of a partner brings along: the words by which lists find it, its version, the audit trail."""

from wf40.sdk.german import loose
from wf40.sdk.services import Search
from wf40.sdk.uow import UnitOfWork
from wf40_partner_network.models import Partner
from wf40_partner_network.queries import subject
from wf40_partner_network.texts import KEY


def set_search_text(row: Partner) -> None:
    """Gather every word by which the list finds a partner: also its people, as long as they are not archived."""
    texts = [row.name, row.town, row.email, *(c.note for c in row.competences), row.note]
    for person in row.people:
        if person.archived_at is None:
            texts += [person.name, person.role, person.email, person.topics]
    row.search_text = "".join(f" {word}" for word in dict.fromkeys(loose(" ".join(texts)).split()))


def touch(u: UnitOfWork, row: Partner, fields: list[str], action: str = "partner_network_changed") -> None:
    """Count the version up and record who changed which fields."""
    row.version += 1
    row.updated_at = u.now
    u.audit(action, subject(row.id), {"fields": fields})
    u.service(Search).refresh(u, KEY, [row.id])
