"""The words for codes: kinds of partners and the names of fields."""

from collections.abc import Mapping

from wf40.sdk.i18n import Text
from wf40_partner_network.texts import _l

KINDS: Mapping[str, Text] = {
    "chamber": _l("Kammer"),
    "university": _l("Hochschule"),
    "consultancy": _l("Beratung"),
    "association": _l("Verband"),
    "company": _l("Unternehmen"),
    "authority": _l("Behörde"),
    "other": _l("Sonstige"),
}
FIRST_CALLS = frozenset({"chamber", "association", "authority"})
"""Kinds that listen to any firm, whatever its topic: the first place to ask when nobody names the topic."""
FIELDS: Mapping[str, Text] = {
    "name": _l("Name"),
    "kind": _l("Art"),
    "town": _l("Ort"),
    "website": _l("Website"),
    "email": _l("E-Mail"),
    "phone": _l("Telefon"),
    "contact_name": _l("Ansprechperson"),
    "contact_role": _l("Funktion"),
    "topics": _l("Hilft bei"),
    "note": _l("Notiz"),
    "firm_id": _l("Eintrag unter Unternehmen"),
    "archived_at": _l("Archiviert"),
    "created": _l("Angelegt"),
}
