"""What an input must keep to; every breach is one sentence beside its field."""

from dataclasses import dataclass

from wf40.base.checks import storable
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.mailings import codes, placeholders
from wf40.core.mailings.models import Distribution, Mailing

LONGEST_BODY = 20_000
LONGEST_TITLE: int = Distribution.__table__.c.title.type.length  # type: ignore[attr-defined]
LONGEST_SUBJECT: int = Mailing.__table__.c.subject.type.length  # type: ignore[attr-defined]
LONGEST_QUERY = 4000


@dataclass(frozen=True, slots=True)
class DistributionInput:
    """A new list: its name, and what its persons are taken from. ``which`` is for lists of firms."""

    title: str
    source: str
    query: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class MailingInput:
    """A text for the persons of a list."""

    channel: str
    subject: str
    body: str


def check_title(title: str) -> None:
    """Raise :class:`InvalidInput` for a name that a list cannot have."""
    sentence = storable(title, LONGEST_TITLE, lines=False)
    if not title.strip():
        sentence = _l("Geben Sie dem Verteiler einen Namen.")
    if sentence:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), {"title": sentence})


def check_distribution(given: DistributionInput) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    check_title(given.title)
    known = codes.WHICH if given.source == codes.FIRMS else {"": ""}
    if given.source not in codes.SOURCES.values() or len(given.query) > LONGEST_QUERY:
        raise InvalidInput(
            _l("Die Liste, aus der die Personen stammen, ist nicht zu erkennen. Bitte gehen Sie von ihr aus.")
        )
    if given.which not in known:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), {"which": _l("Diese Auswahl gibt es nicht.")})


def check_mailing(given: MailingInput) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    if given.channel not in codes.CHANNELS:
        found["channel"] = _l("Diese Auswahl gibt es nicht.")
    texts = (("subject", given.subject, LONGEST_SUBJECT), ("body", given.body, LONGEST_BODY))
    for name, text, longest in texts:
        sentence = storable(text, longest, lines=name == "body") or _unprintable(text) or placeholders.fault(text)
        if sentence:
            found[name] = sentence
    if not given.subject.strip():
        found["subject"] = _l("Geben Sie einen Betreff ein.")
    if not given.body.strip():
        found["body"] = _l("Schreiben Sie den Text.")
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)


def _unprintable(text: str) -> Text | None:
    """Refuse control characters, which neither a mail nor a letter can show."""
    if any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in text):
        return _l("Der Text enthält ein Steuerzeichen, das niemand lesen kann. Bitte tippen Sie die Stelle neu.")
    return None
