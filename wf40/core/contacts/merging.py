"""The persons of a firm that is merged come along, with their consents; and what a person who is merged agreed to."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import handing_over
from wf40.core.contacts.match_keys import remember_changed
from wf40.core.contacts.models import Consent, Contact, OptOut
from wf40.core.contacts.refusals import enforce, let_go
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "contacts", _l("Ansprechpersonen")
CONSENTS = "consents", _l("Einwilligungen")
OPT_OUTS = "opt_outs", _l("Widersprüche")
TAKEN_IN = "taken_in", _l("Zusammengeführte Einträge")
REFUSALS = "refusals"


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move the persons of a firm."""
    moved = merging.move(u, Contact.firm_id, KEY, LABEL, keep, gone)
    remember_changed(u, moved.data["ids"])
    return [moved]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put the persons of a firm back."""
    remember_changed(u, _present(u, merging.ids(moved, KEY)))
    return [merging.put_back(u, Contact.firm_id, KEY, LABEL, keep, gone, moved)]


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move what a person agreed to and refused. A refusal of either entry holds for both."""
    staying = handing_over.staying(u, keep, gone)
    refused = enforce(u, keep, gone, staying)
    note = (
        _l("Wer in einem der beiden Einträge widersprochen oder widerrufen hat, wird nicht mehr angeschrieben.")
        if refused.get("against")
        else ""
    )
    apart = _l("Eine Einwilligung in die Weitergabe gilt nur für das Unternehmen, für das sie gegeben wurde.")
    consents = merging.move_rows(u, Consent.contact_id, keep, gone, but=staying)
    return [
        Moved(*CONSENTS, len(consents), {"ids": consents}, apart if staying else ""),
        merging.move(u, OptOut.contact_id, *OPT_OUTS, keep, gone),
        merging.move(u, Contact.merged_into_id, *TAKEN_IN, keep, gone),
        Moved(REFUSALS, OPT_OUTS[1], 0, refused, note),
    ]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put it back; what was refused meanwhile holds for both from then on."""
    let_go(u, keep, gone, moved.get(REFUSALS, {}), merging.ids(moved, OPT_OUTS[0]))
    return [
        merging.put_back(u, Contact.merged_into_id, *TAKEN_IN, keep, gone, moved),
        merging.put_back(u, OptOut.contact_id, *OPT_OUTS, keep, gone, moved),
        merging.put_back(u, Consent.contact_id, *CONSENTS, keep, gone, moved),
    ]


def _present(u: UnitOfWork, ids: list[int]) -> list[int]:
    return list(u.session.scalars(select(Contact.id).where(Contact.id.in_(ids)))) if ids else []
