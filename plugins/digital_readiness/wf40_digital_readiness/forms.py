"""Forms of the office and of the public pages. Answers to questions are read by :mod:`questions`."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from wf40.sdk.checks import whole_number
from wf40.sdk.forms import BaseForm, DayField, choices, stripped
from wf40_digital_readiness.checks import Answer
from wf40_digital_readiness.service import CorrectionInput, InvitationInput, PaperInput
from wf40_digital_readiness.texts import _l


class InvitationForm(BaseForm):
    """Whom to invite."""

    contact_id = RadioField(
        _l("Ansprechperson"), [InputRequired(_l("Bitte wählen Sie eine Ansprechperson."))], coerce=int
    )
    language = RadioField(
        _l("Sprache von Mail und Fragen"),
        choices=choices([("de", _l("Deutsch")), ("en", _l("Englisch"))]),
        default="de",
    )

    def to_input(self) -> InvitationInput:
        """Return the frozen input."""
        return InvitationInput(self.contact_id.data, self.language.data)


class PaperForm(BaseForm):
    """What belongs to a paper form besides its answers."""

    answered_on = DayField(_l("Ausgefüllt am"), [Optional()])
    channel = RadioField(
        _l("Woher die Antworten kommen"),
        choices=choices([("paper", _l("Papierbogen")), ("officer", _l("Gespräch"))]),
        default="paper",
    )
    note = TextAreaField(_l("Hinweis"), [Length(max=2000)], filters=[stripped])

    def to_input(self, answers: dict[str, Answer], language: str) -> PaperInput:
        """Return the frozen input."""
        return PaperInput(answers, self.answered_on.data, self.channel.data, language, self.note.data)


class CorrectionForm(BaseForm):
    """Why an answer is changed."""

    revision = HiddenField()
    reason = StringField(_l("Grund der Berichtigung"), [Length(max=200)], filters=[stripped])

    def to_input(self, item: str, answer: Answer | None) -> CorrectionInput:
        """Return the frozen input; a revision that is no number fits no record."""
        return CorrectionInput(item, answer, self.reason.data, whole_number(self.revision.data) or 0)


class SubmitForm(BaseForm):
    """What a firm adds before it submits."""

    note = TextAreaField(
        _l("Stimmt etwas nicht? Schreiben Sie uns, was wir ändern sollen."), [Length(max=2000)], filters=[stripped]
    )
