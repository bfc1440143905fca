"""The forms of a partner, of a person there, and of a relation."""

from collections.abc import Iterator

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from wf40.sdk.checks import spoken_phone
from wf40.sdk.forms import DayField, VersionedForm, choices, stripped
from wf40.sdk.topics import TOPICS
from wf40_partner_network import people
from wf40_partner_network.models import Partner, Person
from wf40_partner_network.people import PersonInput
from wf40_partner_network.relations import RelationInput
from wf40_partner_network.service import PartnerInput, stored
from wf40_partner_network.terms import FIELDS, KINDS, PERSON_FIELDS, RELATION_FIELDS, RELATIONS
from wf40_partner_network.texts import _l


class PartnerForm(VersionedForm):
    """A partner as officers keep it; each topic has a tick and a note."""

    name = StringField(FIELDS["name"], [DataRequired(_l("Geben Sie den Namen des Partners ein."))], [stripped])
    kind = SelectField(FIELDS["kind"], choices=choices(KINDS.items()))
    town = StringField(
        FIELDS["town"], filters=[stripped], description=_l("Wer im selben Ort sitzt wie das Unternehmen, steht vorn.")
    )
    website = StringField(FIELDS["website"], filters=[stripped])
    email = EmailField(FIELDS["email"], filters=[stripped])
    phone = TelField(FIELDS["phone"], filters=[stripped])
    note = TextAreaField(FIELDS["note"], filters=[stripped])

    def to_input(self) -> PartnerInput:
        """Return the frozen input."""
        plain = ("name", "kind", "town", "website", "email", "phone", "note")
        topics = {t: self[f"note_{t}"].data or "" for t in TOPICS if self[f"helps_{t}"].data}
        return PartnerInput(topics=topics, **{name: self[name].data for name in plain})

    def topic_fields(self) -> Iterator[tuple[Field, Field]]:
        """Yield for each topic its tick and its note."""
        for topic in TOPICS:
            yield self[f"helps_{topic}"], self[f"note_{topic}"]


for _topic, _label in TOPICS.items():
    setattr(PartnerForm, f"helps_{_topic}", BooleanField(_label))
    setattr(PartnerForm, f"note_{_topic}", StringField(_l("%(topic)s: wobei genau?", topic=_label), filters=[stripped]))


def form_of(row: Partner) -> PartnerForm:
    """Return the form with what is stored, and over it what was typed."""
    values = stored(row)
    ticks = {f"helps_{topic}": topic in row.topics for topic in TOPICS}
    notes = {f"note_{topic}": note for topic, note in row.topics.items()}
    return PartnerForm(data={**values, **ticks, **notes, "phone": spoken_phone(row.phone), "version": row.version})


class PersonForm(VersionedForm):
    """A person at a partner, with what is needed for reaching them at work and nothing private."""

    name = StringField(PERSON_FIELDS["name"], [DataRequired(_l("Geben Sie den Namen der Person ein."))], [stripped])
    role = StringField(PERSON_FIELDS["role"], filters=[stripped])
    phone = TelField(PERSON_FIELDS["phone"], filters=[stripped])
    email = EmailField(PERSON_FIELDS["email"], filters=[stripped])
    topics = StringField(
        PERSON_FIELDS["topics"], filters=[stripped], description=_l("Zum Beispiel „Ausbildung“ oder „Anträge bis 50.000 €“.")
    )  # fmt: skip
    informed_on = DayField(
        PERSON_FIELDS["informed_on"], [Optional()],
        description=_l("Wann Sie der Person gesagt haben, dass Sie ihre Angaben speichern (Art. 14 DSGVO)."),
    )  # fmt: skip

    def to_input(self) -> PersonInput:
        """Return the frozen input."""
        return PersonInput(**{name: value for name, value in self.values().items() if name != "version"})


class RelationForm(VersionedForm):
    """A relation of a partner or firm, read from its side."""

    kind = SelectField(
        RELATION_FIELDS["kind"],
        choices=choices(
            (code + way, words)
            for code, kind in RELATIONS.items()
            for way, words in (("", kind.forth), ("<", kind.back))
            if not (way and kind.mutual)
        ),
    )
    other = StringField(
        RELATION_FIELDS["to"], filters=[stripped], description=_l("Name eines Partners oder eines Unternehmens")
    )
    since = DayField(RELATION_FIELDS["since"], [Optional()], description=_l("Leer, wenn Sie den Beginn nicht kennen"))
    until = DayField(RELATION_FIELDS["until"], [Optional()], description=_l("Leer, solange die Beziehung besteht"))
    source = StringField(
        RELATION_FIELDS["source"], filters=[stripped], description=_l("Woher Sie das wissen, zum Beispiel „Besuch im Mai“")
    )  # fmt: skip
    note = TextAreaField(RELATION_FIELDS["note"], filters=[stripped])

    def to_input(self, one: str) -> RelationInput:
        """Return the frozen input; ``one`` is the key of the side from which it is read."""
        return RelationInput(one, **{name: value for name, value in self.values().items() if name != "version"})


def person_form_of(row: Person) -> PersonForm:
    """Return the form with what is stored, and over it what was typed."""
    return PersonForm(data={**people.stored(row), "phone": spoken_phone(row.phone), "version": row.version})
