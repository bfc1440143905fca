"""What tasks add to the whole."""

from collections.abc import Iterable

from wf40.base.i18n import _l
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Permission


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over tasks; what is confidential is further limited to the people concerned."""
    return [
        Permission("tasks.read", _l("Wiedervorlagen ansehen"), roles.READERS),
        Permission("tasks.edit", _l("Wiedervorlagen anlegen und bearbeiten"), roles.WRITERS),
        Permission(
            "tasks.oversee", _l("Überfälliges im Team sehen und Wiedervorlagen übergeben"), frozenset({roles.LEAD})
        ),
    ]
