"""Forms for firms and sites."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.firms import rules
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import number_in, numbered
from wf40.core.firms.sectors import parse_sector
from wf40.core.firms.service import FirmInput
from wf40.core.firms.sites import SiteInput
from wf40.core.firms.terms import ABC, KINDS, REGISTERS, STATUSES, TENURES
from wf40.matching.legal_forms import legal_forms
from wf40.matching.names import sort_key, tidy
from wf40.sdk.forms import DayField, VersionedForm, choices, stripped
from wf40.sdk.refs import FirmRef, OfficerRef

NOTHING: tuple[str, Text] = ("", _l("keine Angabe"))


def _choices(known: Mapping[str, Text]) -> list[SelectChoice]:
    return choices([NOTHING, *known.items()])


def _legal_form_words() -> dict[str, Text]:
    """Both the short and the long name, so that either is found by typing."""
    return {c: f.short if f.short == f.name else f"{f.short} ({f.name})" for c, f in legal_forms().items()}


def _text(label: Text, *checks: Any, **options: Any) -> Field:
    return StringField(label, list(checks), [stripped], **options)


def _number(label: Text, **options: Any) -> Field:
    return IntegerField(label, [Optional()], **options)


def _id(text: Any) -> int | None:
    return int(text) if text else None


def _sector_value(text: str) -> str:
    """Write a known sector with its edition, so that "28.41" and "2025:28.41" are the same entry."""
    try:
        found = parse_sector(text)
    except InvalidInput:
        return text
    return found.value if found else ""


def _names_in_order(text: str | None) -> str:
    """Return one name a line, in the order in which they are stored."""
    return "\n".join(sorted(filter(None, map(tidy, (text or "").splitlines())), key=sort_key))


class SectorField(StringField):  # type: ignore[misc]  # WTForms has no types
    """A sector: kept as "2025:28.41", shown as "28.41 – Herstellung ..."; text that is no sector stays as typed."""

    def _value(self) -> str:
        try:
            found = parse_sector(self.data or "")
        except InvalidInput:
            return str(self.data)
        return found.spoken if found else ""


class FirmForm(VersionedForm):
    """A firm as its record page shows it."""

    name = _text(
        _l("Name"),
        DataRequired(_l("Geben Sie den Namen ein, wie er im Register oder auf dem Briefkopf steht.")),
    )
    trade_name = _text(_l("Geschäftsbezeichnung"))
    kind = SelectField(_l("Art"), choices=choices(KINDS.items()), default="company")
    legal_form = SelectField(_l("Rechtsform"), choices=_choices(_legal_form_words()), default="")
    status = SelectField(_l("Zustand"), choices=choices(STATUSES.items()), default="active")
    former_names = TextAreaField(_l("Frühere Namen"), filters=[_names_in_order])
    wz = SectorField(_l("Branche (WZ)"), filters=[stripped, _sector_value])
    founded_year = _number(_l("Gründungsjahr"))
    employees = _number(_l("Beschäftigte"))
    apprentices = _number(_l("Auszubildende"))
    register_kind = SelectField(_l("Registerart"), choices=_choices(REGISTERS), default="")
    register_number = _text(_l("Registernummer"))
    register_suffix = _text(_l("Zusatz"))
    register_court = _text(_l("Registergericht"))
    vat_id = _text(_l("USt-IdNr."))
    economic_id = _text(_l("W-IdNr."))
    parent = _text(_l("Gehört zu"))
    branch_of = _text(_l("Hauptsitz andernorts"))
    town = _text(_l("Sitz (Ort)"))
    phone = StringField(_l("Telefon"), filters=[stripped, rules.spoken_phone])
    email = _text(_l("E-Mail"))
    website = _text(_l("Website"))
    officer_id = SelectField(_l("Zuständig"), coerce=_id)
    abc = SelectField(_l("ABC"), choices=_choices(ABC), default="")
    care_interval_days = _number(_l("Betreuungsintervall in Tagen"))
    note = TextAreaField(_l("Notiz"), filters=[stripped])
    source = _text(_l("Quelle der Angaben"))
    as_of = DayField(_l("Stand der Angaben"), [Optional()])

    def offer_officers(self, officers: list[OfficerRef], present: OfficerRef | None = None) -> None:
        """Set the choices of the responsible officer; one who has left stays while they are responsible."""
        known = {officer.id: officer.name for officer in [*officers, *([present] if present else [])]}
        self.officer_id.choices = choices([("", _l("niemand")), *known.items()])

    def to_input(self) -> FirmInput:
        """Return the frozen input; raises :class:`InvalidInput` for a parent that no firm can be read from."""
        values = {field.name: field.data for field in self if field.name in FirmInput.__dataclass_fields__}
        values["former_names"] = tuple((self.former_names.data or "").splitlines())
        parent = number_in(self.parent.data) if self.parent.data else None
        if self.parent.data and parent is None:
            sentence = _l("Bitte wählen Sie das Unternehmen aus der Liste oder geben Sie seine Nummer ein.")
            raise InvalidInput(sentence, {"parent": sentence})
        return FirmInput(**values, parent_id=parent)

    def refuse(self, error: InvalidInput) -> None:
        """Put the sentences beside their fields."""
        fields = {("parent" if name == "parent_id" else name): sentence for name, sentence in error.fields.items()}
        super().refuse(InvalidInput(error.message, fields))


class NewFirmForm(FirmForm):
    """A firm and its first site in one form. ``confirmed`` names the firm name that was already warned about."""

    street = _text(_l("Straße"))
    house_number = _text(_l("Hausnummer"))
    postcode = _text(_l("PLZ"))
    business_park = _text(_l("Gewerbegebiet"))
    confirmed = HiddenField()

    def to_site(self) -> SiteInput | None:
        """Return the first site, ``None`` where no address was given."""
        if not (self.street.data or self.postcode.data or self.business_park.data):
            return None
        return SiteInput(
            street=self.street.data, house_number=self.house_number.data, postcode=self.postcode.data,
            town=self.town.data, business_park=self.business_park.data, employees=self.employees.data,
            apprentices=self.apprentices.data, employees_as_of=self.as_of.data, main=True,
        )  # fmt: skip


def firm_values(row: Firm, former_names: list[str], parent: FirmRef | None) -> dict[str, Any]:
    """Return what the form of a stored firm is filled with. Source and date belong to the next change: left empty."""
    plain = {name: getattr(row, name) for name in FirmInput.__dataclass_fields__ if hasattr(row, name)}
    return {
        **plain,
        "source": "",
        "as_of": None,
        "version": row.version,
        "former_names": "\n".join(former_names),
        "wz": f"{row.wz_edition}:{row.wz_code}" if row.wz_code else "",
        "parent": numbered(parent.name, parent.id) if parent else "",
        "phone": rules.spoken_phone(row.phone),
    }


class SiteForm(VersionedForm):
    """A site."""

    label = _text(_l("Bezeichnung"))
    street = _text(_l("Straße"))
    house_number = _text(_l("Hausnummer"))
    postcode = _text(_l("PLZ"))
    town = _text(_l("Ort"))
    ags = _text(_l("Gemeindeschlüssel (AGS)"))
    business_park = _text(_l("Gewerbegebiet"))
    employees = _number(_l("Beschäftigte"))
    employees_as_of = DayField(_l("Beschäftigte am (Stichtag)"), [Optional()])
    apprentices = _number(_l("Auszubildende"))
    tenure = SelectField(_l("Eigentum oder Miete"), choices=_choices(TENURES), default="")
    lease_ends_on = DayField(_l("Mietvertrag endet am"), [Optional()])
    main = BooleanField(_l("Das ist der Hauptstandort"))

    def to_input(self) -> SiteInput:
        """Return the frozen input."""
        return SiteInput(**{name: getattr(self, name).data for name in SiteInput.__dataclass_fields__})


def site_values(row: Site) -> dict[str, Any]:
    """Return what the form of a stored site is filled with."""
    return {"version": row.version} | {name: getattr(row, name) for name in SiteInput.__dataclass_fields__}
