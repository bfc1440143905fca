"""The form of a partner."""

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
from wtforms.validators import DataRequired

from wf40.sdk.checks import spoken_phone
from wf40.sdk.forms import VersionedForm, choices, stripped
from wf40.sdk.topics import TOPICS
from wf40_partner_network.models import Partner
from wf40_partner_network.service import PartnerInput, stored
from wf40_partner_network.terms import FIELDS, KINDS
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
    contact_name = StringField(
        FIELDS["contact_name"], filters=[stripped], description=_l("Wen Sie dort anrufen. Nur dienstliche Angaben.")
    )
    contact_role = StringField(FIELDS["contact_role"], filters=[stripped])
    note = TextAreaField(FIELDS["note"], filters=[stripped])

    def to_input(self) -> PartnerInput:
        """Return the frozen input."""
        plain = ("name", "kind", "town", "website", "email", "phone", "contact_name", "contact_role", "note")
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
