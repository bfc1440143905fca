"""The form with which a light is set by hand."""

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from wf40.base.i18n import _l
from wf40.core.risk.service import SETTABLE, OverrideInput
from wf40.core.risk.words import LIGHTS
from wf40.sdk.forms import BaseForm, DayField, as_typed, choices


class OverrideForm(BaseForm):
    """Another light than the computed one."""

    light = SelectField(
        _l("Ampel"), [InputRequired(_l("Bitte wählen Sie Rot, Gelb oder Grün."))],
        choices=choices([("", _l("Bitte wählen")), *((key, LIGHTS[key]) for key in SETTABLE)]),
    )  # fmt: skip
    reason = TextAreaField(
        _l("Begründung"), [InputRequired(_l("Bitte begründen Sie das in einem Satz."))], [as_typed],
        description=_l("Steht im Verlauf und ist für alle im Amt lesbar."),
    )  # fmt: skip
    expires_on = DayField(
        _l("Gilt bis"), [InputRequired(_l("Geben Sie an, bis wann das gilt."))],
        description=_l("Höchstens zwölf Monate. Danach gilt wieder die berechnete Ampel."),
    )  # fmt: skip

    def to_input(self) -> OverrideInput:
        """Return the frozen input."""
        return OverrideInput(self.light.data, self.reason.data, self.expires_on.data)
