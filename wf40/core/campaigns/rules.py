"""What an input must keep to."""

from dataclasses import dataclass

from wf40.base.checks import storable
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.campaigns.models import Campaign

LONGEST_TITLE: int = Campaign.__table__.c.title.type.length  # type: ignore[attr-defined]
LONGEST_NOTE = 5000
LONGEST_QUERY = 4000
MOST_FIRMS = 10_000
NO_TITLE = _l("Geben Sie der Aktion einen Titel, an dem Ihr Team sie wiedererkennt.")


@dataclass(frozen=True, slots=True)
class CampaignInput:
    """A campaign as somebody enters it; ``outreach`` is the key of what is sent and stays as it was first chosen."""

    title: str
    note: str = ""
    outreach: str = ""


def check(given: CampaignInput) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    if not given.title.strip():
        found["title"] = NO_TITLE
    elif sentence := storable(given.title, LONGEST_TITLE, lines=False):
        found["title"] = sentence
    if sentence := storable(given.note, LONGEST_NOTE, lines=True):
        found["note"] = sentence
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)


def check_count(count: int) -> None:
    """Raise :class:`InvalidInput` for no firms, or for more than one campaign takes."""
    if not count:
        raise InvalidInput(
            _l("Zu diesen Filtern gibt es kein Unternehmen. Bitte ändern Sie die Filter in der Unternehmensliste.")
        )
    if count > MOST_FIRMS:
        raise InvalidInput(
            _l(
                "Das sind %(count)s Unternehmen, eine Aktion kann höchstens %(most)s haben. Bitte grenzen Sie die"
                " Unternehmensliste mit Filtern ein.",
                count=count,
                most=MOST_FIRMS,
            )
        )
