"""Who can help a firm with a topic, and to whom its concern can be handed on: in an order that each reason explains.

First those that name the topic: partners of the firm's own town, then those with fewer topics (specialists before
all-rounders), then by name. Where fewer than two name it, chambers, associations and authorities follow: an office
does not send a firm to a single provider. To hand a concern on, all partners in use stand to choose from, in the same
order.
"""

from sqlalchemy import Select, bindparam, select

from wf40.sdk.german import sort_key
from wf40.sdk.i18n import Text
from wf40.sdk.refs import FirmRef
from wf40.sdk.statements import kept
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork, requires
from wf40.sdk.values import HelpOffer
from wf40.sdk.work import Recipient
from wf40_partner_network.handed_on import key_of
from wf40_partner_network.models import Partner
from wf40_partner_network.queries import candidates, helps_with
from wf40_partner_network.terms import FIRST_CALLS
from wf40_partner_network.texts import KEY, _, _n

MOST, SEVERAL = 5, 2


@requires("partner_network.read")
def offers(u: UnitOfWork, topic: str, firm: FirmRef) -> list[HelpOffer]:
    """Return at most :data:`MOST` offers; none for an unknown topic or where the office knows no partner."""
    if topic not in TOPICS:
        return []
    given = {"firm": firm.id, "topic": topic}
    fitting = list(u.session.scalars(_fitting(u), given))
    ranked = sorted(fitting, key=lambda p: _rank(p, firm))[:MOST]
    if len(ranked) < SEVERAL:
        rest = sorted(u.session.scalars(_first_calls(u), given), key=lambda p: _rank(p, firm))
        ranked += rest[: SEVERAL - len(ranked) + 1]
    return [
        HelpOffer(key_of(p.id), p.name, _reason(p, topic, firm), f"/p/{KEY}/{p.id}", order)
        for order, p in enumerate(ranked)
    ]


@requires("partner_network.read")
def recipients(u: UnitOfWork, topic: str, firm: FirmRef) -> list[Recipient]:
    """Return all partners to whom a concern can be handed on, those first that name its topic."""
    rows = sorted(
        u.session.scalars(_others(u), {"firm": firm.id}), key=lambda p: (topic not in p.topics, *_rank(p, firm))
    )
    former = _formerly(u)
    return [
        Recipient(
            key_of(p.id), p.name, _("Partner"), _mail(p), _reason(p, topic, firm), f"/p/{KEY}/{p.id}", order,
            former.get(p.id, ()),
        )
        for order, p in enumerate(rows)
    ]  # fmt: skip


def _formerly(u: UnitOfWork) -> dict[int, tuple[str, ...]]:
    """Return for each partner the keys of those that were merged into it."""
    merged = select(Partner.merged_into_id, Partner.id).where(Partner.merged_into_id.is_not(None)).order_by(Partner.id)
    found: dict[int, tuple[str, ...]] = {}
    for into, old in u.session.execute(merged):
        if into is not None:
            found[into] = (*found.get(into, ()), key_of(old))
    return found


def _mail(row: Partner) -> str:
    """Return the partner's own address, else that of the first person who has one."""
    people = (p.email for p in row.people if p.archived_at is None and p.email)
    return row.email or next(people, "")


@kept
def _others(u: UnitOfWork) -> Select[Partner]:
    """Return a select of the partners in use that are not the firm itself."""
    return candidates(u).where((Partner.firm_id != bindparam("firm")) | Partner.firm_id.is_(None))


@kept
def _fitting(u: UnitOfWork) -> Select[Partner]:
    return _others(u).where(helps_with(bindparam("topic")))


@kept
def _first_calls(u: UnitOfWork) -> Select[Partner]:
    return _others(u).where(Partner.kind.in_(FIRST_CALLS), ~helps_with(bindparam("topic")))


def _rank(row: Partner, firm: FirmRef) -> tuple[bool, int, str, int]:
    return not _same_town(row, firm), len(row.competences), row.sort_key, row.id


def _same_town(row: Partner, firm: FirmRef) -> bool:
    return bool(row.town_key) and row.town_key == sort_key(firm.town)


def _reason(row: Partner, topic: str, firm: FirmRef) -> Text:
    """Say in one sentence why a partner is listed, and why at this place."""
    place = _("im selben Ort") if _same_town(row, firm) else row.town or _("Ort nicht angegeben")
    if topic not in TOPICS:
        return place
    if topic not in row.topics:
        return _("%(place)s; hilft allgemein weiter, nennt dieses Thema aber nicht eigens", place=place)
    others = len(row.competences) - 1
    if others:
        width = _n("hilft auch bei einem weiteren Thema", "hilft auch bei %(num)s weiteren Themen", others)
    else:
        width = _("auf dieses Thema spezialisiert")
    note = row.topics[topic]
    return f"{place}; {width}: {note}" if note else f"{place}; {width}"
