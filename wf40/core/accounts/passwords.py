"""Passwords: argon2id, long, not guessable from the office's or the person's words; no rules about signs."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l

MINIMUM = 15
_LONGEST = 128
_WEAKEST = 3
_hasher = PasswordHasher()


def hash_password(password: str, context: list[str]) -> str:
    """Return the hash of a new password.

    ``context`` are words that must not carry it (name, address, office). Raises :class:`InvalidInput` when it is too
    short, too long, or easy to guess.
    """
    from zxcvbn import zxcvbn

    if len(password) < MINIMUM:
        _refuse(
            _l("Das Passwort ist zu kurz. Wählen Sie mindestens %(n)s Zeichen, zum Beispiel vier Wörter.", n=MINIMUM)
        )
    if len(password) > _LONGEST:
        _refuse(_l("Das Passwort ist zu lang. Höchstens %(n)s Zeichen sind möglich.", n=_LONGEST))
    if zxcvbn(password[:72], user_inputs=["wf40", "wirtschaftsförderung", *context])["score"] < _WEAKEST:
        _refuse(
            _l("Das Passwort ist leicht zu erraten. Wählen Sie mehrere Wörter, die nichts miteinander zu tun haben.")
        )
    return _hasher.hash(password)


def _refuse(sentence: object) -> None:
    raise InvalidInput(sentence, {"password": sentence})


@cache
def _nobodys() -> str:
    """Return a hash to compare with where there is no account; made when first needed, since it takes its time."""
    return _hasher.hash("nobody has this password")


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password is right; takes as long for an unknown account as for a known one."""
    try:
        _hasher.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
