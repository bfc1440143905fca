"""Refusals with a sentence for the person at the screen; the host turns them into pages and status codes."""

from wf40.base.errors import DomainError, Forbidden, InvalidInput, NotFound, StaleVersion, TooManyAttempts

__all__ = ["DomainError", "Forbidden", "InvalidInput", "NotFound", "StaleVersion", "TooManyAttempts"]
