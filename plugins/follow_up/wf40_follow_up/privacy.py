"""The declaration of columns that can say something about a person: the office's own people."""

from collections.abc import Iterable

from wf40.sdk.values import PersonalColumn
from wf40_follow_up.texts import _l

_COLUMNS = {
    "follow_up_rule": ("title", "officer_id"),
    "follow_up_due": ("officer_id", "last_error"),
    "follow_up_officer": ("officer_id", "digest", "changed_at"),
}


def columns() -> Iterable[PersonalColumn]:
    """Return the declaration."""
    people, purpose = _l("Beschäftigte der Wirtschaftsförderung"), _l("Wiedervorlagen und Tagesmail")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Mit dem Konto; wer welche Tagesmail bekam, nach 90 Tagen")
    for table, names in _COLUMNS.items():
        for name in names:
            yield PersonalColumn(table, name, people, purpose, basis, erase)
