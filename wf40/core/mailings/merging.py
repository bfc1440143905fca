"""What a firm that is merged was sent comes along."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.mailings.models import MailingRecipient
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "mailing_recipients", _l("Empfangene Rundschreiben")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, MailingRecipient.firm_id, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, MailingRecipient.firm_id, KEY, LABEL, keep, gone, moved)]
