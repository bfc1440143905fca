"""Builds Musterhausen through the services that officers use, in the order of time, in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import select, text

from wf40.base.access import Actor
from wf40.base.clock import SettableClock
from wf40.base.outbox import OutboxMail, mark_done
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import service as accounts
from wf40.core.accounts.identity import permissions_of
from wf40.core.consultations import service as consultations
from wf40.core.consultations.rules import ConsultationInput
from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ConsentInput, ContactInput
from wf40.core.duplicates import scanner
from wf40.core.duplicates.queries import open_counts
from wf40.core.duplicates.records import RECORDS
from wf40.core.firms import service as firms
from wf40.core.firms import sites
from wf40.core.office import service as office
from wf40.core.risk.renewal import rescore
from wf40.core.signals import service as signals
from wf40.demo.circle import Circle, Talk
from wf40.demo.doubles import add_double, doubles
from wf40.demo.later import LaterSearch
from wf40.demo.lists import read_list
from wf40.demo.own import keep_own
from wf40.demo.plan import PAST_DAYS, SEED, PlannedFirm, PlannedSignal, PlannedTalk, town
from wf40.sdk import Spec, roles
from wf40.sdk.services import Firms, Search

if TYPE_CHECKING:
    from wf40.app import Product

LAND = "BW"
DEPARTMENTS = (
    ("Ausländerbehörde", "auslaenderbehoerde", "Frau Demir", ("staff",), "Fachkräfteverfahren nur mit Termin."),
    (
        "Bauordnungsamt",
        "bauordnung",
        "Herr Kastner",
        ("permit", "location"),
        "Braucht Lageplan und Betriebsbeschreibung.",
    ),
    ("Gewerbeamt", "gewerbe", "Frau Brandl", ("permit", "succession"), ""),
    ("Liegenschaftsamt", "liegenschaften", "Frau Oster", ("space", "location"), ""),
    ("Tiefbauamt", "tiefbau", "Herr Vogt", ("digital", "location"), "Auch Glasfaser und Baustellen vor dem Betrieb."),
    ("Umweltamt", "umwelt", "Frau Lindner", ("energy", "permit"), ""),
)
"""Name, post box, whom to ask for, topics and what to know; the town's departments."""
PASSWORD = "Musterhausen an der Muster"  # noqa: S105 - printed at the start of the demo, which runs on loopback only
TOWN = "Musterhausen"
SOURCE = "Gewerbeliste Musterhausen (erfunden)"
OFFICERS = 3
TWICE_DAYS, SET_UP_DAYS, LIST_DAYS = 27, 25, 12
"""So long ago firms were entered twice, own fields set up and a list read in; every firm was known by then."""


@dataclass(frozen=True, slots=True)
class Login:
    """One account of the demo."""

    email: str
    title: str
    role: str
    name: str


LOGINS = (
    Login("leitung@musterhausen.example", "Leitung", roles.LEAD, "Katrin Adler"),
    Login("beratung@musterhausen.example", "Beratung", roles.ADVISOR, "Jens Wolter"),
    Login("beratung2@musterhausen.example", "Beratung", roles.ADVISOR, "Meryem Aksoy"),
    Login("lesen@musterhausen.example", "Lesen", roles.READER, "Paul Lesemann"),
    Login("datenschutz@musterhausen.example", "Datenschutz", roles.PRIVACY, "Dora Schutz"),
    Login("verwaltung@musterhausen.example", "Administration", roles.ADMIN, "Ida Technik"),
)


def is_built(product: "Product") -> bool:
    """Tell whether the database holds an office already."""
    with product.database.read(Actor.system("demo")) as u:
        return u.session.scalar(text("SELECT 1 FROM unit")) is not None


