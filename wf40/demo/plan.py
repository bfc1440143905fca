"""Plans Musterhausen: which organisations there are and what happened to them. Pure; the same seed, the same town."""

import itertools
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SEED = 4040
ORGANISATIONS = 400
PAST_DAYS = 730
TOPICS = ("digital", "staff", "space", "succession", "energy", "funding", "permit", "location")
_FORMS = (
    ("GmbH", 55),
    ("GmbH & Co. KG", 14),
    ("UG (haftungsbeschränkt)", 8),
    ("KG", 6),
    ("OHG", 5),
    ("AG", 2),
    ("eG", 2),
    ("GbR", 8),
)
_PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ç": "c", "Ç": "C", "ı": "i", "ş": "s",
})  # fmt: skip
_OUTSIDE_REGISTER = frozenset({"GbR", ""})


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """Somebody in a firm; all are reached under the reserved domain ``example``."""

    given_name: str
    family_name: str
    salutation: str
    role: str
    consents: bool


@dataclass(frozen=True, slots=True)
class PlannedTalk:
    """A conversation ``days_ago`` before the day the town is built."""

    days_ago: int
    kind: str
    channel: str
    topics: tuple[str, ...]
    occasion: str
    summary: str
    agreements: str
    confidential: bool


@dataclass(frozen=True, slots=True)
class PlannedSignal:
    """An observation; ``kind`` is one of the catalogue of signals."""

    days_ago: int
    kind: str
    source: str
    until_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedFirm:
    """One organisation. ``digital`` in [0, 1] is how far it usually is; the readiness answers follow it."""

    name: str
    kind: str
    wz: str
    employees: int | None
    apprentices: int | None
    founded_year: int | None
    abc: str
    officer: int
    register_kind: str
    register_number: str
    street: str
    house_number: str
    postcode: str
    business_park: str
    tenure: str
    lease_ends_in_days: int | None
    known_since_days: int
    digital: float
    slug: str
    people: tuple[PlannedPerson, ...] = ()
    talks: tuple[PlannedTalk, ...] = ()
    signals: tuple[PlannedSignal, ...] = ()


@cache
def words() -> dict[str, Any]:
    """Return the vocabulary of the town."""
    with (Path(__file__).parent / "town.toml").open("rb") as source:
        return tomllib.load(source)


