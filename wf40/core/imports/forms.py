"""Forms of the assistant."""

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from wf40.base.i18n import _l
from wf40.core.imports.service import UploadInput
from wf40.core.imports.terms import LEGAL_BASES
from wf40.sdk.forms import BaseForm, choices, stripped


class UploadForm(BaseForm):
    """A file and what must be said about it."""

    file = FileField(
        _l("Datei"),
        [FileRequired(_l("Wählen Sie eine Datei aus."))],
        description=_l("CSV, TSV, XLSX, XLS oder ODS, bis 50 MB. Die erste Zeile mit Überschriften wird gesucht."),
    )
    source = StringField(
        _l("Quelle"),
        [
            DataRequired(
                _l("Geben Sie an, woher die Daten stammen, zum Beispiel „IHK Hochrhein-Bodensee, Mitgliederliste“.")
            ),
            Length(max=200, message=_l("Bitte kürzen Sie die Quelle auf höchstens 200 Zeichen.")),
        ],
        [stripped],
        description=_l("Steht später an jedem Wert. Eine neue Fassung derselben Liste bekommt dieselbe Quelle."),
    )
    legal_basis = SelectField(
        _l("Rechtsgrundlage"),
        [DataRequired(_l("Wählen Sie, auf welcher Rechtsgrundlage Sie die Daten verwenden."))],
        choices=choices([("", _l("Bitte wählen")), *LEGAL_BASES.items()]),
    )
    source_date = DateField(
        _l("Stand"),
        [Optional()],
        description=_l("Der Tag, von dem die Liste stammt. Ein Stand in einer Spalte geht vor."),
    )

    def to_input(self) -> UploadInput:
        """Return the frozen input."""
        return UploadInput(self.source.data, self.legal_basis.data, self.source_date.data)
