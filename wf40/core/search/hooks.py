"""What the search adds to the whole."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.search.rebuilding import build_missing, condition
from wf40.core.search.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Continuous, Health, Job, Permission, PersonalColumn


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The page of the search."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Everybody of the daily work; what is found keeps to the rights over each kind of record."""
    return [Permission("search.use", _l("Überall suchen"), roles.READERS)]


@hookimpl
def jobs() -> Iterable[Job]:
    """Builds the index where it is missing."""
    return [Job("index", _l("Verzeichnis der Suche aufbauen"), Continuous(), build_missing)]


@hookimpl
def health(u: UnitOfWork) -> Iterable[Health]:
    """Whether everything can be found."""
    records, waiting = condition(u)
    return [Health("search", ok=True, detail=f"{records} records, to be built: {', '.join(waiting) or 'none'}")]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """The index repeats words of other records; what people looked at says what they work on."""
    kind, purpose = _l("Wörter aus anderen Datensätzen"), _l("Suche")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    with_record = _l("Zugleich mit dem Datensatz, aus dem sie stammen")
    words = [("search_record", "title_key"), ("search_record", "words"), ("search_word", "word")]
    words += [("search_block", "first"), ("search_block", "words"), ("search_log", "added"), ("search_log", "removed")]
    own = [PersonalColumn(table, column, kind, purpose, basis, with_record) for table, column in words]
    viewed, ten = _l("Zuletzt angesehene Datensätze"), _l("Die ältesten fallen weg; mit dem Konto alle")
    return [*own, PersonalColumn("search_viewed", "user_id", viewed, _l("Schneller Zugriff"), basis, ten)]
