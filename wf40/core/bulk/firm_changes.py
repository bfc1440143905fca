"""What of a firm's own record can be changed for many firms at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names, officers
from wf40.core.firms import many, many_parks, offered, terms
from wf40.core.firms.service import EDIT
from wf40.sdk.checks import whole_number
from wf40.sdk.firm_data import BulkChange, BulkKind

Choices = list[tuple[str, Text]]


def changes() -> list[BulkChange]:
    """Return the changes."""
    found = [
        _of("zustaendig", _l("Zuständig"), "officer_id", "choice", _officer, _officers, _officer_name),
        _of("abc", _l("ABC"), "abc", "choice", str, lambda _u: [*terms.ABC.items(), ("", _("ohne"))], _abc),
        _of("intervall", _l("Betreuungsintervall in Tagen"), "care_interval_days", "number", _days, _none, _interval),
        _of("zustand", _l("Zustand"), "status", "choice", str, lambda _u: [*terms.STATUSES.items()], _status),
        BulkChange(
            "gewerbegebiet",
            _l("Gewerbegebiet der Hauptbetriebsstätte"),
            EDIT,
            "text",
            many_parks.checked,
            _parks,
            lambda u, _value, states: many_parks.put(u, {f: str(name or "") for f, name in states.items()}),
            _known_parks,
            _park,
            refuses=lambda u, _value, firm_ids: many_parks.without_site(u, firm_ids),
        ),
        _of("archivieren", _l("Ins Archiv legen"), many.ARCHIVED, "none", lambda _v: True, _none, _no_words),
        _of("zurueckholen", _l("Aus dem Archiv holen"), many.ARCHIVED, "none", lambda _v: None, _none, _no_words),
    ]
    return [replace(change, order=order) for order, change in enumerate(found)]


def _of(
    key: str,
    label: Text,
    field: str,
    kind: BulkKind,
    read: Callable[[str], Any],
    choices: Callable[[UnitOfWork], Choices],
    words: Callable[[UnitOfWork, str], Text],
) -> BulkChange:
    def target(u: UnitOfWork, value: str) -> Any:
        return many.checked(u, field, read(value))

    return BulkChange(key, label, EDIT, kind, target, partial(_present, field), partial(_store, field), choices, words)


def _present(field: str, u: UnitOfWork, _value: str, firm_ids: Collection[int]) -> Mapping[int, Any]:
    return many.present(u, field, firm_ids)


def _store(field: str, u: UnitOfWork, _value: str, states: Mapping[int, Any]) -> Mapping[int, Text]:
    return many.put(u, field, states)


def _officer(value: str) -> int | None:
    if value and whole_number(value) is None:
        raise InvalidInput(_l("Diese Person gibt es nicht. Bitte wählen Sie jemanden aus der Liste."))
    return whole_number(value) if value else None


def _officers(u: UnitOfWork) -> Choices:
    return [*((str(o.id), o.name) for o in officers(u)), ("", _("niemand"))]


def _officer_name(u: UnitOfWork, value: str) -> Text:
    officer_id = whole_number(value) or 0
    return officer_names(u, [officer_id]).get(officer_id, "") if officer_id else _("niemand")


def _days(value: str) -> int | None:
    if value and whole_number(value) is None:
        raise InvalidInput(_l("Geben Sie eine ganze Zahl von Tagen ein, zum Beispiel 180."))
    return whole_number(value) if value else None


def _interval(_u: UnitOfWork, value: str) -> Text:
    return _("alle %(n)s Tage", n=value) if value else _("ohne Angabe")


def _abc(_u: UnitOfWork, value: str) -> Text:
    return terms.ABC.get(value, _("ohne"))


def _status(_u: UnitOfWork, value: str) -> Text:
    return terms.STATUSES.get(value, value)


def _parks(u: UnitOfWork, _value: str, firm_ids: Collection[int]) -> Mapping[int, Any]:
    return many_parks.present(u, firm_ids)


def _known_parks(u: UnitOfWork) -> Choices:
    return [(name, name) for name in offered.business_parks(u) or []]


def _park(_u: UnitOfWork, value: str) -> Text:
    return value or _("ohne Angabe")


def _none(_u: UnitOfWork) -> Choices:
    return []


def _no_words(_u: UnitOfWork, _value: str) -> Text:
    return ""
