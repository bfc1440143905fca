"""The kinds of signals an officer can record: figures from ``kinds.toml``, words from here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.scoring.parameters import SignalCourse, SignalKind, parameters_from

LABELS: Mapping[str, Text] = {
    "closure_announced": _l("Schließung angekündigt"),
    "relocation_announced": _l("Wegzug angekündigt"),
    "insolvency_notice": _l("Insolvenz bekannt gemacht"),
    "mass_layoff_notice": _l("Massenentlassung angezeigt"),
    "key_customer_lost": _l("Wichtigen Auftraggeber verloren"),
    "succession_open": _l("Inhaber/in 60+ ohne Nachfolgeplan"),
    "lease_ends": _l("Mietvertrag endet"),
    "payment_trouble": _l("Zahlungsschwierigkeiten"),
    "product_outdated": _l("Kernprodukt verliert seinen Markt"),
    "supplier_lost": _l("Wichtigen Lieferanten verloren"),
    "key_person_left": _l("Schlüsselperson hat das Unternehmen verlassen"),
    "short_time_work": _l("Kurzarbeit"),
    "staff_shortage": _l("Fachkräftemangel"),
    "energy_costs": _l("Belastung durch Energiekosten"),
    "no_room_to_grow": _l("Fläche reicht nicht mehr"),
    "investment_stopped": _l("Geplante Investition gestoppt"),
    "sector_news": _l("Schlechte Nachricht aus der Branche"),
    "other": _l("Anderes Signal"),
}

RESOLUTIONS: Mapping[str, Text] = {
    "solved": _l("Gelöst"),
    "over": _l("Hat sich erledigt"),
    "unconfirmed": _l("Hat sich nicht bestätigt"),
    "occurred": _l("Ist eingetreten"),
}

FIELDS: Mapping[str, Text] = {
    "created": _l("Erfasst"),
    "kind": _l("Art"),
    "label": _l("In Kürze"),
    "note": _l("Notiz"),
    "source": _l("Quelle"),
    "observed_on": _l("Beobachtet am"),
    "until": _l("Termin"),
    "strength": _l("Stärke"),
    "source_event": _l("Ereignis"),
    "resolved_on": _l("Geklärt am"),
    "resolution": _l("Ausgang"),
    "resolution_note": _l("Was daraus wurde"),
    "archived_at": _l("Archiviert"),
}

EMPHASES: Mapping[str, tuple[Text, float]] = {
    "less": (_l("weniger als üblich"), 0.5),
    "usual": (_l("wie üblich"), 1.0),
    "more": (_l("mehr als üblich"), 1.5),
}
STRONGEST = 0.95


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of signal. ``hard`` makes the Ampel red; with ``hard_before_months`` only that close to its date."""

    figures: SignalKind
    label: Text
    hard: bool
    hard_before_months: float | None

    @property
    def id(self) -> str:
        return self.figures.id

    @property
    def needs_date(self) -> bool:
        """Whether it moves towards a date, which must then be known."""
        return self.figures.course is SignalCourse.RISES

    def strength(self, emphasis: str) -> float:
        """The strength that a new signal starts with, in [0, 1]."""
        return min(STRONGEST, self.figures.strength * EMPHASES[emphasis][1])


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by id, in the order of the file."""
    content = tomllib.loads(files(__package__).joinpath("kinds.toml").read_text("utf-8"))
    before: Mapping[str, float] = content.pop("hard_before_months")
    parameters = parameters_from(content)
    return {
        figures.id: Kind(figures, LABELS[figures.id], figures.id in parameters.hard_triggers, before.get(figures.id))
        for figures in parameters.signals
    }


def kind_label(kind: str) -> Text:
    """The name of a kind; of one that the catalogue no longer has, its id."""
    return LABELS.get(kind, kind)
