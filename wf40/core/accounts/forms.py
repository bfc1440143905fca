"""Forms of sign-in, profile and accounts."""

from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Optional

from wf40.base.i18n import _l
from wf40.core.accounts.roles import ROLES
from wf40.core.accounts.service import AccountInput
from wf40.sdk.forms import BaseForm, VersionedForm, choices, stripped


class SignInForm(BaseForm):
    """Address and password."""

    email = EmailField(_l("E-Mail-Adresse"), [DataRequired(_l("Geben Sie Ihre E-Mail-Adresse ein."))], [stripped])
    password = PasswordField(_l("Passwort"), [DataRequired(_l("Geben Sie Ihr Passwort ein."))])


class PasswordForm(BaseForm):
    """A new password for oneself."""

    old = PasswordField(_l("Bisheriges Passwort"), [DataRequired(_l("Geben Sie Ihr bisheriges Passwort ein."))])
    password = PasswordField(
        _l("Neues Passwort"),
        [DataRequired(_l("Geben Sie ein neues Passwort ein."))],
        description=_l("Mindestens 15 Zeichen, zum Beispiel vier Wörter, die nichts miteinander zu tun haben."),
    )
    again = PasswordField(
        _l("Neues Passwort wiederholen"),
        [EqualTo("password", _l("Die beiden neuen Passwörter sind nicht gleich."))],
    )


class AccountForm(VersionedForm):
    """An account as the administration keeps it."""

    display_name = StringField(_l("Name"), [DataRequired(_l("Geben Sie den Namen ein.")), Length(max=200)], [stripped])
    email = EmailField(
        _l("E-Mail-Adresse"),
        [
            DataRequired(_l("Geben Sie die E-Mail-Adresse ein.")),
        ],
        [stripped],
    )
    phone = StringField(_l("Telefon"), [Length(max=60)], [stripped])
    role = SelectField(_l("Rolle"), choices=choices(ROLES.items()))
    unit_id = SelectField(_l("Einheit"), coerce=int)
    active = BooleanField(_l("Konto ist aktiv"), default=True)
    password = PasswordField(
        _l("Passwort"),
        [Optional()],
        description=_l("Mindestens 15 Zeichen. Bei einem bestehenden Konto leer lassen, um es nicht zu ändern."),
    )

    def to_input(self) -> AccountInput:
        """Return the frozen input."""
        return AccountInput(
            email=self.email.data,
            display_name=self.display_name.data,
            role=self.role.data,
            unit_id=self.unit_id.data,
            phone=self.phone.data,
            active=self.active.data,
            password=self.password.data or "",
        )
