"""The form of a saved view."""

from wtforms import BooleanField, HiddenField, StringField

from wf40.base.i18n import _l
from wf40.core.listviews.service import ViewInput
from wf40.sdk.forms import VersionedForm, stripped


class ViewForm(VersionedForm):
    """Name of a view, and who uses it how."""

    query = HiddenField()
    list = HiddenField()
    name = StringField(
        _l("Name der Ansicht"), filters=[stripped],
        description=_l("Zum Beispiel „Metallbau ohne Check“ oder „Meine A-Unternehmen“."),
    )  # fmt: skip
    shared = BooleanField(
        _l("Mit der Dienststelle teilen"),
        description=_l("Alle Kolleginnen und Kollegen sehen dann diese Ansicht über der Liste."),
    )
    first = BooleanField(_l("Meine Liste mit dieser Ansicht öffnen"))

    def to_input(self) -> ViewInput:
        """Return the frozen input."""
        shared = bool(self.shared.data) if "shared" in self else False
        return ViewInput(self.name.data, shared, bool(self.first.data))
