"""What accounts add to the whole: rights, pages, and the declaration of personal data."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.core.accounts.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Permission, PersonalColumn

EVERYBODY = frozenset({roles.LEAD, roles.ADVISOR, roles.ASSISTANT, roles.READER, roles.PRIVACY, roles.ADMIN})


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Sign-in, profile, accounts."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over accounts."""
    return [
        Permission("accounts.own", _l("Eigenes Konto verwalten"), EVERYBODY),
        Permission("accounts.manage", _l("Konten verwalten"), frozenset({roles.ADMIN})),
    ]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Names and addresses of the office's own people."""
    purpose, basis = _l("Anmeldung und Zuständigkeit"), _l("Beschäftigungsverhältnis")
    erase = _l("Zwei Jahre nach dem Ausscheiden")
    kind = _l("Beschäftigte der Wirtschaftsförderung")
    return [
        PersonalColumn("user_account", column, kind, purpose, basis, erase)
        for column in ("email", "display_name", "phone", "password_hash")
    ]
