"""Puts the field history of a person into words."""

from collections.abc import Collection, Mapping
from typing import Any

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.history import FieldChange, changes_of
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.queries import readable_contact
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.services import Firms

FIRM = "firm_id"


@requires("contacts.read")
def changes(u: UnitOfWork, contact_id: int) -> list[ShownChange]:
    """Return the field history of a contact in words; raises :class:`NotFound`."""
    row = readable_contact(u, contact_id)
    found = changes_of(u, f"contact:{row.id}")
    return in_words(found, codes.FIELDS, {**codes.WORDS, FIRM: _firms_named(u, found)})


def _firms_named(u: UnitOfWork, found: Collection[FieldChange]) -> Mapping[Any, Text]:
    """Return names of the firms between which a person moved; of those that cannot be read only the number."""
    ids = {value for c in found if c.field == FIRM for value in (c.old, c.new) if isinstance(value, int)}
    known = u.service(Firms).many(u, ids) if ids else {}
    return {i: known[i].name if i in known else _l("Nr. %(n)s", n=i) for i in ids}
