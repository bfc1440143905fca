"""The declaration of columns that can hold personal data: a sole trader's answers are about a person."""

from collections.abc import Iterable

from wf40.sdk.values import PersonalColumn
from wf40_digital_readiness.texts import _l

_INVITATION = ("contact_id", "token_digest", "officer_name", "opened_at", "submitted_at")
_RESPONSE = ("answers", "note", "callback_wished_at", "entered_by")


def columns() -> Iterable[PersonalColumn]:
    """Return the declaration."""
    people, office = _l("Ansprechpersonen in Unternehmen"), _l("Beschäftigte der Wirtschaftsförderung")
    invite, advise = _l("Einladung zum Digitalcheck"), _l("Beratung und Frühwarnung")
    basis = _l("Einwilligung oder öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. a und e DSGVO)")
    erase = _l("Drei Jahre nach der Antwort, sonst ein Jahr nach der Einladung")
    for column in _INVITATION:
        kind = office if column == "officer_name" else people
        yield PersonalColumn("digital_readiness_invitation", column, kind, invite, basis, erase)
    for column in _RESPONSE:
        kind = office if column == "entered_by" else people
        yield PersonalColumn("digital_readiness_response", column, kind, advise, basis, erase)
    for column in ("dimensions", "concepts"):
        yield PersonalColumn("digital_readiness_score", column, people, advise, basis, erase)
