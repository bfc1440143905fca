"""Forms of campaigns."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from wf40.base.i18n import _l
from wf40.core.campaigns.rules import NO_TITLE, CampaignInput
from wf40.sdk.forms import BaseForm, DayField, VersionedForm, as_typed, choices, stripped


class CampaignForm(VersionedForm):
    """Title and note."""

    title = StringField(
        _l("Titel"), [InputRequired(NO_TITLE)], filters=[stripped], description=_l("Zum Beispiel „Metallbau im Gewerbegebiet Nord“. Nur für Ihr Team."),
    )  # fmt: skip
    note = TextAreaField(
        _l("Notiz"), filters=[as_typed], render_kw={"rows": 3}, description=_l("Anlass oder Absprachen. Wird nicht verschickt."),
    )  # fmt: skip

    def to_input(self) -> CampaignInput:
        """Return the frozen input."""
        return CampaignInput(self.title.data, self.note.data)


class NewCampaignForm(CampaignForm):
    """The same, and what is sent."""

    outreach = RadioField(
        _l("Was wird verschickt?"),
        validators=[InputRequired(_l("Bitte wählen Sie, was verschickt wird."))],
        validate_choice=False,  # the service knows what may be sent, and says so in its own words
    )

    def offer(self, pairs: list[tuple[str, object]]) -> None:
        """Set what may be sent; a single thing is chosen already."""
        self.outreach.choices = choices(pairs)
        if len(pairs) == 1 and not self.outreach.data:
            self.outreach.data = pairs[0][0]

    def to_input(self) -> CampaignInput:
        """Return the frozen input."""
        return CampaignInput(self.title.data, self.note.data, self.outreach.data or "")


class ReminderForm(BaseForm):
    """When to ask after."""

    due_on = DayField(_l("Fällig am"), [InputRequired(_l("Geben Sie an, bis wann nachgefasst werden soll."))])
