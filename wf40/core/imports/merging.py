"""What somebody decided about a line of a file follows the firm; the lines that made a firm stay with it, as its proof."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports.models import ImportRow
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "import_choices", _l("Entscheidungen in Importen")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    return [merging.move(u, ImportRow.choice, KEY, LABEL, keep, gone)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, ImportRow.choice, KEY, LABEL, keep, gone, moved)]
