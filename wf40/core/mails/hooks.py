"""What dropped mails add to the whole: clearing up, and what is personal in them."""

from collections.abc import Iterable
from datetime import time

from wf40.base.i18n import _l
from wf40.core.mails import service
from wf40.sdk import hookimpl
from wf40.sdk.values import Daily, Job, PersonalColumn


@hookimpl
def jobs() -> Iterable[Job]:
    """Clears up behind drafts that nobody saved."""
    return [Job("clear", _l("Nicht gespeicherte E-Mail-Entwürfe entfernen"), Daily(time(3, 35)), service.clear)]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Mails are written by people to people, and so are their attachments."""
    kind, purpose = _l("Menschen, die E-Mails schreiben oder bekommen"), _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    drafts = _l("Eine Woche nach dem Ablegen, oder sobald das Gespräch gespeichert ist")
    kept = _l("Mit dem Gespräch")
    return [
        PersonalColumn("mail_draft", "mail", kind, purpose, basis, drafts),
        PersonalColumn(
            "mail_draft", "author_id", _l("Beschäftigte der Wirtschaftsförderung"), _l("Nur wer abgelegt hat, sieht den Entwurf"),
            _l("Beschäftigungsverhältnis"), drafts,
        ),
        PersonalColumn("attachment", "name", kind, purpose, basis, kept),
        PersonalColumn("attachment", "content", kind, purpose, basis, kept),
    ]  # fmt: skip
