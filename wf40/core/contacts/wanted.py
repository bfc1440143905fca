"""What somebody wants of the list of contacts. Read from an address and written back into one."""

from collections.abc import Mapping
from dataclasses import dataclass

from wf40.base.checks import whole_number
from wf40.core.contacts import codes
from wf40.core.listviews.columns import SEPARATOR, keys_in
from wf40.core.listviews.picked import picked_in


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What to keep and how to order. ``order``: ``name``, ``unternehmen`` or ``rolle``, after a ``-`` backwards.

    ``picked``: persons chosen by hand, their ids with dots between them. ``columns``: those chosen, none for the usual
    ones. ``view``: the saved view that the address came from, ``0`` for none on purpose.
    """

    q: str = ""
    role: str = ""
    archived: bool = False
    order: str = "name"
    picked: str = ""
    columns: tuple[str, ...] = ()
    view: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "ContactFilter":
        """Read an address; what is not understood is as if it were not there."""
        return cls(
            q=args.get("q", "").strip()[:200],
            role=args.get("rolle", "") if args.get("rolle") in codes.ROLES else "",
            archived=args.get("archiv") == "1",
            order=args.get("sortierung", "name"),
            picked=picked_in(args),
            columns=keys_in(args.get("spalten", "")),
            view=str(view) if (view := whole_number(args.get("ansicht"))) is not None else "",
        )

    def args(self) -> dict[str, str]:
        """Return the parameters of the address; defaults are left out."""
        found = {
            "q": self.q, "rolle": self.role, "archiv": "1" if self.archived else "",
            "sortierung": self.order if self.order != "name" else "", "auswahl": self.picked,
            "spalten": SEPARATOR.join(self.columns), "ansicht": self.view,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}
