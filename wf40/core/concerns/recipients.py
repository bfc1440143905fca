"""To whom a concern can be handed on: asked of all slices and plugins."""

from collections.abc import Sequence
from dataclasses import dataclass

from wf40.base.checks import email
from wf40.base.errors import InvalidInput, Text
from wf40.base.german import sort_key, tidy
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.work import Recipient

LONGEST_KEY, LONGEST_LABEL, LONGEST_GROUP = 80, 300, 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """A recipient in words that can be stored and stand in the head of a mail."""

    key: str
    label: str
    group: str
    email: str


def recipients(u: UnitOfWork, firm: FirmRef, topic: str) -> Sequence[Recipient]:
    """Return whom slices and plugins offer, by group and in the order of each group; a key stands once."""
    offered = u.service(Hooks).each(Spec.handover_recipients, u, firm, topic)
    usable = [r for r in offered if 0 < len(r.key) <= LONGEST_KEY]
    groups = {str(r.group): min(o.order for o in usable if str(o.group) == str(r.group)) for r in usable}
    ordered = sorted(
        usable, key=lambda r: (groups[str(r.group)], sort_key(str(r.group)), r.order, sort_key(str(r.label)), r.key)
    )
    return list({r.key: r for r in reversed(ordered)}.values())[::-1]


def chosen(u: UnitOfWork, firm: FirmRef, topic: str, key: str) -> Chosen:
    """Return the recipient of a key; raises :class:`InvalidInput` when nobody offers it or no mail can reach it."""
    found = next((r for r in recipients(u, firm, topic) if r.key == key), None)
    if found is None:
        raise _refused(_l("Diese Stelle steht nicht zur Wahl. Bitte wählen Sie eine aus der Liste."))
    label = _one_line(found.label, LONGEST_LABEL)
    try:
        address = email(found.email.strip())
    except InvalidInput:
        raise _refused(
            _l("Bei %(name)s ist keine gültige E-Mail-Adresse hinterlegt. Bitte berichtigen Sie sie dort.", name=label)
        ) from None
    return Chosen(found.key, label, _one_line(found.group, LONGEST_GROUP), address)


def _one_line(text: Text, longest: int) -> str:
    """Return what can be stored and stand in the head of a mail, whatever a plugin gave."""
    return tidy("".join(c if c.isprintable() else " " for c in str(text)))[:longest].strip()


def _refused(sentence: Text) -> InvalidInput:
    return InvalidInput(sentence, {"recipient_key": sentence})
