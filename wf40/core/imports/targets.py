"""What the page of columns offers for a column, in groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.core.imports.mappings import STORED
from wf40.core.imports.own_fields import Targets

_GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (_l("Unternehmen"), (
        "name", "legal_form", "trade_name", "former_names", "kind", "status", "wz_code", "employees", "founded_year",
    )),
    (_l("Register und Kennungen"), (
        "register_kind", "register_number", "register_suffix", "register_court", "vat_id", "economic_id", "source_key",
    )),
    (_l("Anschrift"), ("address", "street", "house_number", "postcode", "town")),
    (_l("Kontakt"), ("phone", "email", "website")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Fields that stand together in the list: key and words of each."""

    label: Text
    fields: Sequence[tuple[str, str]]


def target_groups(own: Targets) -> list[TargetGroup]:
    """Return every field that a column may fill; whatever stands in no group comes last, ``own`` ones behind."""
    left = {target.key: target.label for target in STORED}
    groups = [TargetGroup(label, [(key, _(left.pop(key))) for key in keys if key in left]) for label, keys in _GROUPS]
    groups.append(TargetGroup(_l("Weiteres"), [(key, _(label)) for key, label in left.items()]))
    beside: dict[str, list[tuple[str, str]]] = {}
    for target in own.values():
        beside.setdefault(str(target.group), []).append((target.key, str(target.label)))
    return [*groups, *(TargetGroup(label, fields) for label, fields in beside.items())]
