"""Which implementation stands behind each service protocol of the SDK."""

from dataclasses import dataclass
from typing import Any

from wf40.core.accounts.queries import OfficersService
from wf40.core.concerns.handed_on import HandoversService
from wf40.core.consultations.care import CareService
from wf40.core.contacts.queries import ContactsService
from wf40.core.contacts.unsent import Unsent
from wf40.core.firms.queries import FirmsService
from wf40.core.mailings.withdrawing import UnsentMails
from wf40.core.office.queries import WorkingDaysService
from wf40.core.search.service import SearchService
from wf40.core.tasks.service import TasksService
from wf40.pluginhost.calls import Hooks
from wf40.sdk.services import Care, Contacts, Firms, Handovers, Office, Officers, Search, Tasks, WorkingDays
from wf40.settings import Settings


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """Implements :class:`wf40.sdk.services.Office` from the settings."""

    name: str
    phone: str
    mail: str
    base_url: str
    timezone: str


def services(settings: Settings, hooks: Hooks) -> dict[type[Any], object]:
    """Return the services that units of work offer."""
    facts = OfficeFacts(
        settings.office_name, settings.office_phone, settings.office_mail, settings.base_url, settings.timezone
    )
    return {
        Office: facts,
        Officers: OfficersService(),
        Firms: FirmsService(),
        Contacts: ContactsService(),
        Handovers: HandoversService(),
        WorkingDays: WorkingDaysService(),
        Tasks: TasksService(),
        Care: CareService(),
        Unsent: UnsentMails(),
        Search: SearchService(),
        Hooks: hooks,
    }
