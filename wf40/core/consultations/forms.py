"""The form of a conversation."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    Field,
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

from wf40.base.checks import whole_number
from wf40.base.i18n import _l
from wf40.core.consultations import codes
from wf40.core.consultations.outcomes import PROMISES, Need, Outcomes, Promise
from wf40.core.consultations.rules import ConsultationInput
from wf40.sdk.forms import DayField, VersionedForm, as_typed, choices, stripped

LINES = {"rows": 10}
PLACES = range(1, PROMISES + 1)


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

    def offer(
        self, contacts: list[tuple[int, str]], officers: list[tuple[int, str]], takers: list[tuple[int, str]]
    ) -> None:
        """Set the people who may be ticked, and those who can take a task."""
        self.contact_ids.choices = choices(contacts)
        self.officer_ids.choices = choices(officers)
        for place in PLACES:
            self[f"task_who_{place}"].choices = choices([("", _l("ich selbst")), *takers])

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

    def need_fields(self) -> Iterator[tuple[str, Field, Field]]:
        """Yield for each topic its code, the tick that makes a concern of it, and the concern's title."""
        for topic in codes.TOPICS:
            yield topic, self[f"need_{topic}"], self[f"need_title_{topic}"]

    def task_fields(self) -> Iterator[list[Field]]:
        """Yield for each line of a task what is to be done, until when, and by whom."""
        for place in PLACES:
            yield [self[f"task_{place}"], self[f"task_due_{place}"], self[f"task_who_{place}"]]

    def to_outcomes(self) -> Outcomes:
        """Return what follows from the conversation; empty lines are left out."""
        needs = (Need(t, self[f"need_title_{t}"].data) for t in codes.TOPICS if self[f"need_{t}"].data)
        lines = (
            Promise(n, self[f"task_{n}"].data, self[f"task_due_{n}"].data, whole_number(self[f"task_who_{n}"].data))
            for n in PLACES
        )
        return Outcomes(tuple(needs), tuple(line for line in lines if line.title or line.due_on))


class MailedForm(ConsultationForm):
    """A conversation made of a mail, with the files to keep."""

    attachment_ids = _Ticks(_l("Anhänge übernehmen"), coerce=int)

    def offer_files(self, files: list[tuple[int, str]]) -> None:
        """Set the files that may be kept."""
        self.attachment_ids.choices = choices(files)


for _topic, _label in codes.TOPICS.items():
    setattr(ConsultationForm, f"need_{_topic}", BooleanField(_l("%(topic)s als Anliegen aufnehmen", topic=_label)))
    _title = StringField(_l("%(topic)s: worum geht es genau?", topic=_label), filters=[stripped])
    setattr(ConsultationForm, f"need_title_{_topic}", _title)
for _n in PLACES:
    setattr(ConsultationForm, f"task_{_n}", StringField(_l("%(n)s. Aufgabe", n=_n), filters=[stripped]))
    setattr(ConsultationForm, f"task_due_{_n}", DayField(_l("Fällig am"), [Optional()]))
    setattr(
        ConsultationForm,
        f"task_who_{_n}",
        SelectField(_l("Zuständig"), default="", choices=choices([("", _l("ich selbst"))])),
    )


def _to_minute(value: time | None) -> time | None:
    return value.replace(second=0, microsecond=0) if value else None
