"""Mails of the plugin, composed in the language of the person who receives them."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale

from wf40.sdk.refs import ContactRef, FirmRef, OfficerRef
from wf40.sdk.services import Office
from wf40.sdk.uow import Letter
from wf40_digital_readiness.texts import KEY, _


@dataclass(frozen=True, slots=True)
class Inviting:
    """What an invitation mail says: who invites whom, in which language, with which secret, until when."""

    office: Office
    officer: OfficerRef | None
    firm: FirmRef
    contact: ContactRef
    language: str
    token: str
    until: date

    @property
    def address(self) -> str:
        """The personal link."""
        return f"{self.office.base_url}/public/{KEY}/{self.token}"


def invitation_letter(given: Inviting) -> Letter:
    """Compose the invitation."""
    with force_locale(given.language):
        paragraphs = [
            _greeting(given.contact, given.language),
            _("wie digital arbeitet %(firm)s heute, und was wäre ein guter nächster Schritt? Der Kurzcheck Digital gibt Ihnen in etwa fünf Minuten eine Antwort: zwölf Fragen, auch am Handy, mit sofortigem Ergebnis und drei ersten Schritten.", firm=given.firm.name),
            _("Ihr persönlicher Link:") + f"\n{given.address}",
            _("Der Link gilt bis zum %(day)s und ist nur für Ihr Unternehmen. Sie können unterbrechen und mit demselben Link weitermachen. Ihr Ergebnis können Sie darüber noch zwölf Monate lang ansehen.", day=_day(given)),
            _("Wer sieht Ihre Antworten? Nur wir: %(office)s. Wir nutzen sie, um Sie passend zu beraten und früh zu erkennen, wo Unternehmen durch die Digitalisierung unter Druck geraten (Frühwarnung). Die Teilnahme ist freiwillig; über Förderung oder Genehmigungen entscheiden die Antworten nie. Gespeichert werden sie drei Jahre; Sie können vorher die Löschung verlangen.", office=given.office.name),
            _("Sie sind unsicher, ob diese Mail echt ist? Der Link führt auf unsere Adresse %(site)s. Fragen Sie uns gern: %(contact)s.", site=given.office.base_url, contact=_reach(given)),
            _("Freundliche Grüße") + "\n" + _signature(given),
        ]  # fmt: skip
        subject = _("Kurzcheck Digital: fünf Minuten für %(firm)s", firm=given.firm.name)
    return Letter(
        to=given.contact.email,
        to_name=given.contact.name,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        reply_to=given.officer.email if given.officer else given.office.mail,
        subject_ref=given.firm.subject,
        origin=KEY,
    )


def callback_letter(office: Office, officer: OfficerRef, firm: FirmRef, response_id: int) -> Letter:
    """Tell an officer that a firm wants to be called."""
    url = f"{office.base_url}/p/{KEY}/antworten/{response_id}"
    with force_locale("de"):
        text = _("%(firm)s hat den Digitalcheck ausgefüllt und bittet um einen Rückruf.", firm=firm.name)
        subject = _("Bitte um Rückruf: %(firm)s", firm=firm.name)
    return Letter(officer.email, subject, f"{text}\n\n{url}\n", officer.name, "", firm.subject, KEY)


def _greeting(contact: ContactRef, language: str) -> str:
    if contact.salutation and contact.language == language:
        return _("Guten Tag %(salutation)s %(name)s,", salutation=contact.salutation, name=contact.name)
    return _("Guten Tag %(name)s,", name=contact.name)


def _day(given: Inviting) -> str:
    return given.until.strftime("%d.%m.%Y" if given.language == "de" else "%Y-%m-%d")


def _phone(given: Inviting) -> str:
    return (given.officer.phone if given.officer else "") or given.office.phone


def _reach(given: Inviting) -> str:
    return _phone(given) or given.office.mail or (given.officer.email if given.officer else given.office.name)


def _signature(given: Inviting) -> str:
    own = [given.officer.name if given.officer else "", given.office.name, _phone(given), given.office.mail]
    return "\n".join(line for line in own if line)
