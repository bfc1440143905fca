"""Forms of contacts and consents."""

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.core.contacts import codes
from wf40.core.contacts.optouts import OptOutInput
from wf40.core.contacts.rules import FIELDS, ConsentInput, ContactInput
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped


def _select(name: str, words: dict[str, Text], **more: Any) -> SelectField:
    return SelectField(codes.FIELDS[name], choices=choices(words.items()), **{"default": next(iter(words)), **more})


class ContactForm(VersionedForm):
    """A contact as officers keep it. ``confirmed`` names the similar persons that were already warned about."""

    salutation = _select("salutation", codes.SALUTATIONS)
    title = StringField(_l("Titel"), filters=[stripped])
    given_name = StringField(_l("Vorname"), filters=[stripped])
    family_name = StringField(_l("Nachname"), [DataRequired(_l("Geben Sie den Nachnamen ein."))], [stripped])
    role = _select("role", codes.ROLES, default="management")
    function = StringField(
        _l("Funktion"),
        filters=[stripped],
        description=_l("Wie im Unternehmen genannt, zum Beispiel „Leitung Fertigung“."),
    )
    main = BooleanField(_l("Wichtigste Ansprechperson"), description=_l("Steht auf der Seite des Unternehmens."))
    email = EmailField(_l("E-Mail"), filters=[stripped])
    phone = TelField(_l("Telefon"), filters=[stripped])
    mobile = TelField(_l("Mobil"), filters=[stripped])
    language = _select("language", codes.LANGUAGES)
    mail_basis = _select(
        "mail_basis", codes.MAIL_BASES, default="public_task",
        description=_l("Worauf sich E-Mails an diese Person stützen, wenn keine Einwilligung vorliegt."),
    )  # fmt: skip
    origin = _select("origin", codes.ORIGINS)
    source = StringField(
        _l("Quelle"), filters=[stripped],
        description=_l("Pflicht, wenn die Angaben nicht von der Person selbst stammen, zum Beispiel „Webseite des Unternehmens“."),
    )  # fmt: skip
    as_of = DayField(_l("Stand"), [Optional()])
    informed_on = DayField(
        _l("Person informiert am"), [Optional()],
        description=_l("Wann die Person erfahren hat, dass ihre Angaben hier stehen (Art. 14 DSGVO)."),
    )  # fmt: skip
    note = TextAreaField(
        _l("Notiz"), filters=[as_typed],
        description=_l("Nur Dienstliches. Keine Angaben zu Geburtstag, Herkunft, Gesundheit oder Privatanschrift."),
    )  # fmt: skip

    confirmed = HiddenField()

    def to_input(self) -> ContactInput:
        """Return the frozen input."""
        return ContactInput(**{name: self.data[name] for name in FIELDS})


class ConsentForm(BaseForm):
    """A consent that a person gave."""

    purpose = SelectField(_l("Zweck"), choices=choices(codes.PURPOSES.items()))
    channel = SelectField(_l("Weg"), choices=choices(codes.CHANNELS.items()))
    given_on = DayField(_l("Erteilt am"), [InputRequired(_l("Geben Sie an, wann die Einwilligung erteilt wurde."))])
    given_how = SelectField(_l("Erteilt"), choices=choices(codes.WAYS.items()))
    note = StringField(
        _l("Nachweis"),
        filters=[stripped],
        description=_l("Wo der Nachweis liegt, zum Beispiel „Formular vom Unternehmertag“."),
    )

    def to_input(self) -> ConsentInput:
        """Return the frozen input."""
        return ConsentInput(
            self.purpose.data, self.channel.data, self.given_on.data, self.given_how.data, self.note.data
        )


class OptOutForm(BaseForm):
    """What a person told the office not to send any more."""

    purpose = SelectField(_l("Zweck"), choices=choices(codes.PURPOSES.items()))
    channel = SelectField(_l("Weg"), choices=choices(codes.OPT_OUT_CHANNELS.items()))
    how = SelectField(_l("Mitgeteilt"), choices=choices((way, codes.OPT_OUT_WAYS[way]) for way in codes.BY_HAND))
    note = StringField(_l("Bemerkung"), filters=[stripped])

    def to_input(self) -> OptOutInput:
        """Return the frozen input."""
        return OptOutInput(self.purpose.data, self.channel.data, self.how.data, self.note.data)
