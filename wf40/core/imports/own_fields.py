"""Columns that fill what slices and plugins keep about firms, beside the facts of a firm: own fields, tags, persons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports.own_keys import PREFIX, is_own, part_key, split_key
from wf40.matching.names import fold
from wf40.pluginhost.calls import Hooks
from wf40.sdk.firm_data import ImportField, ImportPart
from wf40.sdk.hookspecs import Spec

HOOK = "import_fields"
OTHERS = _l("Weitere Angaben")


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field and the slice or plugin that keeps its values."""

    plugin: str
    field: ImportField

    @property
    def key(self) -> str:
        """How imports name it."""
        return f"{PREFIX}{self.plugin}:{self.field.key}"


@dataclass(frozen=True, slots=True)
class OwnTarget:
    """What a column may be chosen for: a field, or one part of it. ``words`` are folded headers that mean it."""

    key: str
    label: Text
    group: Text
    words: frozenset[str]
    several: bool
    hint: Text = ""
    leads: bool = True


Targets = Mapping[str, OwnTarget]


def own_fields(u: UnitOfWork) -> dict[str, OwnField]:
    """Return what the actor may fill beside the facts of a firm, by key."""
    found = [OwnField(given.plugin, given.value) for given in u.service(Hooks).gather(Spec.import_fields, u).provided]
    return {own.key: own for own in found}


def own_targets(u: UnitOfWork) -> dict[str, OwnTarget]:
    """Return what the columns of a file may be chosen for beside the facts of a firm, by key."""
    return {target.key: target for own in own_fields(u).values() for target in _targets(own)}


def _targets(own: OwnField) -> list[OwnTarget]:
    field, group = own.field, own.field.group or OTHERS
    parts: Sequence[ImportPart | None] = field.parts or (None,)
    return [
        OwnTarget(
            part_key(own.key, part.key) if part else own.key, part.label if part else field.label, group,
            frozenset(filter(None, map(fold, (str(shown.label), *shown.words)))), field.several, field.hint, part is None or part.leads,
        )
        for part in parts
        for shown in (part or field,)
    ]  # fmt: skip


def hints(targets: Targets, keys: Iterable[str | None]) -> list[str]:
    """Return what people have to see to once columns were chosen for these targets."""
    found = (str(targets[key].hint) for key in keys if key is not None and key in targets)
    return list(dict.fromkeys(filter(None, found)))


def labels(u: UnitOfWork, keys: Iterable[str | None]) -> dict[str, str]:
    """Return the words for those of the keys that are no facts of a firm; asks for them only where there are any."""
    if not any(map(is_own, keys)):
        return {}
    found = {key: str(target.label) for key, target in own_targets(u).items()}
    return {key: str(own.field.label) for key, own in own_fields(u).items()} | found


def meant_by(headers: Sequence[str], targets: Targets) -> dict[int, str]:
    """Return which columns have a header that is the label or a synonym of a target."""
    by_word: dict[str, str] = {}
    for target in targets.values():
        for word in target.words:
            by_word.setdefault(word, target.key)
    found: dict[int, str] = {}
    for number, header in enumerate(headers):
        key = by_word.get(fold(header)) or by_word.get(_unnumbered(fold(header)))
        if key and (targets[key].several or key not in found.values()):
            found[number] = key
    led = {split_key(key)[0] for key in found.values() if targets[key].leads}
    return {number: key for number, key in found.items() if split_key(key)[0] in led}


def _unnumbered(text: str) -> str:
    """Return a folded header without the number by which several columns of one kind differ: "Ansprechpartner 2"."""
    return text.rstrip("0123456789").rstrip()
