"""The form of a conversation."""

from datetime import time
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from wf40.base.i18n import _l
from wf40.core.consultations import codes
from wf40.core.consultations.rules import ConsultationInput
from wf40.sdk.forms import DayField, VersionedForm, as_typed, choices, stripped

LINES = {"rows": 10}


class _Ticks(SelectMultipleField):  # type: ignore[misc]  # the library brings no types
    """Any number of choices, each a tick box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Clock(TimeField):  # type: ignore[misc]  # as above
    def process_formdata(self, valuelist: Any) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Das ist keine Uhrzeit, zum Beispiel 14:30.")) from None


class ConsultationForm(VersionedForm):
    """A conversation; written on a phone, too."""

    entry_key = HiddenField()
    kind = SelectField(_l("Art"), choices=choices(codes.KINDS.items()))
    channel = SelectField(_l("Weg"), choices=choices(codes.CHANNELS.items()))
    held_on = DayField(_l("Datum"), [InputRequired(_l("Geben Sie an, wann das Gespräch war."))])
    held_at = _Clock(_l("Beginn"), [Optional()])
    occasion = StringField(
        _l("Anlass"), filters=[stripped],
        description=_l("Ein Satz, der auch in Listen steht. Bei vertraulichen Gesprächen bleibt er verborgen."),
    )  # fmt: skip
    topics = _Ticks(_l("Themen"), choices=choices(codes.TOPICS.items()))
    summary = TextAreaField(_l("Inhalt"), filters=[as_typed], render_kw=LINES, description=_l("Worum es ging."))
    agreements = TextAreaField(
        _l("Vereinbarungen"), filters=[as_typed], render_kw={"rows": 4}, description=_l("Wer macht was bis wann?")
    )
    contact_ids = _Ticks(_l("Aus dem Unternehmen"), coerce=int)
    officer_ids = _Ticks(_l("Aus der Wirtschaftsförderung"), coerce=int)
    others = TextAreaField(_l("Weitere Teilnehmende"), render_kw={"rows": 2}, description=_l("Ein Name je Zeile."))
    confidentiality = RadioField(
        _l("Wer darf den Inhalt lesen?"),
        choices=choices(
            [
                (codes.INTERNAL, _l("intern: alle, die Gespräche sehen dürfen")),
                (codes.OFFICER, _l("nur zuständige Person: Sie selbst und wer für das Unternehmen zuständig ist")),
            ]
        ),
        default=codes.INTERNAL,
    )

    def offer(self, contacts: list[tuple[int, str]], officers: list[tuple[int, str]]) -> None:
        """Set the people who may be ticked."""
        self.contact_ids.choices = choices(contacts)
        self.officer_ids.choices = choices(officers)

    def to_input(self) -> ConsultationInput:
        """Return the frozen input."""
        return ConsultationInput(
            kind=self.kind.data,
            channel=self.channel.data,
            held_on=self.held_on.data,
            held_at=_to_minute(self.held_at.data),
            occasion=self.occasion.data,
            summary=self.summary.data,
            agreements=self.agreements.data,
            confidentiality=self.confidentiality.data,
            topics=tuple(self.topics.data or ()),
            contact_ids=tuple(self.contact_ids.data or ()),
            officer_ids=tuple(self.officer_ids.data or ()),
            others=tuple(name.strip() for name in (self.others.data or "").splitlines() if name.strip()),
        )


def _to_minute(value: time | None) -> time | None:
    return value.replace(second=0, microsecond=0) if value else None
