"""Personal links: the secret, what is stored of it, and what a link opens at a moment."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from wf40_digital_readiness.models import Invitation

ANSWER_WITHIN = timedelta(days=30)
RESULT_FOR = timedelta(days=365)
Standing = Literal["open", "answered", "closed"]


def new_token() -> str:
    """Return a secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def standing(invitation: Invitation | None, now: datetime) -> Standing:
    """Tell what a link opens. Unknown, revoked and expired ones are all the same: closed."""
    if invitation is None or invitation.revoked_at is not None:
        return "closed"
    if invitation.submitted_at is not None:
        kept = invitation.result_until is not None and now < invitation.result_until
        return "answered" if kept else "closed"
    return "open" if now < invitation.expires_at else "closed"
