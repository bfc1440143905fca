"""What concerns add to the whole."""

from collections.abc import Iterable

from wf40.base.i18n import _l
from wf40.core.concerns import queries
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import FirmFilter, Permission, PersonalColumn


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over concerns; what is confidential is further limited to the people who have to do with it."""
    return [
        Permission("concerns.read", _l("Anliegen ansehen"), roles.READERS),
        Permission("concerns.edit", _l("Anliegen aufnehmen, bearbeiten und weiterleiten"), roles.WRITERS),
    ]


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms that wait for something."""
    return [
        FirmFilter(
            "concern",
            _l("Anliegen"),
            lambda _u: [("open", _l("Offenes Anliegen"))],
            lambda u, _value: queries.open_firms_select(u),
            order=45,
        )
    ]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Concerns and answers speak about people; a consent is kept in words."""
    kind = _l("Anliegen und ihre Weiterleitung")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Drei Jahre nach Abschluss des Anliegens")
    own = ("title", "sort_key", "description", "outcome", "owner_id", "author_id")
    columns = [("concern", name) for name in own]
    passed = (
        "recipient_label", "recipient_email", "contact_id", "consent_id", "consent_proof", "message", "sent_text", "answer",
        "handed_by",
    )  # fmt: skip
    columns += [("handover", name) for name in passed]
    consent = _l("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)")
    return [
        PersonalColumn(table, column, kind, purpose, consent if table == "handover" else basis, erase)
        for table, column in columns
    ]
