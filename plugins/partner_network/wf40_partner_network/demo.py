"""Partners of the demo town, the people there and who works with whom. All made up; addresses end in .example."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from random import Random

from wf40.sdk.german import fold
from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork
from wf40_partner_network.clock import today
from wf40_partner_network.demo_partners import GIVEN_NAMES, PARTNERS, SECOND_ROLES, SURNAMES, DemoPartner
from wf40_partner_network.demo_relations import AMONG_PARTNERS, FIRMS_IN_NET, SOURCES, TO_FIRMS
from wf40_partner_network.people import PersonInput, add_person
from wf40_partner_network.relations import RelationInput, add_relation
from wf40_partner_network.service import PartnerInput, add_partner, archive_partner, tie_to_firm

MENTORS = 2
MAKERS = range(10, 54)
"""WZ divisions of those who make, build, trade and carry things: they supply each other."""
_MENTOR_TOPICS = (
    {"digital": "zeigt seinen Betrieb und berichtet, was die Umstellung gekostet hat"},
    {"succession": "hat selbst übernommen und berichtet davon"},
)


def fill(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Add the partners to the unit that looks after most firms; two firms become mentors of others."""
    rng = Random(seed)  # noqa: S311 - made-up data
    units = Counter(firm.unit_id for firm in firms)
    unit_id = units.most_common(1)[0][0] if units else u.actor.unit_id
    if unit_id is None:
        return []
    town = Counter(firm.town for firm in firms if firm.town).most_common(1)
    home = town[0][0] if town else "Musterhausen"
    ids = {p.short: _add(u, p, home, unit_id, rng) for p in PARTNERS}
    archive_partner(u, ids[PARTNERS[-1].short])
    own = [f for f in sorted(firms, key=lambda f: f.id) if f.unit_id == unit_id and f.employees]
    mentors = [f for f in own if f.town == home]
    chosen = rng.sample(mentors, min(MENTORS, len(mentors)))
    for firm, topics in zip(chosen, _MENTOR_TOPICS, strict=False):
        given = PartnerInput(
            firm.name, "company", firm.town, topics=topics, note="Patenunternehmen: empfängt Besuch nach Absprache."
        )
        tie_to_firm(u, add_partner(u, given, unit_id), firm.id)
    related = _relate(u, ids, [f for f in own if f not in chosen], unit_id, rng)
    said = [f"{len(ids) + len(chosen)} Partner im Netzwerk, einer davon archiviert"]
    return [*said, f"{related} Beziehungen zwischen Partnern und Unternehmen"]


def _add(u: UnitOfWork, made: DemoPartner, home: str, unit_id: int, rng: Random) -> int:
    domain = f"{fold(made.short).replace(' ', '-')}.example"
    given = PartnerInput(
        name=made.name.format(town=home),
        kind=made.kind,
        town=made.town or home,
        website=f"https://www.{domain}",
        email=f"info@{domain}",
        phone=_number(rng),
        topics=made.topics,
        note=made.note,
    )
    partner_id = add_partner(u, given, unit_id)
    roles = [made.role, rng.choice(SECOND_ROLES)] if rng.random() < 0.5 else [made.role]
    for role in roles:
        name = f"{rng.choice(GIVEN_NAMES)} {rng.choice(SURNAMES)}"
        informed = today(u) - timedelta(days=rng.randrange(30, 400)) if rng.random() < 0.8 else None
        mail = f"{fold(name).replace(' ', '.')}@{domain}"
        add_person(u, partner_id, PersonInput(name, role, mail, _number(rng), informed_on=informed))
    return partner_id


def _number(rng: Random) -> str:
    return f"+49 30 23125{rng.randrange(1000):03d}"  # a range kept free for fiction


def _relate(u: UnitOfWork, ids: dict[str, int], firms: list[FirmRef], unit_id: int, rng: Random) -> int:
    """Add what partners are to each other and to firms, and which firms supply which."""
    makers = [f for f in firms if f.division.isdigit() and int(f.division) in MAKERS]
    chosen = makers if len(makers) >= FIRMS_IN_NET else firms
    in_net = rng.sample(chosen, min(FIRMS_IN_NET, len(chosen)))
    wanted = [(f"p-{ids[one]}", kind, f"p-{ids[other]}", True) for one, kind, other in AMONG_PARTNERS]
    for short, kind, count in TO_FIRMS:
        wanted += [(f"p-{ids[short]}", kind, f"f-{f.id}", True) for f in rng.sample(in_net, min(count, len(in_net)))]
    # Who makes things stands in the middle of the chain and buys from several.
    for place, firm in enumerate(in_net[1:], 1):
        buyer = in_net[rng.randrange(place) // 2]
        wanted.append((f"f-{firm.id}", "supplies", f"f-{buyer.id}", rng.random() < 0.9))
    for one, kind, other, lasts in wanted:
        since = date(today(u).year - rng.randrange(1, 9), rng.randrange(1, 13), 1)
        given = RelationInput(
            one, kind, other,
            since if rng.random() < 0.8 else None,
            None if lasts else today(u) - timedelta(days=rng.randrange(20, 200)),
            source=rng.choice(SOURCES),
        )  # fmt: skip
        add_relation(u, given, unit_id)
    return len(wanted)
