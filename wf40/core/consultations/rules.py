"""What an input must keep to, and who may read what was said."""

from dataclasses import dataclass
from datetime import date, time

from wf40.base.access import Actor
from wf40.base.checks import storable
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation, Participant

LONGEST_TEXT = 100_000
LONGEST_OCCASION: int = Consultation.__table__.c.occasion.type.length  # type: ignore[attr-defined]
LONGEST_NAME: int = Participant.__table__.c.name.type.length  # type: ignore[attr-defined]
MOST_OTHERS = 50


@dataclass(frozen=True, slots=True)
class ConsultationInput:
    """A conversation as somebody enters it. Texts are stored byte for byte; ``others`` are names, one each."""

    kind: str
    channel: str
    held_on: date
    held_at: time | None = None
    occasion: str = ""
    summary: str = ""
    agreements: str = ""
    confidentiality: str = codes.INTERNAL
    topics: tuple[str, ...] = ()
    contact_ids: tuple[int, ...] = ()
    officer_ids: tuple[int, ...] = ()
    others: tuple[str, ...] = ()


def may_read_content(actor: Actor, confidentiality: str, author_id: int | None, officer_id: int | None) -> bool:
    """Tell whether somebody who may see the conversation may also read what was said.

    What is kept for the responsible person is read by that person and by whoever wrote it, by nobody else: not by
    the head of the office, not by the administration.
    """
    if confidentiality == codes.INTERNAL or actor.kind == "system":
        return True
    return actor.user_id is not None and actor.user_id in (author_id, officer_id)


def check(given: ConsultationInput, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    for name, words in codes.CHOICES.items():
        value = getattr(given, name)
        if any(code not in words for code in (value if isinstance(value, tuple) else (value,))):
            found[name] = _l("Diese Auswahl gibt es nicht.")
    if given.held_on > today:
        found["held_on"] = _l("Das Datum liegt in der Zukunft. Hier steht, was schon stattgefunden hat.")
    lengths = {"occasion": LONGEST_OCCASION, "summary": LONGEST_TEXT, "agreements": LONGEST_TEXT}
    for name, longest in lengths.items():
        if sentence := storable(getattr(given, name), longest, lines=name != "occasion"):
            found[name] = sentence
    if not any(text.strip() for text in (given.occasion, given.summary, given.agreements)):
        found["occasion"] = _l("Schreiben Sie mindestens den Anlass oder worum es ging.")
    if sentence := _others_fault(given.others):
        found["others"] = sentence
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)


def _others_fault(names: tuple[str, ...]) -> Text | None:
    if len(names) > MOST_OTHERS:
        return _l("Das sind %(count)s Namen, möglich sind %(most)s.", count=len(names), most=MOST_OTHERS)
    faults = (storable(name, LONGEST_NAME, lines=False) for name in names)
    return next((fault for fault in faults if fault), None)
