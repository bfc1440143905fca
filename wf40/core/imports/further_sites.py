"""Further addresses in a row become sites of the firm, beside its main one; an address that the firm has is not added."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import sites
from wf40.core.firms.sites import SiteInput
from wf40.core.firms.storing import stored_firms
from wf40.core.imports.addresses import split_address
from wf40.core.imports.several import parts_of
from wf40.core.imports.values import shortened
from wf40.matching.names import fold
from wf40.sdk.firm_data import BETWEEN, ImportField, ImportOrigin

KEY = "sites"
_ADDRESS = ("street", "house_number", "postcode", "town")
_OWN = tuple(asdict(SiteInput()))
_NO_JSON = frozenset({"lease_ends_on", "employees_as_of"})
_NEW = "neu-"
Site = dict[str, Any]


def import_field() -> ImportField:
    """Return the columns of files that hold further addresses."""
    return ImportField(
        KEY, _l("Weitere Betriebsstätte"), read, present, store,
        words=("Betriebsstätte", "Betriebsstätten", "Weitere Anschrift", "Weitere Adresse", "Zweitanschrift", "Niederlassung",
               "Niederlassungen", "Filiale", "Filialen", "Zweigstelle", "Weitere Betriebsstätten", "Anschrift 2", "Adresse 2"),
        combine=combine, group=_l("Anschrift"), in_words=in_words, history=histories, several=True,
    )  # fmt: skip


def read(cells: str) -> list[Site]:
    """Return the addresses in some cells; raises :class:`InvalidInput`."""
    found = []
    for text in (part for cell in cells.split(BETWEEN) for part in parts_of("address", cell) or [cell]):
        address = split_address(text) if text.strip() else None
        if address is not None:
            found.append({name: getattr(address, name) or "" for name in _ADDRESS})
        elif text.strip():
            raise InvalidInput(
                _l(
                    "Die Anschrift „%(value)s“ lässt sich nicht aufteilen. Erwartet wird „Straße Nr., PLZ Ort“.",
                    value=shortened(text),
                )
            )
    return found


def combine(now: Mapping[str, Site] | None, read: list[Site], rule: str) -> dict[str, Site]:
    """Return the sites of a firm after a row: those that it has, and those that are new."""
    after = dict(now or {})
    if rule == "fill" and any(not site.get("main") for site in after.values()):
        return after
    for site in read:
        if not any(_same(site, other) for other in after.values()):
            after[f"{_NEW}{len(after)}"] = site
    return after


def _same(one: Site, other: Site) -> bool:
    return all(
        not one[name] or not other[name] or _key(one[name]) == _key(other[name]) for name in ("postcode", "town")
    ) and (_key(one["street"] + one["house_number"]) == _key(other["street"] + other["house_number"]))


def _key(text: str) -> str:
    return fold(text).replace(" ", "").replace("strasse", "str")


def in_words(found: Mapping[str, Site]) -> str:
    """Return addresses in one line each."""
    return "; ".join(sites.one_line(SiteInput(**{name: site[name] for name in _ADDRESS})) for site in found.values())


def histories(found: Mapping[str, Site] | None) -> Collection[str]:
    """Return under which names the history of a firm speaks of sites as a whole."""
    return [f"site:{key}" for key in found or {}]


def present(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, dict[str, Site]]:
    """Return all sites of firms."""
    found: dict[int, dict[str, Site]] = defaultdict(dict)
    for firm_id, firm in stored_firms(u, set(firm_ids)).items():
        for site in firm.sites:
            found[firm_id][str(site.id)] = {name: getattr(site, name) for name in _OWN if name not in _NO_JSON}
    return {firm_id: own for firm_id, own in found.items() if own}


def store(u: UnitOfWork, given: Mapping[int, Any], origin: ImportOrigin) -> list[int]:
    """Add and remove sites until each firm has those given."""
    now = present(u, given)
    changed = []
    for firm_id, wanted in given.items():
        own, new = now.get(firm_id, {}), wanted or {}
        gone, added = [key for key in own if key not in new], [site for key, site in new.items() if key not in own]
        for key in gone:
            sites.remove_site(u, firm_id, int(key), origin.source)
        for site in added:
            known = {name: site[name] for name in _ADDRESS}
            sites.add_site(u, firm_id, SiteInput(**known), origin.source)
        if gone or added:
            changed.append(firm_id)
    return changed
