"""Forms of the definitions, and the form that an office's own fields make for a firm."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l
from wf40.core.custom_fields import codes
from wf40.core.custom_fields.queries import Definition
from wf40.core.custom_fields.rules import Field, FieldInput, OptionInput, Value, in_field, read_number, reader
from wf40.sdk.forms import DayField, VersionedForm, as_typed, choices, stripped


class DefinitionForm(VersionedForm):
    """A field; its kind is asked for once."""

    name = StringField(codes.FIELDS["name"], [DataRequired(_l("Geben Sie eine Bezeichnung ein."))], [stripped])
    kind = RadioField(
        _l("Art"),
        choices=choices(codes.KINDS.items()),
        default=codes.TEXT,
        description=_l("Die Art lässt sich später nicht mehr ändern."),
    )
    help = StringField(
        codes.FIELDS["help"], filters=[stripped], description=_l("Ein Satz für alle, die das Feld ausfüllen.")
    )
    in_panel = BooleanField(codes.FIELDS["in_panel"], default=True)
    in_list = BooleanField(codes.FIELDS["in_list"], default=True)
    new_options = TextAreaField(
        _l("Auswahl"), filters=[as_typed], description=_l("Nur für die Art „Auswahl“: ein Eintrag je Zeile.")
    )

    def to_input(self) -> FieldInput:
        """Return the frozen input."""
        kind = self.kind.data if "kind" in self else codes.TEXT
        return FieldInput(self.name.data, kind, self.help.data, self.in_panel.data, self.in_list.data)

    def to_options(self) -> list[OptionInput]:
        """Return the choices: those that were there with their new names and places, then the new ones."""
        found = [
            OptionInput(
                part.data or "", int(name[7:]), self[f"place_{name[7:]}"].data or 0, self[f"remove_{name[7:]}"].data
            )
            for name, part in self._fields.items()
            if name.startswith("option_")
        ]
        last = max((option.place for option in found), default=0)
        lines = (self.new_options.data or "").splitlines() if "new_options" in self else []
        return found + [OptionInput(line.strip(), place=last + 1) for line in lines if line.strip()]


def new_form() -> DefinitionForm:
    """Return the form of a new field."""
    return DefinitionForm()


def form_of(found: Definition, *, stored: bool = False) -> DefinitionForm:
    """Return the form with what is stored, and over it what was typed (unless ``stored``)."""
    parts: dict[str, Any] = {}
    values: dict[str, Any] = {name: getattr(found.row, name) for name in codes.FIELDS}
    values["version"] = found.row.version
    for place, (option_id, name) in enumerate(found.options, 1):
        parts[f"option_{option_id}"] = StringField(_l("Eintrag %(n)s", n=place), filters=[stripped])
        parts[f"place_{option_id}"] = IntegerField(_l("Platz von „%(name)s“", name=name), [Optional()])
        parts[f"remove_{option_id}"] = BooleanField(_l("„%(name)s“ entfernen", name=name))
        values |= {f"option_{option_id}": name, f"place_{option_id}": place}
    form: DefinitionForm = type("DefinitionForm", (DefinitionForm,), parts)(
        **({"formdata": None} if stored else {}), data=values
    )
    del form.kind
    if found.row.kind != codes.CHOICE:
        del form.new_options
    else:
        form.new_options.label.text = _("Weitere Einträge")
        form.new_options.description = _("Ein Eintrag je Zeile.")
    return form


class SheetForm(VersionedForm):
    """The fields of a firm; made for the fields of the firm's unit by :func:`sheet_form`."""

    own: Sequence[Field] = ()

    def to_values(self) -> dict[int, Value | None]:
        """Return what was entered; raises :class:`InvalidInput` with a sentence for each fault."""
        found: dict[int, Value | None] = {}
        faults = {}
        for field in self.own:
            data = self[f"feld_{field.id}"].data
            try:
                found[field.id] = _entered(field, data)
            except InvalidInput as error:
                faults[f"feld_{field.id}"] = error.message
        if faults:
            raise InvalidInput(next(iter(faults.values())), faults)
        return found


def sheet_form(
    own: Sequence[Field], stored: Mapping[int, Value], version: int, *, as_stored: bool = False
) -> SheetForm:
    """Return the form of a firm's fields with what is stored, and over it what was typed (unless ``as_stored``)."""
    parts: dict[str, Any] = {"own": tuple(own)}
    parts |= {f"feld_{field.id}": _part(field) for field in own}
    values = {f"feld_{field.id}": _shown(field, stored.get(field.id)) for field in own}
    given = {"formdata": None} if as_stored else {}
    form: SheetForm = type("SheetForm", (SheetForm,), parts)(**given, data=values | {"version": version})
    return form


def _part(field: Field) -> Any:
    if field.kind == codes.CHOICE:
        offered = [("", _("– ohne Angabe –")), *((str(k), name) for k, name in field.options)]
        return SelectField(field.name, choices=choices(offered), description=field.help)
    if field.kind == codes.DATE:
        return DayField(field.name, [Optional()], description=field.help)
    keys = {"inputmode": "decimal"} if field.kind == codes.NUMBER else {}
    return StringField(field.name, filters=[stripped], description=field.help, render_kw=keys)


def _shown(field: Field, value: Value | None) -> Any:
    if field.kind == codes.DATE or value is None:
        return value
    return in_field(value) if isinstance(value, Decimal) else str(value)


def _entered(field: Field, data: Any) -> Value | None:
    if data in (None, ""):
        return None
    if field.kind == codes.DATE:
        return data  # type: ignore[no-any-return]  # a day already
    if field.kind == codes.CHOICE:
        return int(data)
    return read_number(data) if field.kind == codes.NUMBER else reader(field)(data)
