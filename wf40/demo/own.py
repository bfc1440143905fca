"""What Musterhausen's office keeps of its own: tags, own fields with their values, and a view that all share."""

import random
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields import filling
from wf40.core.custom_fields import service as custom_fields
from wf40.core.custom_fields.codes import CHOICE, DATE
from wf40.core.custom_fields.queries import own_fields
from wf40.core.custom_fields.rules import FieldInput, OptionInput, Value
from wf40.core.listviews import service as listviews
from wf40.core.tags import service as tags
from wf40.demo.plan import SEED, PlannedFirm, words

RED_INDUSTRY = {"branche": "C", "f-ampel": "red", "sortierung": "employees", "richtung": "ab"}
_OLD_TOWN = frozenset({"Marktplatz", "Hauptstraße", "Rathausgasse", "Kirchplatz", "Lange Straße", "Brückengasse"})
_SHOPS = frozenset({"47", "55", "56", "96"})
_MAKERS = frozenset({"22", "25", "28"})


def keep_own(u: UnitOfWork, planned: Mapping[int, PlannedFirm]) -> list[str]:
    """Write what the head set up one day, for firms by their id; returns a sentence that says how much."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret is drawn
    tagged = _tag(u, chance, planned)
    filled = _fill(u, chance, planned)
    listviews.add_view(u, "firms", urlencode(RED_INDUSTRY), listviews.ViewInput(words()["fields"]["view"], shared=True))
    return [f"{tagged} Unternehmen mit Schlagwörtern, {filled} mit eigenen Feldern, eine geteilte Ansicht"]


def _tag(u: UnitOfWork, chance: random.Random, planned: Mapping[int, PlannedFirm]) -> int:
    family, export, old_town, fair = (tags.add_tag(u, tag["name"], tag["description"]) for tag in words()["tags"])
    carried: dict[int, list[int]] = {}
    for firm_id, firm in planned.items():
        division, old = firm.wz[5:7], (firm.founded_year or 2024) < 1980
        fits = (
            (family, firm.kind in {"company", "sole_trader"} and old and chance.random() < 0.12),
            (export, division in _MAKERS and (firm.employees or 0) >= 50 and chance.random() < 0.5),
            (old_town, division in _SHOPS and firm.street in _OLD_TOWN),
            (fair, bool(firm.abc) and chance.random() < 0.06),
        )
        if own := [tag for tag, true in fits if true]:
            carried[firm_id] = own
    return len(tags.put(u, carried, {}))


def _fill(u: UnitOfWork, chance: random.Random, planned: Mapping[int, PlannedFirm]) -> int:
    named = words()["fields"]
    since = custom_fields.add_field(
        u, FieldInput(named["apprentices"], DATE, "Tag, an dem die Kammer die Eignung festgestellt hat")
    )
    choices = [OptionInput(name, place=place) for place, name in enumerate(named["fair_choices"])]
    fairs = custom_fields.add_field(u, FieldInput(named["fairs"], CHOICE, "Wo das Unternehmen zuletzt stand"), choices)
    options = next(list(f.option_names()) for f in own_fields(u, u.actor.unit_id or 0) if f.id == fairs)
    given: dict[int, dict[int, Value | None]] = {}
    for firm_id, firm in planned.items():
        own: dict[int, Value | None] = {}
        if firm.apprentices and firm.founded_year and chance.random() < 0.6:
            year = chance.randrange(max(1985, firm.founded_year), 2025)
            own[since] = date(year, *chance.choice(((8, 1), (9, 1), (2, 1))))
        if (firm.employees or 0) >= 10 and chance.random() < 0.3:
            own[fairs] = chance.choices(options, (5, 3, 3, 1))[0]
        if own:
            given[firm_id] = own
    return len(filling.put(u, given))
