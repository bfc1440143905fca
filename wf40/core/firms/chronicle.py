"""A firm's own entries in the timeline: made, changed, archived. What was changed at once is one entry."""

from collections.abc import Mapping
from datetime import timedelta

from flask import url_for

from wf40.base.errors import Text
from wf40.base.history import FieldChange
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.firms import queries
from wf40.core.firms.foreign_words import ForeignWords
from wf40.core.firms.terms import field_label, source_words
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import TimelineEntry

_SHOWN = 4
_CHANGES_PER_ENTRY = 6
_TOLD = ("merged_with", "merged_into", "separated_from")
_AT_ONCE = timedelta(seconds=2)


def entries(u: UnitOfWork, firm: FirmRef, limit: int) -> list[TimelineEntry]:
    """Return the newest entries of a firm, the newest first."""
    changes = queries.history(u, firm.id, size=limit * _CHANGES_PER_ENTRY).rows
    labels = ForeignWords(u, [change.field for change in changes]).labels
    return [_entry(firm, group, labels) for group in _together(changes)][:limit]


def _together(changes: list[FieldChange]) -> list[list[FieldChange]]:
    """Group what one person saved at once: the fields of one form are stored within moments of each other."""
    groups: list[list[FieldChange]] = []
    for change in changes:
        last = groups[-1][-1] if groups else None
        if last and last.actor_name == change.actor_name and last.at - change.at <= _AT_ONCE:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _entry(firm: FirmRef, changes: list[FieldChange], foreign: Mapping[str, Text]) -> TimelineEntry:
    first, fields = changes[0], {change.field: change for change in changes}
    text = _("Quelle: %(source)s", source=source_words(first.source)) if first.source else ""
    if "created" in fields:
        title = _("Unternehmen angelegt")
    elif told := next((fields[name] for name in _TOLD if name in fields), None):
        title = f"{field_label(told.field)}: {told.new}"
    elif "deleted_at" in fields:
        title = _("In den Papierkorb gelegt") if fields["deleted_at"].new else _("Aus dem Papierkorb geholt")
    elif "archived_at" in fields:
        title = _("Ins Archiv gelegt") if fields["archived_at"].new else _("Aus dem Archiv geholt")
    else:
        labels = list(dict.fromkeys(field_label(change.field, foreign) for change in reversed(changes)))
        more = len(labels) - _SHOWN
        shown = ", ".join(labels[:_SHOWN]) + (_(" und %(n)s weitere", n=more) if more > 0 else "")
        title = _("Angaben geändert: %(fields)s", fields=shown)
    where = url_for("firms.history", firm_id=firm.id)
    return TimelineEntry(first.at, "change", _("Änderung"), title, text, where, first.actor_name, icon="edit")
