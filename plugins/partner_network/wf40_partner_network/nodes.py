"""The two sides of a relation: a partner or a firm, named by one key, found by what somebody types."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import Select, bindparam, select

from wf40.sdk.errors import InvalidInput, NotFound
from wf40.sdk.german import loose
from wf40.sdk.i18n import Text
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.models import Partner
from wf40_partner_network.queries import candidates, partner, readable
from wf40_partner_network.terms import KINDS
from wf40_partner_network.texts import KEY, _, _l

HITS = 10
_KEY = re.compile(r"([pf])-(\d{1,9})", re.ASCII)
_TYPED = re.compile(r"\(([PU])(\d{1,9})\)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Node:
    """A partner (``p-3``) or a firm (``f-17``)."""

    key: str
    name: str
    detail: Text = ""
    town: str = ""
    archived: bool = False

    @property
    def is_firm(self) -> bool:
        """Whether it is a firm."""
        return self.key.startswith("f")

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.key[2:])

    @property
    def url(self) -> str:
        """Where its record stands."""
        return url_of(self.key)

    @property
    def network_url(self) -> str:
        """Where its relations are listed."""
        return f"/p/{KEY}/unternehmen/{self.id}" if self.is_firm else f"{self.url}#beziehungen"

    @property
    def typed(self) -> str:
        """How a field names it, readable and without doubt: ``Muster GmbH (U17)``."""
        return f"{self.name} ({'U' if self.is_firm else 'P'}{self.id})"


def url_of(key: str) -> str:
    """Return the address of the record that a key names."""
    return f"/unternehmen/{key[2:]}" if key.startswith("f") else f"/p/{KEY}/{key[2:]}"


@requires("partner_network.read")
def node(u: UnitOfWork, key: str) -> Node:
    """Return what a key names; a merged partner gives the kept one. Raises :class:`NotFound`, also for foreign ones."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFound
    number = int(match[2])
    if match[1] == "f":
        firm = u.service(Firms).get(u, number)
        return Node(f"f-{firm.id}", firm.name, _("Unternehmen"), firm.town, firm.archived)
    row = partner(u, number)
    return _of(partner(u, row.merged_into_id) if row.merged_into_id else row)


@requires("partner_network.read")
def many(u: UnitOfWork, keys: Collection[str]) -> Mapping[str, Node]:
    """Return those of the keys that exist and may be read."""
    numbers = {letter: [int(k[2:]) for k in keys if k.startswith(letter)] for letter in "pf"}
    rows = u.session.scalars(_several(u), {"ids": numbers["p"]}) if numbers["p"] else ()
    found = {f"p-{row.id}": _of(row) for row in rows}
    for firm in u.service(Firms).many(u, numbers["f"]).values():
        found[f"f-{firm.id}"] = Node(f"f-{firm.id}", firm.name, _("Unternehmen"), firm.town, firm.archived)
    return found


@kept
def _several(u: UnitOfWork) -> Select[Partner]:
    return select(Partner).where(readable(u), Partner.id.in_(bindparam("ids", expanding=True)))


@requires("partner_network.read")
def find(u: UnitOfWork, text: str) -> list[Node]:
    """Return partners and firms, none archived, whose words begin as ``text`` does; partners first."""
    words = loose(text).split()
    if not words:
        return []
    rows = candidates(u).where(*(Partner.search_text.contains(f" {w}", autoescape=True) for w in words))
    hits = [_of(row) for row in u.session.scalars(rows.order_by(Partner.sort_key, Partner.id).limit(HITS))]
    firms = u.service(Firms).find(u, text, HITS)
    return hits + [Node(f"f-{f.id}", f.name, _("Unternehmen"), f.town, f.archived) for f in firms]


@requires("partner_network.read")
def typed_node(u: UnitOfWork, text: str, field: str) -> Node:
    """Return what somebody typed or chose; raises :class:`InvalidInput` for nothing, for several and for none."""
    if match := _TYPED.search(text) or _KEY.fullmatch(text):
        try:
            return node(u, f"{'f' if match[1] in 'Uf' else 'p'}-{match[2]}")
        except NotFound:
            return refuse(field, _l("Diesen Eintrag gibt es nicht. Bitte wählen Sie einen aus der Liste."))
    hits = find(u, text)
    same = [hit for hit in hits if loose(hit.name) == loose(text)]
    for fitting in (hits, same):
        if len(fitting) == 1:
            return fitting[0]
    if not text:
        return refuse(field, _l("Geben Sie an, zu wem die Beziehung besteht."))
    if not hits:
        return refuse(field, _l("Kein Partner und kein Unternehmen gefunden. Bitte prüfen Sie die Schreibweise."))
    return refuse(field, _l("Mehrere Einträge passen dazu. Bitte wählen Sie einen."))


def refuse(field: str, sentence: Text) -> NoReturn:
    """Raise :class:`InvalidInput` for one field."""
    raise InvalidInput(sentence, {field: sentence})


def _of(row: Partner) -> Node:
    return Node(f"p-{row.id}", row.name, KINDS.get(row.kind, row.kind), row.town, row.archived_at is not None)
