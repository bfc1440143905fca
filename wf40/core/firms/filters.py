"""The filters above the list: what they offer, and those that are set as chips that can be removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from flask import url_for
from markupsafe import Markup

from wf40.base.errors import Text
from wf40.base.i18n import _, _n
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import queries as accounts
from wf40.core.firms import listing, offered, sectors, terms
from wf40.core.firms.criteria import ALL_KINDS, ARCHIVE, NOBODY, FirmCriteria
from wf40.pluginhost.calls import Provided
from wf40.sdk.firm_data import several, span
from wf40.sdk.values import FirmFilter

Choices = list[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class FilterField:
    """A selection above the list."""

    name: str
    label: Text
    choices: Choices
    value: str
    wide: bool = False
    kind: str = "choice"

    @property
    def chosen(self) -> list[str]:
        """The values of several choices; ``alle`` among them asks for all of the others."""
        return self.value.split(".") if self.value else []

    @property
    def options(self) -> Markup:
        """The entries of the selection of sectors."""
        first, *_rest = self.choices
        known = not self.value or any(key == self.value for key, _label in _sector_choices())
        return sector_options(str(first[1]), self.value, () if known else ((self.value, self.value),))

    @property
    def ends(self) -> tuple[str, str]:
        """From and to of a span."""
        return span(self.value)

    def words(self) -> str:
        """Return the value as people say it."""
        known = {key: str(label) for key, label in self.choices}
        if self.kind == "choices":
            keys, every = several(self.value)
            return (_(" und ") if every else ", ").join(known.get(key, key) for key in keys)
        if self.kind in ("number", "date"):
            low, high = self.ends
            return (
                f"{low} – {high}"
                if low and high
                else _("ab %(value)s", value=low)
                if low
                else _("bis %(value)s", value=high)
            )
        return known.get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address of the list without it."""

    label: str
    url: str


def filter_fields(u: UnitOfWork, criteria: FirmCriteria, added: listing.Extras) -> list[FilterField]:
    """Return the selections above the list. A selection with nothing to choose is left out."""
    sizes: Choices = [(key, size[0]) for key, size in terms.SIZES.items()]
    officers: Choices = [(str(officer.id), officer.name) for officer in accounts.officers(u)]
    shown: list[tuple[str, Text, Text, Choices | None]] = [
        ("sector", _("Branche"), _("Alle Branchen"), _sector_choices()),
        ("size", _("Größe"), _("Alle Größen"), [*sizes, (terms.UNKNOWN_SIZE, _("unbekannt"))]),
        ("kind", _("Art"), _("Alle außer Vereinen"), [(ALL_KINDS, _("Alle Arten")), *terms.KINDS.items()]),
        ("town", _("Ort"), _("Alle Orte"), _of_names(offered.towns(u))),
        ("officer", _("Zuständig"), _("Alle"), [(NOBODY, _("niemand")), *officers]),
        ("abc", _("ABC"), _("Alle"), [*((k, k) for k in terms.ABC), ("-", _("ohne"))]),
        ("status", _("Zustand"), _("Alle außer Archiv"), [*terms.STATUSES.items(), (ARCHIVE, _("Archiv"))]),
        ("park", _("Gewerbegebiet"), _("Alle"), _of_names(offered.business_parks(u))),
    ]
    own = []
    for name, label, every, choices in shown:
        value = getattr(criteria, name)
        if choices is None:
            own.append(FilterField(_parameter(name), label, [], value, kind="text"))
        elif choices or value:
            own.append(
                FilterField(_parameter(name), label, _with([("", every), *choices], value), value, name == "sector")
            )
    more = [field for f in added.filters if (field := _added(u, f, criteria)).choices or field.kind not in _LISTS]
    return own[:2] + more + own[2:]


_LISTS = frozenset({"choice", "choices"})


@cache
def _sector_choices() -> Choices:
    return [*sectors.filter_choices()]


@lru_cache(maxsize=256)
def sector_options(every: str, value: str, extra: tuple[tuple[str, str], ...]) -> Markup:
    """Return the entries of the selection of sectors, written once: there are more than a hundred.

    ``every`` says that none is chosen; ``extra`` is a value that only the address knows.
    """
    entry = Markup('<option value="{}"{}>{}</option>')
    entries = [("", every), *_sector_choices(), *extra]
    chosen = Markup(" selected")
    return Markup("").join(entry.format(key, chosen if key == value else "", label) for key, label in entries)


def _of_names(names: Sequence[str] | None) -> Choices | None:
    return None if names is None else [(name, name) for name in names]


def _added(u: UnitOfWork, added: Provided[FirmFilter], criteria: FirmCriteria) -> FilterField:
    kind, value = added.value.kind, criteria.more.get(added.value.key, "")
    found = listing.choices(u, added) if kind in _LISTS else []
    if kind == "choice" and (found or value):
        found = _with([("", _("Alle")), *found], value)
    return FilterField(f"f-{added.value.key}", added.value.label, found, value, kind=kind)


def _parameter(name: str) -> str:
    return next(iter(FirmCriteria(**{name: "x"}).args()))  # type: ignore[arg-type]


def _with(choices: Choices, value: str) -> Choices:
    """Keep a value that an address carries and the list does not offer, so that the form does not drop it."""
    return choices if any(key == value for key, _label in choices) else [*choices, (value, value)]


def chips(criteria: FirmCriteria, fields: Sequence[FilterField]) -> list[Chip]:
    """Return the filters that are set, each with the way to remove it."""
    by_name = {field.name: field for field in fields}
    found = []
    for name, value in criteria.filters().items():
        if name == "picked":
            found.append(Chip(_picked(len(criteria.picked_ids())), list_url(criteria.without(name))))
            continue
        parameter = name if name.startswith("f-") else _parameter(name)
        field = by_name.get(parameter)
        label = _("Suche") if field is None else field.label
        shown = value if field is None else field.words()
        found.append(Chip(f"{label}: {shown}", list_url(criteria.without(name))))
    return found


def _picked(number: int) -> str:
    return _n("Auswahl: %(num)s Unternehmen", "Auswahl: %(num)s Unternehmen", number)


def list_url(criteria: FirmCriteria, **changes: str) -> str:
    """Return the address of the list for some criteria."""
    return url_for("firms.index", **(criteria.args() | changes))  # type: ignore[arg-type]
