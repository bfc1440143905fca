"""Forms of the assistant."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from wf40.base.i18n import _l
from wf40.core.imports.models import ImportProfile
from wf40.core.imports.profiles import LONGEST_NAME
from wf40.core.imports.service import UploadInput
from wf40.core.imports.terms import LEGAL_BASES
from wf40.sdk.forms import BaseForm, choices, stripped


class UploadForm(BaseForm):
    """A file and what must be said about it; a profile says it for the fields that are left empty."""

    file = FileField(
        _l("Datei"),
        [FileRequired(_l("Wählen Sie eine Datei aus."))],
        description=_l("Ziehen Sie die Datei in den Rahmen, oder wählen Sie sie aus."),
    )
    profile = SelectField(
        _l("Profil"),
        validate_choice=False,
        description=_l("Quelle und Rechtsgrundlage dürfen dann leer bleiben; sie stehen im Profil."),
    )
    source = StringField(
        _l("Quelle"),
        [Length(max=200, message=_l("Bitte kürzen Sie die Quelle auf höchstens 200 Zeichen."))],
        [stripped],
        description=_l("Steht später an jedem Wert. Eine neue Fassung derselben Liste bekommt dieselbe Quelle."),
    )
    legal_basis = SelectField(_l("Rechtsgrundlage"), choices=choices([("", _l("Bitte wählen")), *LEGAL_BASES.items()]))
    source_date = DateField(
        _l("Stand"),
        [Optional()],
        description=_l("Der Tag, von dem die Liste stammt. Ein Stand in einer Spalte geht vor."),
    )
    chosen: ImportProfile | None = None

    def offer(self, found: Sequence[ImportProfile]) -> None:
        """Offer these profiles, and take source and legal basis of the chosen one where the form leaves them empty."""
        self.profile.choices = choices([("", _l("ohne Profil")), *((str(p.id), p.name) for p in found)])
        self.chosen = next((p for p in found if str(p.id) == self.profile.data), None)
        if self.chosen is None:
            self.source.validators = [
                DataRequired(
                    _l("Geben Sie an, woher die Daten stammen, zum Beispiel „IHK Hochrhein-Bodensee, Mitgliederliste“.")
                ),
                *self.source.validators,
            ]
            sentence = _l("Wählen Sie, auf welcher Rechtsgrundlage Sie die Daten verwenden.")
            self.legal_basis.validators = [DataRequired(sentence), *self.legal_basis.validators]
        self.source.flags.required = self.legal_basis.flags.required = True

    def to_input(self) -> UploadInput:
        """Return the frozen input."""
        known = self.chosen
        source = self.source.data or (known.source if known else "")
        return UploadInput(source, self.legal_basis.data or (known.legal_basis if known else ""), self.source_date.data)


class ProfileForm(BaseForm):
    """The name of a profile."""

    name = StringField(
        _l("Name"),
        [
            DataRequired(_l("Geben Sie dem Profil einen Namen, zum Beispiel „IHK-Mitgliederliste“.")),
            Length(max=LONGEST_NAME, message=_l("Bitte kürzen Sie den Namen auf höchstens 100 Zeichen.")),
        ],
        [stripped],
    )


def typed_cells(given: Any, longest: int) -> dict[int, str]:
    """Return the cells that a form sends as ``cell-<column>``."""
    found = {}
    for name, value in given.items():
        number = name.removeprefix("cell-")
        if number != name and number.isascii() and number.isdigit() and len(number) < 5:
            found[int(number)] = value[:longest]
    return found
