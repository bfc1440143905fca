"""What can go wrong in the domain's words. Each error carries a sentence for the person at the screen."""

from collections.abc import Mapping
from typing import Any

from wf40.base.i18n import _l

Text = Any
"""A sentence: ``str`` or a lazy text that is translated when shown."""


class DomainError(Exception):
    """A refusal that a person can understand and act on."""

    status = 400

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """The record does not exist, or lies in a unit that the person may not read (which must look the same)."""

    status = 404

    def __init__(self, message: Text = None) -> None:
        super().__init__(
            message or _l("Dieser Eintrag wurde nicht gefunden. Vielleicht wurde er entfernt oder verschoben.")
        )


class Forbidden(DomainError):
    """The person lacks the permission."""

    status = 403

    def __init__(self, permission: str) -> None:
        super().__init__(_l("Dazu fehlt Ihnen die Berechtigung. Bitte wenden Sie sich an Ihre Administration."))
        self.permission = permission


class InvalidInput(DomainError):
    """Input breaks a rule; ``fields`` maps a field name to its sentence, so that it can stand beside the field."""

    status = 422

    def __init__(self, message: Text, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(message)
        self.fields: Mapping[str, Text] = fields or {}


class StaleVersion(DomainError):
    """Somebody saved the record meanwhile. Carries what is stored now, so that both versions can be shown."""

    status = 409

    def __init__(self, current_version: int, changed_by: str = "") -> None:
        super().__init__(
            _l("Jemand anderes hat diesen Eintrag inzwischen geändert. Bitte vergleichen Sie beide Fassungen.")
        )
        self.current_version = current_version
        self.changed_by = changed_by


class TooManyAttempts(DomainError):
    """A rate limit was reached."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_l("Zu viele Versuche. Bitte warten Sie einige Minuten und versuchen Sie es dann erneut."))
