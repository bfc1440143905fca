"""The two kinds of records that can be merged: their tables, hooks, pages, and who knows their fields."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wf40.base.errors import NotFound, Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import comparison as person_fields
from wf40.core.contacts import fusion as person_fusion
from wf40.core.contacts.queries import names
from wf40.core.firms import comparison as firm_fields
from wf40.core.firms import fusion as firm_fusion
from wf40.core.firms.queries import firm
from wf40.core.merges.models import AnyMerge, ContactMerge, FirmMerge
from wf40.sdk.hookspecs import Spec
from wf40.sdk.services import Firms


class Separation(Protocol):
    """Which fields of the kept record went back, or would, and which stay."""

    @property
    def back(self) -> Sequence[str]:
        """Fields that have their former value again."""
        ...

    @property
    def stays(self) -> Sequence[str]:
        """Fields that were changed since."""
        ...


class Fusion(Protocol):
    """The module of a kind that makes one record out of two; see :mod:`wf40.core.firms.fusion`."""

    GROUPS: dict[str, tuple[str, ...]]

    def pair(self, u: UnitOfWork, keep_id: int, gone_id: int, /) -> Any:
        """Lock both records, or refuse."""
        ...

    def fuse(self, u: UnitOfWork, two: Any, choices: Mapping[str, str], versions: tuple[int, int], /) -> dict[str, Any]:
        """Write the chosen values into the kept record and archive the other."""
        ...

    def loosen(self, u: UnitOfWork, keep_id: int, gone_id: int, archived_at: str | None, /) -> Any:
        """Let the record that is gone stand on its own again."""
        ...

    def separate(self, u: UnitOfWork, two: Any, stored: Mapping[str, Any], /) -> Separation:
        """Put back what :meth:`fuse` changed."""
        ...

    def kept_fields(self, u: UnitOfWork, keep_id: int, stored: Mapping[str, Any], /) -> Separation:
        """Tell what :meth:`separate` would do."""
        ...


class Fields(Protocol):
    """The module of a kind that puts two records side by side."""

    def label(self, column: str, /) -> Text:
        """Return the words for a column."""
        ...

    def fields(self, u: UnitOfWork, keep_id: int, gone_id: int, /) -> Sequence[Any]:
        """Return all fields of two records side by side."""
        ...


@dataclass(frozen=True, slots=True)
class Pages:
    """Endpoints of a kind with the name of their number, its template, and what is said when it is done."""

    record: tuple[str, str]
    merge: tuple[str, str]
    undo: tuple[str, str]
    compare: str
    merged: Text
    separated: Text
    separated_but: Text
    """With ``fields`` that stay."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. ``right`` is what separating asks for beside the right to merge."""

    key: str
    model: type[FirmMerge] | type[ContactMerge]
    merge_hook: str
    unmerge_hook: str
    fusion: Fusion
    fields: Fields
    right: str
    merged: str
    separated: str
    already: Text
    """The refusal for a merge that was taken back before."""
    pages: Pages

    def row(self, u: UnitOfWork, merge_id: int, *, locked: bool = False) -> AnyMerge | None:
        """Return a merge, locked for a change if asked for."""
        model: Any = self.model
        found: AnyMerge | None = u.session.get(
            model, merge_id, with_for_update=locked or None, populate_existing=locked
        )
        return found

    def names(self, u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
        """Return the names of readable records by number."""
        return names(u, ids) if self.key == "contact" else {i: r.name for i, r in u.service(Firms).many(u, ids).items()}

    def sides(self, u: UnitOfWork, ids: tuple[int, int]) -> list[Any]:
        """Return two records for comparing them; raises :class:`NotFound` for an unknown or foreign one."""
        if self.key == "firm":
            return [firm(u, i) for i in ids]
        known = person_fields.entries(u, ids)
        if not set(ids) <= known.keys():
            raise NotFound
        return [known[i] for i in ids]


FIRMS = Kind(
    "firm", FirmMerge, Spec.merge_firms.__name__, Spec.unmerge_firms.__name__, firm_fusion, firm_fields, "firms.edit",
    "firms_merged", "firms_separated", _l("Diese Unternehmen sind bereits wieder getrennt."),
    Pages(
        ("firms.show", "firm_id"), ("merges.show", "merge_id"), ("merges.undo", "merge_id"), "merges/compare.html",
        _l("Die Unternehmen sind zusammengeführt."), _l("Die Unternehmen sind wieder getrennt."),
        _l("Die Unternehmen sind wieder getrennt. Inzwischen geändert und deshalb geblieben: %(fields)s."),
    ),
)  # fmt: skip
PERSONS = Kind(
    "contact", ContactMerge, Spec.merge_contacts.__name__, Spec.unmerge_contacts.__name__, person_fusion, person_fields,
    "contacts.edit", "contacts_merged", "contacts_separated", _l("Diese Personen sind bereits wieder getrennt."),
    Pages(
        ("contacts.show", "contact_id"), ("merges.show_persons", "contact_merge_id"),
        ("merges.undo_persons", "contact_merge_id"), "merges/compare_persons.html",
        _l("Die Personen sind zusammengeführt."), _l("Die Personen sind wieder getrennt."),
        _l("Die Personen sind wieder getrennt. Inzwischen geändert und deshalb geblieben: %(fields)s."),
    ),
)  # fmt: skip
KINDS = (FIRMS, PERSONS)
