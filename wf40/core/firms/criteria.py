"""What somebody wants of the list: filters, order, page. Read from an address and written back into one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from wf40.base.checks import whole_number
from wf40.core.listviews.columns import SEPARATOR, keys_in
from wf40.core.listviews.picked import ids_in, picked_in
from wf40.sdk.firm_data import SPAN
from wf40.sdk.paging import page_number

PAGE_SIZES = (25, 50, 100)
LONGEST_SEARCH = 200
HOOK_PREFIX = "f-"
ORDERS = ("name", "sector", "employees", "town", "officer", "abc", "kind", "status", "founded", "changed")
_PARAMETERS = {
    "text": "q",
    "sector": "branche",
    "size": "groesse",
    "kind": "art",
    "town": "ort",
    "officer": "zustaendig",
    "abc": "abc",
    "status": "zustand",
    "park": "gewerbegebiet",
    "picked": "auswahl",
}
NO_VIEW = "0"
_KEPT = frozenset({"sortierung", "richtung", "pro_seite", "spalten", "ansicht", "auswahl"})
NOBODY = "niemand"
ALL_KINDS = "alle"
ARCHIVE = "archiv"


@dataclass(frozen=True, slots=True)
class FirmCriteria:
    """Filters, order and page of the firm list; ``more`` holds the filters of other slices and plugins by key.

    ``kind``: empty for all but associations, ``alle``, or one kind. ``status``: empty for all that are not archived,
    ``archiv``, or one status. ``officer``: an id or ``niemand``. ``picked``: rows chosen by hand, their ids with dots
    between them. ``order``: one of :data:`ORDERS` or a column's key. ``columns``: those chosen, none for the usual
    ones. ``view``: the saved view that the address came from, ``0`` for none on purpose.
    """

    text: str = ""
    sector: str = ""
    size: str = ""
    kind: str = ""
    town: str = ""
    officer: str = ""
    abc: str = ""
    status: str = ""
    park: str = ""
    picked: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    order: str = "name"
    descending: bool = False
    page: int = 1
    page_size: int = 25
    columns: tuple[str, ...] = ()
    view: str = ""

    @classmethod
    def of(
        cls, args: Mapping[str, str], filters: Collection[str] = (), columns: Collection[str] = ()
    ) -> "FirmCriteria":
        """Read an address; what is not understood is as if it were not there."""
        values: dict[str, Any] = {
            name: " ".join(args.get(parameter, "").replace("\x00", "").split())[:LONGEST_SEARCH]
            for name, parameter in _PARAMETERS.items()
        }
        values["picked"] = picked_in(args)
        more = {key: value for key in filters if (value := _given(args, f"{HOOK_PREFIX}{key}"))}
        order = args.get("sortierung", "")
        return cls(
            **values,
            more=more,
            order=order if order in ORDERS or order in columns else "name",
            descending=args.get("richtung") == "ab",
            page=page_number(args.get("seite")),
            page_size=size if (size := whole_number(args.get("pro_seite"))) in PAGE_SIZES else PAGE_SIZES[0],
            columns=keys_in(args.get("spalten", "")),
            view=str(view) if (view := whole_number(args.get("ansicht"))) is not None else "",
        )

    def args(self) -> dict[str, str]:
        """Return the parameters of the address; defaults are left out."""
        found = {parameter: getattr(self, name) for name, parameter in _PARAMETERS.items()}
        found |= {f"{HOOK_PREFIX}{key}": value for key, value in self.more.items()}
        found["sortierung"] = self.order if self.order != "name" else ""
        found["richtung"] = "ab" if self.descending else ""
        found["seite"] = str(self.page) if self.page > 1 else ""
        found["pro_seite"] = str(self.page_size) if self.page_size != PAGE_SIZES[0] else ""
        found["spalten"] = SEPARATOR.join(self.columns)
        found["ansicht"] = self.view
        return {name: value for name, value in found.items() if value}

    def meaning(self) -> dict[str, str]:
        """Return what a saved view keeps of the address: all but the page and the view itself."""
        return {name: value for name, value in self.args().items() if name not in {"seite", "ansicht"}}

    def picked_ids(self) -> list[int]:
        """Return the rows that were chosen by hand; none of them need exist."""
        return ids_in(self.picked)

    def kept_args(self) -> dict[str, str]:
        """Return what the filter form carries along unseen: order, page size, columns, view, and rows picked by hand."""
        return {k: v for k, v in self.args().items() if k in _KEPT}

    def filters(self) -> dict[str, str]:
        """Return the filters that are set, those of hooks with their prefix."""
        own = {name: value for name in _PARAMETERS if (value := getattr(self, name))}
        return own | {f"{HOOK_PREFIX}{key}": value for key, value in self.more.items()}

    def without(self, name: str) -> "FirmCriteria":
        """Return the criteria without one filter, from the first page."""
        if name.startswith(HOOK_PREFIX):
            return replace(self, page=1, more={k: v for k, v in self.more.items() if f"{HOOK_PREFIX}{k}" != name})
        cleared: dict[str, Any] = {name: "", "page": 1}
        return replace(self, **cleared)

    def unfiltered(self) -> "FirmCriteria":
        """Return only order, page size and columns."""
        return FirmCriteria(
            order=self.order, descending=self.descending, page_size=self.page_size, columns=self.columns, view=NO_VIEW
        )

    def fresh(self) -> "FirmCriteria":
        """Return the list as it is without a view, filters and an order."""
        return FirmCriteria(page_size=self.page_size, view=NO_VIEW)

    def ordered(self, order: str) -> "FirmCriteria":
        """Return what a click on a header asks for: by this column, or the other way round."""
        return replace(self, order=order, descending=self.order == order and not self.descending, page=1)


def _given(args: Mapping[str, str], name: str) -> str:
    """Read an added filter: one value, several boxes of a form, or the two ends of a span."""
    ends = [args.get(f"{name}-{end}", "").strip()[:50] for end in ("von", "bis")]
    if any(ends):
        return SPAN.join(ends)
    given = args.getlist(name) if isinstance(args, MultiDict) else [args.get(name, "")]
    return ".".join(part for value in given if (part := value.replace("\x00", "").strip()[:100]))[:500]
