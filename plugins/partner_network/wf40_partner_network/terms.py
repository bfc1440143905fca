"""The words for codes: kinds of partners, kinds of relations and the names of fields."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    "topics": _l("Hilft bei"),
    "note": _l("Notiz"),
    "firm_id": _l("Eintrag unter Unternehmen"),
    "archived_at": _l("Archiviert"),
    "created": _l("Angelegt"),
    "merged_with": _l("Zusammengeführt mit"),
    "merged_into": _l("Aufgegangen in"),
    "moved": _l("Übernommen"),
}
PERSON_FIELDS: Mapping[str, Text] = {
    "name": _l("Name"),
    "role": _l("Funktion"),
    "phone": _l("Telefon"),
    "email": _l("E-Mail"),
    "topics": _l("Zuständig für"),
    "informed_on": _l("Informiert am"),
    "archived_at": _l("Archiviert"),
    "created": _l("Angelegt"),
    "partner_id": _l("Partner"),
}
RELATION_FIELDS: Mapping[str, Text] = {
    "from": _l("Wer"),
    "kind": _l("Beziehung"),
    "to": _l("Mit wem"),
    "since": _l("Seit"),
    "until": _l("Bis"),
    "source": _l("Quelle"),
    "note": _l("Notiz"),
}


@dataclass(frozen=True, slots=True)
class RelationKind:
    """How a relation reads from its one side and from the other; ``mutual`` ones read the same from both."""

    forth: Text
    back: Text
    mutual: bool = False


def _mutual(words: Text) -> RelationKind:
    return RelationKind(words, words, mutual=True)


RELATIONS: Mapping[str, RelationKind] = {
    "supplies": RelationKind(_l("liefert an"), _l("wird beliefert von")),
    "cooperates": _mutual(_l("arbeitet zusammen mit")),
    "advises": RelationKind(_l("berät"), _l("wird beraten von")),
    "member_of": RelationKind(_l("ist Mitglied von"), _l("hat als Mitglied")),
    "researches_with": _mutual(_l("forscht mit")),
    "mentors": RelationKind(_l("begleitet"), _l("wird begleitet von")),
    "finances": RelationKind(_l("finanziert"), _l("wird finanziert von")),
    "trains_for": RelationKind(_l("bildet aus für"), _l("lässt ausbilden bei")),
    "owns": RelationKind(_l("ist beteiligt an"), _l("gehört zum Teil")),
    "rents_to": RelationKind(_l("vermietet an"), _l("mietet von")),
}
RELATION_LABELS: Mapping[str, Text] = {kind: words.forth for kind, words in RELATIONS.items()}
