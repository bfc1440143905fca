"""What a mail says as a conversation: who wrote to whom, when, what, and what stays to be kept of its files."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officers
from wf40.core.consultations import service
from wf40.core.consultations.outcomes import NOTHING, Outcomes
from wf40.core.consultations.rules import LONGEST_NAME, LONGEST_OCCASION, ConsultationInput
from wf40.core.contacts.queries import contacts_of_firm
from wf40.core.mails import service as mails
from wf40.core.mails.reading import MailContent
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office

MOST_OTHERS = 10
"""So many people whom nobody knows are named; a mail to more of them is no conversation with each."""
EARLIEST = 1970
"""Nobody sent a mail in an earlier year."""
_Person = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A form's values, whether the office wrote the mail, and what the officer must look at."""

    values: dict[str, Any]
    outgoing: bool
    notes: tuple[Text, ...]


@requires("consultations.edit")
def prefilled(u: UnitOfWork, firm: FirmRef, mail: MailContent, contact_id: int | None = None) -> Prefilled:
    """Return the form of a conversation as a mail fills it; ``contact_id`` is the person on whose page it was dropped."""
    people = [*([mail.sender] if mail.sender else []), *mail.to, *mail.cc]
    addresses = {address.casefold() for _name, address in people if address}
    contacts = contacts_of_firm(u, firm.id)
    known = {c.id: c.email.casefold() for c in contacts if c.email and c.email.casefold() in addresses}
    colleagues = {o.id: o.email.casefold() for o in officers(u)}
    own = {*colleagues.values(), u.service(Office).mail.casefold()} - {""}
    outgoing = _is_outgoing(mail, own, set(known.values()))
    present = [c.id for c in contacts if c.id in known or c.id == contact_id]
    officer_ids: list[int | None] = [*(i for i, address in colleagues.items() if address in addresses)] or [
        u.actor.user_id
    ]
    moment, notes = _moment(u, mail)
    values = {
        "kind": "mail", "channel": "mail", "held_on": moment[0], "held_at": moment[1],
        "occasion": (mail.subject or _("E-Mail ohne Betreff"))[:LONGEST_OCCASION],
        "summary": f"{_heads(mail, outgoing=outgoing)}\n\n{mail.text}".strip(), "contact_ids": present,
        "officer_ids": officer_ids, "others": "\n".join(_others(people, own | set(known.values()))),
        "entry_key": service.new_entry_key(),
    }  # fmt: skip
    if mail.shortened:
        notes.append(_l("Der Text der E-Mail ist sehr lang und wurde am Ende gekürzt."))
    if not mail.text:
        notes.append(_l("Die E-Mail enthält keinen lesbaren Text, zum Beispiel weil sie verschlüsselt ist."))
    return Prefilled(values, outgoing, tuple(notes))


@requires("consultations.edit")
def add_from_mail(
    u: UnitOfWork, firm_id: int, given: ConsultationInput, entry_key: str, draft_id: int, kept: Collection[int],
    follows: Outcomes = NOTHING,
) -> int:  # fmt: skip
    """Store a conversation with the chosen files of the mail that it was made of; raises like ``add_consultation``."""
    saved = service.add_consultation(u, firm_id, given, entry_key, follows)
    mails.take_over(u, draft_id, saved, kept)
    return saved


def _is_outgoing(mail: MailContent, own: set[str], of_firm: set[str]) -> bool:
    """Tell whether the office wrote: by its addresses, or by their domain where the firm does not write from there."""
    address = mail.sender[1].casefold() if mail.sender else ""
    if not address or address in of_firm:
        return False
    domains = {each.rpartition("@")[2] for each in of_firm}
    return address in own or address.rpartition("@")[2] in {each.rpartition("@")[2] for each in own} - domains


def _moment(u: UnitOfWork, mail: MailContent) -> tuple[tuple[date, time | None], list[Text]]:
    """Return day and time in the office; today where the mail names none that can be."""
    zone = ZoneInfo(u.service(Office).timezone)
    now = u.now.astimezone(zone)
    if mail.at is None or mail.at.year < EARLIEST:
        return (now.date(), None), [_l("Die E-Mail nennt kein Datum. Bitte prüfen Sie den Tag.")]
    # The last hours of the year 9999 are no moment in another time zone, and no later one says more.
    at = min(mail.at, u.now + timedelta(days=2)).astimezone(zone)
    if at.date() > now.date():
        return (now.date(), None), [_l("Das Datum der E-Mail liegt in der Zukunft. Bitte prüfen Sie den Tag.")]
    return (at.date(), at.time().replace(second=0, microsecond=0)), []


def _heads(mail: MailContent, *, outgoing: bool) -> str:
    """Return who wrote to whom, as it stands above the text."""
    lines = []
    if mail.sender:
        who = _shown(mail.sender)
        lines.append(
            _("E-Mail der Wirtschaftsförderung von %(who)s", who=who) if outgoing else _("E-Mail von %(who)s", who=who)
        )
    if mail.to:
        lines.append(_("An: %(people)s", people=_some(mail.to)))
    if mail.cc:
        lines.append(_("Kopie: %(people)s", people=_some(mail.cc)))
    return "\n".join(lines)


def _some(people: tuple[_Person, ...]) -> str:
    shown = ", ".join(_shown(person) for person in people[:MOST_OTHERS])
    rest = len(people) - MOST_OTHERS
    return _("%(people)s und %(n)s weitere", people=shown, n=rest) if rest > 0 else shown


def _shown(person: _Person) -> str:
    name, address = person
    return f"{name} <{address}>" if name and address and name.casefold() != address.casefold() else name or address


def _others(people: Iterable[_Person], known: set[str]) -> list[str]:
    """Return those whom neither the firm nor the office knows; nobody where there are too many."""
    found = {
        (address.casefold() or name): name or address for name, address in people if address.casefold() not in known
    }
    return [name[:LONGEST_NAME] for name in found.values()] if len(found) <= MOST_OTHERS else []
