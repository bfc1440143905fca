"""A stored conversation as its form shows it, and beside what somebody typed meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.consultations.forms import ConsultationForm
from wf40.core.consultations.queries import ConsultationView
from wf40.core.consultations.rules import ConsultationInput
from wf40.web.conflicts import ConflictRow, conflict_rows


def form_values(found: ConsultationView) -> dict[str, Any]:
    """Return what the form shows of a conversation whose content may be read."""
    assert found.content is not None  # noqa: S101 - the query for editing has refused otherwise
    values: dict[str, Any] = asdict(found.content)
    lists = {name: list(values[name]) for name in ("topics", "contact_ids", "officer_ids")}
    return {**values, **lists, "others": "\n".join(found.content.others), "version": str(found.version)}


def missing_officers(u: UnitOfWork, content: ConsultationInput, known: Collection[int]) -> Mapping[int, str]:
    """Return people of the office who took part and have left since, by id."""
    return officer_names(u, [i for i in content.officer_ids if i not in known])


def differences(found: ConsultationView, typed: ConsultationForm) -> list[ConflictRow]:
    """Return the fields that differ between what is stored and what was typed."""
    stored = ConsultationForm(formdata=None, data=form_values(found))
    for name in ("contact_ids", "officer_ids"):
        stored[name].choices = typed[name].choices
    return conflict_rows(stored, typed, ignore=[name for name in typed.data if name.startswith(("need_", "task_"))])
