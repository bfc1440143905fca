"""Reads relations: of one partner or firm, page by page for the table, and all at once for the picture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, true
from sqlalchemy.orm import aliased

from wf40.sdk.errors import NotFound
from wf40.sdk.german import loose
from wf40.sdk.history import changes_of
from wf40.sdk.i18n import Text
from wf40.sdk.paging import Page, page_of
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept
from wf40.sdk.tables import firms
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.clock import today
from wf40_partner_network.models import Competence, Partner, Relation
from wf40_partner_network.nodes import Node, many, url_of
from wf40_partner_network.terms import KINDS, RELATION_FIELDS, RELATIONS
from wf40_partner_network.texts import _
from wf40_partner_network.words import Change, in_words

PER_PAGE, MOST_NODES, MOST_FIRMS = 25, 1500, 500
ORDERS = ("von", "art", "mit", "seit", "bis")
PAIRS = ("pp", "pf", "ff")
STATES = ("", "beendet", "alle")

_P1, _P2 = aliased(Partner), aliased(Partner)
_F1, _F2 = firms.alias(), firms.alias()
_SIDES = ((_P1, _F1), (_P2, _F2))


@dataclass(frozen=True, slots=True)
class NetFilter:
    """Which relations to keep. ``pair``: between whom, of :data:`PAIRS`; ``state``: of :data:`STATES`, empty: current.

    ``around`` is the key of the partner or firm whose relations are wanted. ``order``: of :data:`ORDERS`, after a ``-``
    backwards.
    """

    q: str = ""
    topic: str = ""
    kind: str = ""
    pair: str = ""
    state: str = ""
    around: str = ""
    order: str = "von"

    @property
    def narrows(self) -> bool:
        """Whether it leaves out anything that a filter could show."""
        return any((self.q, self.topic, self.kind, self.pair, self.state, self.around))


@dataclass(frozen=True, slots=True)
class Line:
    """A relation from its active side to its other side, in words."""

    id: int
    kind: str
    one: Node
    words: Text
    other: Node
    since: date | None
    until: date | None
    over: bool
    source: str
    note: str
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What the picture draws; ``left_out`` counts the relations for which there was no room."""

    nodes: list[dict[str, Any]]
    links: list[dict[str, Any]]
    left_out: int


