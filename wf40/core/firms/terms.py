"""The words for codes: kinds of organisation, states, size classes, registers, and the names of fields."""

from collections.abc import Mapping
from types import MappingProxyType

from wf40.base.errors import Text
from wf40.base.i18n import _, _l, _pl
from wf40.matching.legal_forms import legal_forms

KINDS: dict[str, Text] = {
    "company": _pl("Einzahl", "Unternehmen"),
    "sole_trader": _l("Einzelunternehmen"),
    "freelancer": _l("Freier Beruf"),
    "association": _l("Verein"),
    "public_body": _l("Öffentliche Einrichtung"),
    "founder": _l("Gründung in Vorbereitung"),
}
UNLISTED_KIND = "association"
"""Outside the list unless it is asked for: registers hold thousands of associations that no office looks after."""
STATUSES: dict[str, Text] = {
    "active": _l("Tätig"),
    "dissolved": _l("Aufgelöst"),
    "moved": _l("Weggezogen"),
}
ABC: dict[str, Text] = {"A": _l("A – enge Betreuung"), "B": _l("B – regelmäßig"), "C": _l("C – bei Bedarf")}
REGISTERS: dict[str, Text] = {
    "HRA": _l("HRA – Handelsregister A"),
    "HRB": _l("HRB – Handelsregister B"),
    "GnR": _l("GnR – Genossenschaftsregister"),
    "PR": _l("PR – Partnerschaftsregister"),
    "VR": _l("VR – Vereinsregister"),
    "GsR": _l("GsR – Gesellschaftsregister"),
}
TENURES: dict[str, Text] = {"owned": _l("Eigentum"), "rented": _l("Miete oder Pacht")}
SIZES: dict[str, tuple[Text, int, int | None]] = {
    "unter-10": (_l("unter 10 Beschäftigte"), 0, 10),
    "unter-50": (_l("10 bis 49"), 10, 50),
    "unter-250": (_l("50 bis 249"), 50, 250),
    "ab-250": (_l("250 und mehr"), 250, None),
}
"""Size classes: label, first count that belongs, first count that no longer belongs."""
UNKNOWN_SIZE = "unbekannt"
FIELDS: dict[str, Text] = {
    "name": _l("Name"),
    "trade_name": _l("Geschäftsbezeichnung"),
    "former_names": _l("Frühere Namen"),
    "kind": _l("Art"),
    "parent_id": _l("Gehört zu"),
    "branch_of": _l("Hauptsitz andernorts"),
    "legal_form": _l("Rechtsform"),
    "register_kind": _l("Registerart"),
    "register_number": _l("Registernummer"),
    "register_suffix": _l("Zusatz zur Registernummer"),
    "register_court": _l("Registergericht"),
    "vat_id": _l("USt-IdNr."),
    "economic_id": _l("W-IdNr."),
    "source_key": _l("Kennung in der Quelle"),
    "wz": _l("Branche (WZ)"),
    "wz_code": _l("Branche (WZ)"),
    "wz_edition": _l("Ausgabe der WZ"),
    "founded_year": _l("Gründungsjahr"),
    "website": _l("Website"),
    "email": _l("E-Mail"),
    "phone": _l("Telefon"),
    "town": _l("Sitz (Ort)"),
    "officer_id": _l("Zuständig"),
    "abc": _l("ABC"),
    "care_interval_days": _l("Betreuungsintervall in Tagen"),
    "employees": _l("Beschäftigte"),
    "apprentices": _l("Auszubildende"),
    "status": _l("Zustand"),
    "note": _l("Notiz"),
    "source": _l("Quelle"),
    "as_of": _l("Stand"),
    "archived_at": _l("Archiviert"),
    "deleted_at": _l("Im Papierkorb"),
    "created": _l("Angelegt"),
    "merged_with": _l("Zusammengeführt mit"),
    "merged_into": _l("Aufgegangen in"),
    "separated_from": _l("Wieder getrennt von"),
    "label": _l("Bezeichnung"),
    "street": _l("Straße"),
    "house_number": _l("Hausnummer"),
    "postcode": _l("PLZ"),
    "site_town": _l("Ort"),
    "ags": _l("Gemeindeschlüssel (AGS)"),
    "business_park": _l("Gewerbegebiet"),
    "employees_as_of": _l("Beschäftigte am"),
    "tenure": _l("Eigentum oder Miete"),
    "lease_ends_on": _l("Mietvertrag endet am"),
    "main": _l("Hauptstandort"),
}


def legal_form_label(code: str) -> str:
    """Return the short name of a legal form, empty for an unknown code."""
    form = legal_forms().get(code)
    return form.short if form else ""


SOURCES: dict[str, Text] = {
    "Eigene Erfassung": _l("Eigene Erfassung"),
    "Import zurückgenommen": _l("Import zurückgenommen"),
}


def source_words(source: str) -> Text:
    """Return a stored source; the one that the product itself writes comes in the present language."""
    return SOURCES.get(source, source)


def is_own_field(name: str) -> bool:
    """Tell whether a field of a history is one of firms or their sites, and not of another slice or plugin."""
    return name in FIELDS or name.startswith("site:")


def field_label(name: str, foreign: Mapping[str, Text] = MappingProxyType({})) -> str:
    """Return the words for a field of a history; those of a site are stored as ``site:<id>:<field>``.

    ``foreign`` holds the words for fields of other slices and plugins.
    """
    prefix, _colon, rest = name.partition(":")
    if prefix != "site":
        return str(FIELDS.get(name) or foreign.get(name) or _("Weitere Angabe"))
    field = rest.partition(":")[2]
    if not field:
        return _("Betriebsstätte")
    label = FIELDS["site_town"] if field == "town" else FIELDS.get(field, field)
    return _("Betriebsstätte: %(field)s", field=label)
