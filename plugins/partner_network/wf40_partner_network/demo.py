"""Partners of the demo town. Organisations and people are made up; addresses end in .example."""

from collections import Counter
from collections.abc import Collection, Iterable
from random import Random

from wf40.sdk.german import fold
from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork
from wf40_partner_network.demo_partners import GIVEN_NAMES, PARTNERS, SURNAMES, DemoPartner
from wf40_partner_network.service import PartnerInput, add_partner, archive_partner, tie_to_firm

MENTORS = 2
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
    ids = [add_partner(u, _partner(p, home, rng), unit_id) for p in PARTNERS]
    archive_partner(u, ids[-1])
    mentors = [f for f in sorted(firms, key=lambda f: f.id) if f.unit_id == unit_id and f.employees and f.town == home]
    chosen = rng.sample(mentors, min(MENTORS, len(mentors)))
    for firm, topics in zip(chosen, _MENTOR_TOPICS, strict=False):
        given = PartnerInput(
            firm.name, "company", firm.town, topics=topics, note="Patenunternehmen: empfängt Besuch nach Absprache."
        )
        tie_to_firm(u, add_partner(u, given, unit_id), firm.id)
    return [f"{len(ids) + len(chosen)} Partner im Netzwerk, einer davon archiviert"]


def _partner(made: DemoPartner, home: str, rng: Random) -> PartnerInput:
    name = f"{rng.choice(GIVEN_NAMES)} {rng.choice(SURNAMES)}"
    domain = f"{fold(made.short).replace(' ', '-')}.example"
    number = f"+49 30 23125{rng.randrange(1000):03d}"  # a range kept free for fiction
    return PartnerInput(
        name=made.name.format(town=home),
        kind=made.kind,
        town=made.town or home,
        website=f"https://www.{domain}",
        email=f"{fold(name).replace(' ', '.')}@{domain}",
        phone=number,
        contact_name=name,
        contact_role=made.role,
        topics=made.topics,
        note=made.note,
    )