@requires("partner_network.read")
def relation(u: UnitOfWork, relation_id: int) -> Relation:
    """Return a relation whose sides may both be read; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Relation, relation_id)
    if row is None or not u.actor.may_read_unit(row.unit_id) or len(many(u, [row.from_key, row.to_key])) < 2:
        raise NotFound
    return row


@requires("partner_network.read")
def relation_history(u: UnitOfWork, relation_id: int) -> list[Change]:
    """Return the newest changes of a relation in words; raises :class:`NotFound`."""
    return in_words(changes_of(u, relation_subject(relation(u, relation_id).id)), RELATION_FIELDS)


def relation_subject(relation_id: int) -> str:
    """Return how histories and the audit trail name a relation."""
    return f"partner_network_relation:{relation_id}"


@requires("partner_network.read")
def relations_of(u: UnitOfWork, key: str) -> list[Line]:
    """Return all relations of a partner or firm, read from its side, the current ones first, then by name."""
    rows = u.session.execute(_of_side(u, firm=key.startswith("f")), {"side": int(key[2:])}).all()
    lines = [_seen_from(key, line) for line in _lines(u, rows)]
    return sorted(lines, key=lambda line: line.over)


@requires("partner_network.read")
def count_of(u: UnitOfWork, key: str) -> int:
    """Return how many relations of a partner or firm are current."""
    given = {"side": int(key[2:]), "today": today(u)}
    rows = _count_of_side(u, firm=key.startswith("f"))
    return u.once(("partner_network.count_of", key), lambda: u.session.scalar(rows, given) or 0)


@kept
def _of_side(u: UnitOfWork, *, firm: bool) -> Select[Any]:
    return _select(u).where(_either_side(bindparam("side"), firm=firm)).order_by(*_order("von"))


@kept
def _count_of_side(u: UnitOfWork, *, firm: bool) -> Select[Any]:
    current = or_(Relation.until.is_(None), Relation.until > bindparam("today"))
    rows = _select(u).where(_either_side(bindparam("side"), firm=firm), current).subquery()
    return select(func.count()).select_from(rows)


@requires("partner_network.read")
def relations(u: UnitOfWork, wanted: NetFilter, number: int = 1) -> Page[Line]:
    """Return one page of the relations between what is not archived."""
    rows = _filtered(u, wanted).order_by(*_order(wanted.order))
    return page_of(u, rows, number, PER_PAGE, lambda found: _lines(u, found))


@requires("partner_network.read")
def picture(u: UnitOfWork, wanted: NetFilter) -> Picture:
    """Return the same relations as nodes and links, with at most :data:`MOST_NODES` nodes."""
    found = u.session.execute(_filtered(u, wanted).order_by(Relation.id)).all()
    degrees, nodes, links = Counter[str](), dict[str, dict[str, Any]](), list[dict[str, Any]]()
    for row in found:
        line, names, kinds = row[0], (row.one_name, row.other_name), (row.one_kind, row.other_kind)
        keys = (line.from_key, line.to_key)
        if len(nodes) + len(set(keys) - nodes.keys()) > MOST_NODES:
            continue
        for key, name, kind in zip(keys, names, kinds, strict=True):
            degrees[key] += 1
            nodes.setdefault(key, {"id": key, "name": name, "kind": _kind(key, kind), "url": url_of(key)})
        words = RELATIONS[line.kind]
        over = _over(u, line.until)
        links.append(
            {"source": keys[0], "target": keys[1], "words": str(words.forth), "mutual": words.mutual, "over": over}
        )
    return Picture([{**n, "links": degrees[key]} for key, n in nodes.items()], links, len(found) - len(links))


def _kind(key: str, kind: str | None) -> str:
    return str(_("Unternehmen") if key.startswith("f") else KINDS.get(kind or "", kind))


def _select(u: UnitOfWork) -> Select[Any]:
    """Return a select of relations with both sides, all of which the actor may read."""
    columns: list[Any] = [
        Relation,
        func.coalesce(_P1.name, _F1.c.name).label("one_name"),
        func.coalesce(_P2.name, _F2.c.name).label("other_name"),
        _P1.kind.label("one_kind"),
        _P2.kind.label("other_kind"),
    ]
    rows: Select[Any] = select(*columns)
    rows = rows.outerjoin(_P1, Relation.from_partner_id == _P1.id).outerjoin(_F1, Relation.from_firm_id == _F1.c.id)
    rows = rows.outerjoin(_P2, Relation.to_partner_id == _P2.id).outerjoin(_F2, Relation.to_firm_id == _F2.c.id)
    if u.actor.units is None:
        return rows
    sides = (func.coalesce(p.unit_id, f.c.unit_id).in_(u.actor.units) for p, f in _SIDES)
    return rows.where(Relation.unit_id.in_(u.actor.units), *sides)


def _filtered(u: UnitOfWork, wanted: NetFilter) -> Select[Any]:
    rows = _select(u).where(*(p.archived_at.is_(None) & f.c.archived_at.is_(None) for p, f in _SIDES))
    states = {"": _current(u), "beendet": ~_current(u)}
    rows = rows.where(states.get(wanted.state, true()))
    if wanted.kind:
        rows = rows.where(Relation.kind == wanted.kind)
    if wanted.topic:
        rows = rows.where(_topic(wanted.topic))
    if wanted.pair:
        firms_in = case((Relation.from_firm_id.is_(None), 0), else_=1) + case(
            (Relation.to_firm_id.is_(None), 0), else_=1
        )
        rows = rows.where(firms_in == PAIRS.index(wanted.pair))
    if wanted.around:
        rows = rows.where(_touches(wanted.around))
    return rows.where(_named(u, wanted.q)) if loose(wanted.q) else rows


def _current(u: UnitOfWork) -> ColumnElement[bool]:
    return or_(Relation.until.is_(None), Relation.until > today(u))


def _over(u: UnitOfWork, until: date | None) -> bool:
    return until is not None and until <= today(u)


def _topic(topic: str) -> ColumnElement[bool]:
    able = select(Competence.partner_id).where(Competence.topic == topic)
    return Relation.from_partner_id.in_(able) | Relation.to_partner_id.in_(able)


def _named(u: UnitOfWork, q: str) -> ColumnElement[bool]:
    """Keep relations of which one side carries all the words; firms are found as they are everywhere."""
    ids = [firm.id for firm in u.service(Firms).find(u, q, MOST_FIRMS)]
    words = loose(q).split()
    sides: list[ColumnElement[bool]] = [
        and_(*(p.search_text.contains(f" {w}", autoescape=True) for w in words)) for p, _f in _SIDES
    ]
    return or_(*sides, Relation.from_firm_id.in_(ids), Relation.to_firm_id.in_(ids))


def _touches(key: str) -> ColumnElement[bool]:
    return _either_side(int(key[2:]), firm=key.startswith("f"))


def _either_side(number: Any, *, firm: bool) -> ColumnElement[bool]:
    one, other = Relation.from_partner_id, Relation.to_partner_id
    if firm:
        one, other = Relation.from_firm_id, Relation.to_firm_id
    return or_(one == number, other == number)


def _order(order: str) -> list[Any]:
    one, other = (func.coalesce(p.sort_key, f.c.sort_key) for p, f in _SIDES)
    rank = case({kind: place for place, kind in enumerate(RELATIONS)}, value=Relation.kind, else_=len(RELATIONS))
    # A day that nobody knows stands last, whichever way the list runs.
    days = {"seit": Relation.since, "bis": Relation.until}
    name, back = order.removeprefix("-"), order.startswith("-")
    first: Any = {"art": rank, "mit": other, **days}.get(name, one)
    unknown = [first.is_(None)] if name in days else []
    return [*unknown, first.desc() if back else first, one, rank, other, Relation.id]


def _lines(u: UnitOfWork, found: Sequence[Any]) -> list[Line]:
    if not found:
        return []
    rows = [row[0] for row in found]
    sides = many(u, {key for row in rows for key in (row.from_key, row.to_key)})
    may_edit = u.actor.may("partner_network.edit")
    return [
        Line(
            row.id, row.kind, sides[row.from_key], RELATIONS[row.kind].forth, sides[row.to_key], row.since, row.until,
            _over(u, row.until), row.source, row.note, may_edit and u.actor.may_write_unit(row.unit_id),
        )
        for row in rows
        if row.from_key in sides and row.to_key in sides
    ]  # fmt: skip


def _seen_from(key: str, line: Line) -> Line:
    """Turn a line so that the named side stands first."""
    if line.one.key == key:
        return line
    return replace(line, one=line.other, words=RELATIONS[line.kind].back, other=line.one)