def build(product: "Product") -> list[str]:
    """Build the town and return sentences that say what was made. A failure leaves nothing behind, or the town without its list."""
    now = product.database.clock.now()
    today = now.replace(hour=9, minute=0, second=0, microsecond=0)
    if today > now:  # built before the office opens: nothing may have happened in the future
        today -= timedelta(days=1)
    clock = SettableClock(today - timedelta(days=PAST_DAYS + 1))
    # Nothing is sent and no event is handled while the past is written; the score is computed once at its end.
    past = replace(product.database, clock=clock, subscribers=lambda _event: (), after_commit=lambda _events: None)
    search = LaterSearch(cast("Search", past.services[Search]))
    with replace(past, services={**past.services, Search: search}).write(Actor.system("demo")) as u:
        builder = _Builder(u, product, clock, today)
        said = builder.build()
        clock.moment, u.actor = today, builder.actors[0]
        refs = list(u.service(Firms).many(u, builder.firm_ids).values())
        said += product.hooks.each(Spec.demo_data, u, refs, SEED)
        said += Circle(u, clock, today).follow(builder.talks)
        builder.enter_twice()
        clock.moment, u.actor = today - timedelta(days=SET_UP_DAYS), builder.actors[0]
        said += keep_own(u, builder.planned())
        clock.moment, u.actor = today, Actor.system("demo")
        _forget_mails(u)
        rescore(u, builder.firm_ids, "nightly")
        search.catch_up(u)
    clock.moment = today - timedelta(days=LIST_DAYS)
    said.append(read_list(past, builder.actors[0], town(), TOWN, clock.moment.date()))
    clock.moment = today
    with past.write(Actor.system("demo")) as u:
        touched = text("SELECT firm_id FROM import_row WHERE outcome IN ('created', 'updated')")
        rescore(u, list(u.session.scalars(touched)), "nightly")
    for records in RECORDS.values():
        scanner.check_changed(past, records=records)
    with past.read(builder.actors[0]) as u:
        firms_twice, persons_twice = (sum(open_counts(u, kind).values()) for kind in RECORDS)
    return [*said, f"Vielleicht doppelt: {firms_twice} Unternehmen, {persons_twice} Personen"]


def _mail(place: int, firm: PlannedFirm) -> str:
    return f"person{place}@{firm.slug}.example"


def _forget_mails(u: UnitOfWork) -> None:
    """Close the mails of the past as if they had been sent then."""
    u.session.flush()
    for row in u.session.scalars(select(OutboxMail)):
        mark_done(row, row.created_at)
    u.session.flush()


def _phone(number: int) -> str:
    """Return a number of its own that does not end with 0, as only switchboards do."""
    tens, ones = divmod(number % 450, 9)
    return f"069 90009{tens:02d}{ones + 1}"


