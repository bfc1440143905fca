"""What a recipient is told: plain German, and of the firm's people only the one who agreed."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale

from wf40.base.checks import spoken_phone
from wf40.base.german import tidy
from wf40.base.i18n import SOURCE_LANGUAGE, _
from wf40.base.mail import Letter
from wf40.core.concerns.recipients import Chosen
from wf40.core.concerns.rules import ConcernInput
from wf40.sdk.refs import FirmRef, OfficerRef
from wf40.sdk.services import Office
from wf40.sdk.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Person:
    """The person of the firm who agreed."""

    name: str
    function: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class HandingOn:
    """All that a letter is made of. Of a confidential concern only the message is told."""

    concern_id: int
    office: Office
    officer: OfficerRef | None
    firm: FirmRef
    person: Person
    concern: ConcernInput
    recipient: Chosen
    message: str
    answer_by: date


def letter(given: HandingOn) -> Letter:
    """Compose the mail to the recipient; its text is also what is said on the telephone."""
    with force_locale(SOURCE_LANGUAGE):
        firm = f"{given.firm.name}, {given.firm.town}" if given.firm.town else given.firm.name
        paragraphs = [
            _("Guten Tag,"),
            _("wir bitten Sie um Unterstützung bei einem Anliegen dieses Unternehmens: %(firm)s.", firm=firm),
            *_about(given),
            _("Unsere Bitte an Sie:") + "\n" + given.message.strip(),
            _("Ansprechperson im Unternehmen:") + "\n" + _reach(given.person),
            _("Die Person hat zugestimmt, dass wir ihre Angaben zu diesem Anliegen an Sie weitergeben. Bitte verwenden Sie sie nur dafür."),
            _("Bitte antworten Sie uns bis zum %(day)s, auch wenn Sie nicht helfen können.", day=given.answer_by.strftime("%d.%m.%Y")),
            _("Freundliche Grüße") + "\n" + _signature(given),
        ]  # fmt: skip
        subject = _("Anliegen eines Unternehmens: %(firm)s", firm=tidy(given.firm.name))
    return Letter(
        to=given.recipient.email,
        to_name=given.recipient.label,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        reply_to=(given.officer.email if given.officer else "") or given.office.mail,
        subject_ref=f"concern:{given.concern_id}",
    )


def _about(given: HandingOn) -> list[str]:
    if given.concern.confidential:
        return []
    topic = _("Thema: %(topic)s", topic=TOPICS.get(given.concern.topic, given.concern.topic))
    facts = topic + "\n" + _("Anliegen: %(title)s", title=given.concern.title)
    return [text for text in (facts, given.concern.description.strip()) if text]


def _reach(person: Person) -> str:
    name = f"{person.name}, {person.function}" if person.function else person.name
    mail = _("E-Mail: %(address)s", address=person.email) if person.email else ""
    phone = _("Telefon: %(number)s", number=spoken_phone(person.phone)) if person.phone else ""
    return "\n".join(line for line in (name, mail, phone) if line)


def _signature(given: HandingOn) -> str:
    officer = given.officer
    phone = (officer.phone if officer else "") or given.office.phone
    own = [
        officer.name if officer else "",
        given.office.name,
        phone,
        (officer.email if officer else "") or given.office.mail,
    ]
    return "\n".join(line for line in own if line)
