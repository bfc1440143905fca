"""Forms of distribution lists and of what is written to them."""

from collections.abc import Mapping

from wtforms import HiddenField, RadioField, StringField, TextAreaField

from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.core.mailings import codes
from wf40.core.mailings.rules import DistributionInput, MailingInput
from wf40.sdk.forms import BaseForm, VersionedForm, as_typed, choices, stripped


class NewDistributionForm(BaseForm):
    """A list, made from what another list shows."""

    title = StringField(
        _l("Name des Verteilers"), filters=[stripped],
        description=_l("Woran Sie und andere ihn wiedererkennen, zum Beispiel „Metallbau Gewerbegebiet Nord“."),
    )  # fmt: skip
    which = RadioField(_l("Wer aus jedem Unternehmen?"), validate_choice=False, default="main")

    def offer(self, numbers: Mapping[str, int]) -> None:
        """Set the choices, each with the number of persons it means; choices without anybody are left out."""
        self.which.choices = choices(
            (code, _("%(which)s (%(n)s)", which=codes.WHICH[code], n=n)) for code, n in numbers.items() if n
        )

    def to_input(self, source: str, query: str) -> DistributionInput:
        """Return the frozen input."""
        which = self.which.data or "" if source == codes.FIRMS else ""
        return DistributionInput(self.title.data, source, query, which)


class TitleForm(VersionedForm):
    """Another name for a list."""

    title = StringField(_l("Name des Verteilers"), filters=[stripped])


class MailingForm(VersionedForm):
    """A mail or a letter to everybody on a list."""

    channel = HiddenField()
    subject = StringField(_l("Betreff"), filters=[stripped])
    body = TextAreaField(
        _l("Text"), filters=[as_typed], render_kw={"rows": 16},
        description=_l("Name und Erreichbarkeit stehen von selbst unter dem Text."),
    )  # fmt: skip

    def to_input(self) -> MailingInput:
        """Return the frozen input."""
        return MailingInput(self.channel.data or "", self.subject.data, self.body.data)


def first_text() -> Text:
    """Return what stands in an empty form."""
    return "{{Anrede}},\n\n\n\n" + _("Mit freundlichen Grüßen")
