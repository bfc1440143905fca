"""Forms at the edge: fields in, a frozen input out. Only declared fields are accepted."""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.support import LazyProxy
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField
from wtforms.fields.choices import SelectChoice

from wf40.base.checks import whole_number
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l

__all__ = ["BaseForm", "DayField", "VersionedForm", "as_typed", "choices", "stripped"]


def stripped(value: str | None) -> str:
    """Filter for text fields: no blanks at either end, and never ``None``."""
    return (value or "").strip()


def as_typed(value: str | None) -> str:
    """Filter for texts that are kept as typed: browsers send each line break as CR LF, in the field it is LF."""
    return (value or "").replace("\r\n", "\n")


class DayField(DateField):  # type: ignore[misc]  # the library brings no types
    """A calendar day; anything else is refused with a sentence in the office's words."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read what the browser sent."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Das ist kein Datum. Bitte geben Sie Tag, Monat und Jahr an.")) from None


class BaseForm(FlaskForm):  # type: ignore[misc]  # the library brings no types
    """Parent of all forms. The token is checked once for the whole application, before any view."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Built-in messages of the fields in the language of the request."""

        csrf = False

        def get_translations(self, form: Any) -> Any:
            """Choose the messages' language."""
            locale = get_locale()
            self.locales = [locale.language] if locale else ["de"]
            return super(FlaskForm.Meta, self).get_translations(form)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check all fields; their sentences come out as plain text in the language of the request."""
        passed = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [str(e) if isinstance(e, LazyProxy) else e for e in field.errors]
        return passed

    def refuse(self, error: InvalidInput) -> None:
        """Put the sentences of a refused input beside their fields; those without a field go on top."""
        rest: dict[str, Text] = {}
        for name, sentence in error.fields.items():
            field: Field | None = self._fields.get(name)
            if field is None:
                rest[name] = str(sentence)
            else:
                field.errors = [*field.errors, str(sentence)]
        if rest or not error.fields:
            self.form_errors.extend([*rest.values()] or [str(error.message)])

    def values(self) -> Mapping[str, Any]:
        """Return the values of all declared fields."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class VersionedForm(BaseForm):
    """Parent of forms that change a record: carries the version that the form was filled from."""

    version = HiddenField()

    def typed_version(self) -> int:
        """Return the version that the form was filled from; 0 for anything that is no number."""
        return whole_number(self.version.data) or 0

    def now_at(self, version: int) -> None:
        """Carry the present version, so that saving again overwrites on purpose."""
        self.version.raw_data, self.version.data = None, str(version)


def choices(pairs: Iterable[tuple[Any, Text]]) -> list[SelectChoice]:
    """Return the choices of a select or radio field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]
