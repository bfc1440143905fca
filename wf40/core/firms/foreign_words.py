"""Words for fields that other slices and plugins write into a firm's history."""

from collections.abc import Iterable, Mapping
from typing import Any

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.firms import terms
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.firm_data import FieldWords
from wf40.sdk.hookspecs import Spec


class ForeignWords:
    """The words for the foreign fields among some; asks nobody where there are none."""

    def __init__(self, u: UnitOfWork, fields: Iterable[str]) -> None:
        foreign = sorted({name for name in fields if not terms.is_own_field(name)})
        self._hooks = u.service(Hooks)
        found = self._hooks.gather(Spec.history_words, u, foreign).provided if foreign else []
        self._by_field: dict[str, tuple[str, FieldWords]] = {p.value.field: (p.plugin, p.value) for p in found}

    @property
    def labels(self) -> Mapping[str, Text]:
        """Names by field."""
        return {field: words.label for field, (_plugin, words) in self._by_field.items()}

    def value(self, field: str, stored: Any) -> str | None:
        """Return a value in words; ``None`` for a field that nobody knows, or where its plugin fails."""
        if field not in self._by_field:
            return None
        plugin, words = self._by_field[field]
        shown = self._hooks.guard(plugin, f"history {field}", lambda: str(words.present(stored)))
        return None if isinstance(shown, Failure) else shown