@dataclass
class _Planner:
    chance: random.Random
    taken: set[str] = field(default_factory=set)
    register_number: int = 1000

    def organisation(self) -> PlannedFirm:
        trade = self.chance.choices(words()["trades"], [t["weight"] for t in words()["trades"]])[0]
        kind = trade.get("kind", "company")
        if kind == "sole_trader" and self.chance.random() < 0.35:
            kind = "company"
        name, slug = self._name(trade, kind)
        form = name.rpartition(" ")[2] if kind == "company" else ""
        employees = self._employees(trade["size"], kind)
        park = self.chance.choice(words()["parks"]) if trade["wz"][:2] < "50" and self.chance.random() < 0.6 else None
        rented = self.chance.random() < 0.55
        digital = min(0.97, max(0.03, self.chance.gauss(trade["digital"] + _size_bonus(employees), 0.17)))
        known = self.chance.choice((PAST_DAYS, PAST_DAYS, PAST_DAYS, self.chance.randrange(30, PAST_DAYS)))
        surname = slug.rpartition("-")[2]
        return PlannedFirm(
            name=name,
            kind=kind,
            wz=f"2008:{trade['wz']}" if trade["wz"] and self.chance.random() < 0.96 else "",
            employees=employees if self.chance.random() < 0.93 else None,
            apprentices=round(employees * self.chance.uniform(0, 0.12)) if employees and employees > 5 else None,
            founded_year=None if kind == "founder" else self.chance.randrange(1921, 2024),
            abc=self.chance.choices(("A", "B", "C", ""), (1 + (employees or 0) // 15, 4, 6, 8))[0],
            officer=self.chance.randrange(3),
            register_kind=self._register(kind, form),
            register_number=self._number(kind, form),
            street=self.chance.choice(park["streets"] if park else words()["streets"]),
            house_number=f"{self.chance.randrange(1, 120)}{self.chance.choice(('', '', '', 'a', 'b'))}",
            postcode=self.chance.choice(words()["postcodes"]),
            business_park=park["name"] if park else "",
            tenure="rented" if rented else "owned",
            lease_ends_in_days=self.chance.randrange(90, 2200) if rented and self.chance.random() < 0.4 else None,
            known_since_days=known,
            digital=digital,
            slug=slug,
            people=tuple(self._people(kind, surname)),
            talks=tuple(self._talks(known)),
            signals=tuple(self._signals(known)),
        )

    def _name(self, trade: dict[str, Any], kind: str) -> tuple[str, str]:
        for attempt in itertools.count():
            surname = self.chance.choice(words()["surnames"])
            if attempt > 20:  # a larger town than there are surnames: partners found firms
                surname += f" & {self.chance.choice(words()['surnames'])}"
            base = self.chance.choice(trade["names"]).format(s=surname)
            forms, weights = zip(*_FORMS, strict=True)
            ending = {"company": f" {self.chance.choices(forms, weights)[0]}", "association": " e. V."}.get(kind, "")
            if kind == "sole_trader" and self.chance.random() < 0.3:
                ending = " e. K."
            if base not in self.taken:
                self.taken.add(base)
                return base + ending, _slug(base)
        raise AssertionError  # pragma: no cover - the count does not end

    def _employees(self, median: int, kind: str) -> int:
        if kind == "founder":
            return 0
        return max(1, round(median * self.chance.lognormvariate(0, 0.75)))

    def _register(self, kind: str, form: str) -> str:
        if kind == "association":
            return "VR"
        if kind != "company" or form in _OUTSIDE_REGISTER:
            return ""
        return {"KG": "HRA", "OHG": "HRA", "eG": "GnR"}.get(form, "HRB")

    def _number(self, kind: str, form: str) -> str:
        self.register_number += self.chance.randrange(1, 9)
        return str(self.register_number) if self._register(kind, form) else ""

    def _people(self, kind: str, surname_slug: str) -> Iterator[PlannedPerson]:
        roles = ["owner" if kind in ("sole_trader", "freelancer", "founder") else "management"]
        if self.chance.random() < 0.3:
            roles.append(self.chance.choice(("staff", "training", "proxy", "works_council")))
        for position, role in enumerate(roles):
            own = [s for s in words()["surnames"] if _slug(s) == surname_slug] if position == 0 else []
            given_name = self.chance.choice(words()["given_names"])
            yield PlannedPerson(
                given_name=given_name,
                family_name=own[0] if own else self.chance.choice(words()["surnames"]),
                salutation=self.chance.choice(("ms" if given_name in words()["women"] else "mr", "")),
                role=role,
                consents=self.chance.random() < 0.6,
            )

    def _talks(self, known_since: int) -> Iterator[PlannedTalk]:
        for _ in range(self.chance.choices((0, 1, 2, 3, 5), (38, 27, 18, 11, 6))[0]):
            topic = self.chance.choices(TOPICS, (30, 20, 12, 8, 9, 8, 8, 5))[0]
            summary, agreements = self.chance.choice(words()["talks"][topic])
            more = (self.chance.choice(TOPICS),) if self.chance.random() < 0.25 else ()
            kind, channel = self.chance.choice(
                (("advice", "office"), ("visit", "on_site"), ("visit", "on_site"), ("call", "phone"), ("mail", "mail"))
            )
            yield PlannedTalk(
                days_ago=self.chance.randrange(2, max(3, known_since - 5)),
                kind=kind,
                channel=channel,
                topics=tuple(dict.fromkeys((topic, *more))),
                occasion=self.chance.choice(
                    ("Kennenlernen", "Nachfrage", "Anliegen des Unternehmens", "Jahresgespräch")
                ),
                summary=summary,
                agreements=agreements if self.chance.random() < 0.7 else "",
                confidential=self.chance.random() < 0.06,
            )

    def _signals(self, known_since: int) -> Iterator[PlannedSignal]:
        rare = (
            ("key_customer_lost", "Gespräch mit der Geschäftsführung", 0.05),
            ("succession_open", "Besuch im Betrieb", 0.06),
            ("supplier_lost", "Anruf des Unternehmens", 0.02),
            ("insolvency_notice", "Öffentliche Bekanntmachung", 0.008),
            ("closure_announced", "Presse", 0.006),
        )
        for kind, source, share in rare:
            if self.chance.random() < share:
                yield PlannedSignal(self.chance.randrange(3, max(4, known_since - 3)), kind, source)


def town(seed: int = SEED, count: int = ORGANISATIONS) -> list[PlannedFirm]:
    """Return the organisations of the town."""
    planner = _Planner(random.Random(seed))  # noqa: S311 - nothing secret is drawn
    return [planner.organisation() for _ in range(count)]


def _size_bonus(employees: int) -> float:
    return 0.12 if employees >= 50 else -0.06 if employees < 5 else 0.0


def plain(text: str) -> str:
    """Return a name as people write it who have no umlauts at hand."""
    return text.translate(_PLAIN)


def _slug(text: str) -> str:
    folded = plain(text.lower()).replace("&", "und")
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in folded).split())
