"""Forms of signals."""

from datetime import date

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from wf40.base.i18n import _l
from wf40.core.signals.catalogue import EMPHASES, FIELDS, LABELS, RESOLUTIONS, kinds
from wf40.core.signals.service import SignalInput
from wf40.sdk.checks import whole_number
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped


class SignalForm(VersionedForm):
    """A signal as officers record it."""

    entry_key = HiddenField()
    kind = SelectField(
        FIELDS["kind"], [InputRequired(_l("Bitte wählen Sie die Art des Signals."))],
        choices=choices([("", _l("Bitte wählen")), *((key, LABELS[key]) for key in kinds())]),
    )  # fmt: skip
    label = StringField(
        FIELDS["label"],
        filters=[stripped],
        description=_l("Wenn die Art allein nicht genug sagt, zum Beispiel „Auftrag der Müller AG entfällt“."),
    )
    observed_on = DayField(FIELDS["observed_on"], [InputRequired(_l("Geben Sie an, wann das beobachtet wurde."))])
    source = StringField(
        FIELDS["source"], [InputRequired(_l("Geben Sie an, woher Sie es wissen."))], [stripped],
        description=_l("Woher Sie es wissen: Gespräch, Zeitung, amtliche Bekanntmachung."),
    )  # fmt: skip
    until = DayField(
        FIELDS["until"],
        [Optional()],
        description=_l("Nur bei Signalen, die auf einen Tag zulaufen, zum Beispiel Ende des Mietvertrags."),
    )
    emphasis = SelectField(
        _l("Wie stark betrifft es dieses Unternehmen?"), default="usual",
        choices=choices([(key, label) for key, (label, _factor) in EMPHASES.items()]),
    )  # fmt: skip
    same_event_as = SelectField(
        _l("Gehört zu einem schon erfassten Ereignis"), default="", choices=choices([("", _l("Nein, eigenes Ereignis"))]),
        description=_l("Zwei Meldungen über dasselbe Ereignis zählen nur einmal."),
    )  # fmt: skip
    note = TextAreaField(FIELDS["note"], filters=[as_typed])

    def to_input(self) -> SignalInput:
        """Return the frozen input."""
        return SignalInput(
            kind=self.kind.data,
            source=self.source.data,
            observed_on=self.observed_on.data,
            label=self.label.data,
            note=self.note.data,
            until=self.until.data,
            emphasis=self.emphasis.data,
            same_event_as=whole_number(self.same_event_as.data),
            entry_key=str(self.entry_key.data or "")[:64],
        )


class ResolveForm(BaseForm):
    """How a signal came out."""

    resolution = SelectField(FIELDS["resolution"], choices=choices([("", _l("Bitte wählen")), *RESOLUTIONS.items()]))
    resolved_on = DayField(FIELDS["resolved_on"], [InputRequired(_l("Geben Sie an, seit wann es geklärt ist."))])
    note = TextAreaField(FIELDS["resolution_note"], filters=[as_typed])

    def to_values(self) -> tuple[str, date, str]:
        """Outcome, day and note."""
        return self.resolution.data, self.resolved_on.data, self.note.data
