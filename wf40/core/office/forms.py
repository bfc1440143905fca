"""Forms of the office's calendar and of its departments."""

from wtforms import BooleanField, EmailField, SelectField, SelectMultipleField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from wf40.base.checks import spoken_phone
from wf40.base.i18n import _l
from wf40.core.office.calendar import LANDS, Closing
from wf40.core.office.models import Department
from wf40.core.office.rules import FIELDS, DepartmentInput, closing
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped
from wf40.sdk.topics import TOPICS


class LandForm(BaseForm):
    """Whose public holidays hold."""

    land = SelectField(_l("Land"), choices=choices(LANDS.items()))


class ClosingForm(BaseForm):
    """A further closing day."""

    day = DayField(_l("Tag"), [InputRequired(_l("Geben Sie den Tag ein, an dem das Amt geschlossen ist."))])
    label = StringField(_l("Grund"), filters=[stripped])
    yearly = BooleanField(_l("Jedes Jahr an diesem Tag"))

    def to_closing(self) -> Closing:
        """Return the closing day; raises :class:`InvalidInput`."""
        return closing(self.day.data, self.label.data, yearly=self.yearly.data)


class DepartmentForm(VersionedForm):
    """A department (Fachamt)."""

    name = StringField(FIELDS["name"], [DataRequired(_l("Geben Sie den Namen des Fachamts ein."))], [stripped])
    email = EmailField(
        FIELDS["email"], filters=[stripped], description=_l("Dorthin gehen Anliegen. Am besten ein Sammelpostfach.")
    )
    phone = TelField(
        FIELDS["phone"],
        filters=[stripped],
        description=_l("Ohne E-Mail-Adresse geben Sie Anliegen telefonisch weiter."),
    )
    contact_name = StringField(
        FIELDS["contact_name"], filters=[stripped], description=_l("Wen Sie dort ansprechen. Nur dienstliche Angaben.")
    )
    topics = SelectMultipleField(
        FIELDS["topics"],
        choices=choices(TOPICS.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Bei diesen Themen steht das Fachamt beim Weitergeben vorn."),
    )
    note = TextAreaField(
        FIELDS["note"], filters=[as_typed], description=_l("Zum Beispiel: welche Unterlagen es braucht.")
    )

    def to_input(self) -> DepartmentInput:
        """Return the frozen input."""
        return DepartmentInput(
            self.name.data,
            self.email.data,
            self.phone.data,
            self.contact_name.data,
            tuple(self.topics.data or ()),
            self.note.data,
        )


def form_of(row: Department) -> DepartmentForm:
    """Return the form with what is stored, and over it what was typed."""
    return DepartmentForm(data=_stored(row))


def stored_form(row: Department) -> DepartmentForm:
    """Return the form with what is stored alone."""
    return DepartmentForm(formdata=None, data=_stored(row))


def _stored(row: Department) -> dict[str, object]:
    values = {name: getattr(row, name) for name in FIELDS}
    return {**values, "phone": spoken_phone(row.phone), "version": row.version}