class _Builder:
    """Writes the town's past; each step at its own moment and by its own officer."""

    def __init__(self, u: UnitOfWork, product: "Product", clock: SettableClock, today: datetime) -> None:
        self.u = u
        self.product = product
        self.clock = clock
        self.today = today
        self.actors: list[Actor] = []
        self.firm_ids: list[int] = []
        self.talks: list[Talk] = []
        self._ids: dict[int, tuple[int, list[int]]] = {}

    def build(self) -> list[str]:
        """Write accounts and, day by day, what happened."""
        self._add_accounts()
        self._set_up_office()
        planned = town()
        steps = sorted(self._steps(planned), key=lambda step: (-step[0], step[1]))
        for days_ago, number, work in steps:
            self.clock.moment = self.today - timedelta(days=days_ago)
            firm = planned[number]
            self.u.actor = self.actors[firm.officer]
            if work is None:
                self._add_firm(number, firm)
            elif isinstance(work, PlannedTalk):
                self._record_talk(number, firm, work)
            else:
                self._record_signal(number, work)
        self.u.actor = Actor.system("demo")
        talks = sum(len(firm.talks) for firm in planned)
        return [f"{len(planned)} Organisationen", f"{talks} Gespräche aus zwei Jahren"]

    def planned(self) -> dict[int, PlannedFirm]:
        """Return the organisations by the id of their firm."""
        return dict(zip((self._ids[number][0] for number in sorted(self._ids)), town(), strict=True))

    def enter_twice(self) -> None:
        """Let a colleague enter some firms that are there already."""
        planned = town()
        self.clock.moment, self.u.actor = self.today - timedelta(days=TWICE_DAYS), self.actors[-1]
        for double in doubles(planned):
            firm, phone = planned[double.number], _phone(double.number)
            self.firm_ids.append(add_double(self.u, double, firm, phone, _mail(1, firm), TOWN))

    def _add_accounts(self) -> None:
        unit_id = accounts.add_unit(self.u, self.product.settings.office_name)
        for login in LOGINS:
            given = accounts.AccountInput(
                login.email, login.name, login.role, unit_id, phone="069 90009000", password=PASSWORD
            )
            user_id = accounts.add_user(self.u, given)
            if len(self.actors) < OFFICERS:
                allowed = permissions_of(self.product.hooks, login.role)
                self.actors.append(
                    Actor("user", login.name, user_id, unit_id, frozenset({unit_id}), login.role, allowed)
                )

    def _set_up_office(self) -> None:
        """Let the head choose the Land and enter the departments."""
        self.u.actor = self.actors[0]
        office.set_land(self.u, LAND)
        for number, (name, box, person, topics, note) in enumerate(DEPARTMENTS):
            phone = f"069 90007{number:03d}"
            given = office.DepartmentInput(name, f"{box}@musterhausen.example", phone, person, topics, note)
            office.add_department(self.u, given)

    def _steps(self, planned: list[PlannedFirm]) -> Iterator[tuple[int, int, PlannedTalk | PlannedSignal | None]]:
        for number, firm in enumerate(planned):
            yield firm.known_since_days, number, None
            works: list[PlannedTalk | PlannedSignal] = [*firm.talks, *firm.signals]
            for work in works:
                yield work.days_ago, number, work

    def _add_firm(self, number: int, firm: PlannedFirm) -> None:
        officer = self.actors[firm.officer].user_id if firm.abc else None
        firm_id = firms.create_firm(
            self.u,
            firms.FirmInput(
                name=firm.name,
                kind=firm.kind,
                register_kind=firm.register_kind,
                register_number=firm.register_number,
                register_court=TOWN if firm.register_kind else "",
                wz=firm.wz,
                founded_year=firm.founded_year,
                website=f"www.{firm.slug}.example" if firm.digital > 0.25 else "",
                phone=_phone(number),
                town=TOWN,
                officer_id=officer,
                abc=firm.abc,
                care_interval_days={"A": 180, "B": 365}.get(firm.abc),
                source=SOURCE,
            ),
        )
        sites.add_site(self.u, firm_id, self._site(firm))
        people = [contacts.add_contact(self.u, firm_id, given) for given in self._people(number, firm)]
        for contact_id, person in zip(people, firm.people, strict=True):
            if person.consents:
                today = self.clock.now().date()
                for purpose in ("survey", "information"):
                    contacts.give_consent(self.u, contact_id, ConsentInput(purpose, "mail", today, "written"))
        self.firm_ids.append(firm_id)
        self._ids[number] = (firm_id, people)

    def _site(self, firm: PlannedFirm) -> sites.SiteInput:
        ends = self.today.date() + timedelta(days=firm.lease_ends_in_days) if firm.lease_ends_in_days else None
        return sites.SiteInput(
            label="Hauptsitz",
            street=firm.street,
            house_number=firm.house_number,
            postcode=firm.postcode,
            town=TOWN,
            business_park=firm.business_park,
            employees=firm.employees,
            employees_as_of=self.clock.now().date() if firm.employees is not None else None,
            apprentices=firm.apprentices,
            tenure=firm.tenure,
            lease_ends_on=ends,
            main=True,
        )

    def _people(self, number: int, firm: PlannedFirm) -> Iterator[ContactInput]:
        for position, person in enumerate(firm.people):
            yield ContactInput(
                family_name=person.family_name,
                given_name=person.given_name,
                salutation=person.salutation,
                role=person.role,
                email=_mail(position + 1, firm),
                phone=f"069 90009{500 + (number * 2 + position) % 500:03d}",
                main=position == 0,
            )

    def _record_talk(self, number: int, firm: PlannedFirm, talk: PlannedTalk) -> None:
        firm_id, people = self._ids[number]
        given = ConsultationInput(
            kind=talk.kind,
            channel=talk.channel,
            held_on=self.clock.now().date(),
            occasion=talk.occasion,
            summary=talk.summary,
            agreements=talk.agreements,
            confidentiality="officer" if talk.confidential and firm.abc else "internal",
            topics=talk.topics,
            contact_ids=tuple(people[:1]),
        )
        talk_id = consultations.add_consultation(self.u, firm_id, given)
        if given.confidentiality == "internal":
            officer = self.actors[firm.officer]
            self.talks.append(Talk(talk.days_ago, talk_id, firm_id, given.contact_ids, talk.topics[0], officer))

    def _record_signal(self, number: int, planned: PlannedSignal) -> None:
        given = signals.SignalInput(kind=planned.kind, source=planned.source, observed_on=self.clock.now().date())
        signals.record_signal(self.u, self._ids[number][0], given)
