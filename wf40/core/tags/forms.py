"""Forms of tags."""

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired

from wf40.base.i18n import _l
from wf40.core.tags.queries import TagLine
from wf40.sdk.forms import BaseForm, VersionedForm, choices, stripped


class TagForm(VersionedForm):
    """A tag."""

    name = StringField(_l("Schlagwort"), [DataRequired(_l("Geben Sie ein Schlagwort ein."))], [stripped])
    description = StringField(
        _l("Beschreibung"), filters=[stripped], description=_l("Wofür es steht, damit alle es gleich verwenden.")
    )


class MergeForm(BaseForm):
    """Which tag takes over."""

    into = SelectField(_l("Aufgehen in"), coerce=int)

    def offer(self, lines: list[TagLine], besides: int) -> None:
        """Offer all tags but the one that goes."""
        self.into.choices = choices((line.tag.id, line.tag.name) for line in lines if line.tag.id != besides)


def form_of(line: TagLine, *, stored: bool = False) -> TagForm:
    """Return the form with what is stored, and over it what was typed (unless ``stored``)."""
    tag = line.tag
    values = {"name": tag.name, "description": tag.description, "version": tag.version}
    return TagForm(formdata=None, data=values) if stored else TagForm(data=values)
