"""The core's slices, in the order in which their hooks are asked."""

from types import ModuleType

from wf40.core.accounts import hooks as accounts
from wf40.core.admin import hooks as admin
from wf40.core.bin import hooks as bin_
from wf40.core.bulk import hooks as bulk
from wf40.core.campaigns import hooks as campaigns
from wf40.core.concerns import hooks as concerns
from wf40.core.consultations import hooks as consultations
from wf40.core.contacts import hooks as contacts
from wf40.core.custom_fields import hooks as custom_fields
from wf40.core.day import hooks as day
from wf40.core.duplicates import hooks as duplicates
from wf40.core.exports import hooks as exports
from wf40.core.firms import hooks as firms
from wf40.core.imports import hooks as imports
from wf40.core.listviews import hooks as listviews
from wf40.core.mailings import hooks as mailings
from wf40.core.mails import hooks as mails
from wf40.core.merges import hooks as merges
from wf40.core.office import hooks as office
from wf40.core.risk import hooks as risk
from wf40.core.search import hooks as search
from wf40.core.signals import hooks as signals
from wf40.core.tags import hooks as tags
from wf40.core.tasks import hooks as tasks
from wf40.core.timeline import hooks as timeline

SLICES: dict[str, ModuleType] = {
    "accounts": accounts,
    "admin": admin,
    "office": office,
    "firms": firms,
    "listviews": listviews,
    "imports": imports,
    "duplicates": duplicates,
    "custom_fields": custom_fields,
    "tags": tags,
    "bulk": bulk,
    "bin": bin_,
    "contacts": contacts,
    "exports": exports,
    "tasks": tasks,
    "concerns": concerns,
    "consultations": consultations,
    "signals": signals,
    "risk": risk,
    "campaigns": campaigns,
    "mailings": mailings,
    "mails": mails,
    "merges": merges,
    "search": search,
    "timeline": timeline,
    "day": day,
}
