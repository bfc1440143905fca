"""Roles and what each is for; the rights of a role come from the ``permissions`` hooks."""

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.sdk import roles

ROLES: dict[str, Text] = {
    roles.LEAD: _l("Leitung"),
    roles.ADVISOR: _l("Beratung"),
    roles.ASSISTANT: _l("Assistenz"),
    roles.READER: _l("Lesen"),
    roles.PRIVACY: _l("Datenschutz"),
    roles.ADMIN: _l("Administration"),
}
