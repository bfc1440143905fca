"""What an input must keep to, which state may follow which, and who may read what a concern is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wf40.base.access import Actor
from wf40.base.checks import storable
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.core.concerns import codes

LONGEST_TITLE = 200
LONGEST_TEXT = 100_000
LONGEST_MESSAGE = 5_000
NOBODY = 0
"""As ``owner_id`` of an input: nobody looks after it yet."""
FARTHEST = timedelta(days=3653)

_ENDS = frozenset(codes.CLOSED)
TRANSITIONS: Mapping[str, frozenset[str]] = {
    codes.NEW: _ENDS | {codes.IN_PROGRESS, codes.HANDED_ON},
    codes.IN_PROGRESS: _ENDS | {codes.HANDED_ON},
    codes.HANDED_ON: _ENDS | {codes.IN_PROGRESS, codes.AWAITING},
    codes.AWAITING: _ENDS | {codes.IN_PROGRESS, codes.HANDED_ON},
    codes.SOLVED: frozenset({codes.IN_PROGRESS}),
    codes.UNSOLVABLE: frozenset({codes.IN_PROGRESS}),
    codes.WITHDRAWN: frozenset({codes.IN_PROGRESS}),
}
"""Which states may follow which. What is closed only comes back into work."""


@dataclass(frozen=True, slots=True)
class ConcernInput:
    """A concern as somebody enters it.

    Without ``owner_id`` whoever records it looks after it, or else who is responsible for the firm; :data:`NOBODY`
    leaves it open. Without ``deadline_on`` the kind sets the day. ``record`` names where it comes from.
    """

    topic: str
    title: str
    description: str = ""
    kind: str = codes.REQUEST
    owner_id: int | None = None
    deadline_on: date | None = None
    record: str = ""
    confidential: bool = False
    raised_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A consent that is recorded together with the hand-on that rests on it."""

    contact_id: int
    given_on: date
    given_how: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandoverInput:
    """To whom a concern is handed on, on whose consent, and until when an answer is asked for.

    The consent is a recorded one, or one that the person has just given.
    """

    recipient_key: str
    message: str
    answer_by: date
    consent_id: int | None = None
    new_consent: NewConsent | None = None


def may_follow(state: str, following: str) -> bool:
    """Tell whether a concern may go from one state to another."""
    return following in TRANSITIONS.get(state, frozenset())


def demand_transition(state: str, following: str) -> None:
    """Raise :class:`InvalidInput` when a state may not follow."""
    if not may_follow(state, following):
        names = {"before": codes.STATES.get(state, state), "after": codes.STATES.get(following, following)}
        raise InvalidInput(
            _l(
                "Das Anliegen ist „%(before)s“ und kann nicht „%(after)s“ werden. Bitte laden Sie die Seite neu.",
                **names,
            )
        )


def may_read_content(
    actor: Actor, *, confidential: bool, owner_id: int | None, author_id: int | None, officer_id: int | None
) -> bool:
    """Tell whether somebody who may see that there is a concern may also read what it is about.

    A confidential one is read by whoever looks after it, who recorded it and who is responsible for the firm, by
    nobody else: not by the head of the office, not by the administration.
    """
    if not confidential or actor.kind == "system":
        return True
    return actor.user_id is not None and actor.user_id in (owner_id, author_id, officer_id)


def check(given: ConcernInput, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    for name in ("topic", "kind"):
        if getattr(given, name) not in codes.CHOICES[name]:
            found[name] = _l("Diese Auswahl gibt es nicht.")
    for name, longest, lines in (("title", LONGEST_TITLE, False), ("description", LONGEST_TEXT, True)):
        if sentence := storable(getattr(given, name), longest, lines=lines):
            found[name] = sentence
    if not given.title.strip():
        found["title"] = _l("Schreiben Sie in einem Satz, was das Unternehmen braucht.")
    found |= _day_faults(given, today)
    if len(given.record) > 80:
        found["record"] = _l("Diese Auswahl gibt es nicht.")
    refuse(found)


def check_handover(given: HandoverInput, today: date) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    if sentence := storable(given.message, LONGEST_MESSAGE, lines=True):
        found["message"] = sentence
    elif not given.message.strip():
        found["message"] = _l("Schreiben Sie, worum Sie bitten.")
    if given.answer_by < today:
        found["answer_by"] = _l(
            "Dieser Tag ist schon vorbei. Bitte nennen Sie einen, bis zu dem geantwortet werden kann."
        )
    elif given.answer_by > today + FARTHEST:
        found["answer_by"] = _too_far()
    refuse(found)


def check_outcome(outcome: str, answer: str) -> None:
    """Raise :class:`InvalidInput` with a sentence for each field that breaks a rule."""
    found: dict[str, Text] = {}
    if outcome not in codes.OUTCOMES:
        found["outcome"] = _l("Diese Auswahl gibt es nicht.")
    if sentence := storable(answer, LONGEST_TEXT, lines=True):
        found["answer"] = sentence
    refuse(found)


def refuse(found: Mapping[str, Text]) -> None:
    """Raise :class:`InvalidInput` when something was found."""
    if found:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), found)


def _too_far() -> Text:
    return _l("Dieser Tag liegt mehr als zehn Jahre in der Zukunft. Bitte prüfen Sie das Jahr.")


def _day_faults(given: ConcernInput, today: date) -> dict[str, Text]:
    found: dict[str, Text] = {}
    raised = given.raised_on or today
    if raised > today:
        found["raised_on"] = _l("Das Datum liegt in der Zukunft. Hier steht, wann das Unternehmen sich gemeldet hat.")
    if raised < today - FARTHEST:
        found["raised_on"] = _l("Dieser Tag liegt mehr als zehn Jahre zurück. Bitte prüfen Sie das Jahr.")
    if given.deadline_on and given.deadline_on < raised:
        found["deadline_on"] = _l("Die Frist endet, bevor das Anliegen aufgenommen wurde.")
    elif given.deadline_on and given.deadline_on > today + FARTHEST:
        found["deadline_on"] = _too_far()
    return found
