"""What is wrong with a check file, said so that its author can mend it: line, place, sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys and positions that lead to a place in the file: ("items", 3, "options", 0, "score")."""


def msg(msgid: str) -> str:
    """Mark a German sentence for the translation catalogue; it is translated when it is shown."""
    return msgid


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `message` is a German msgid with %(name)s placeholders; `code` is stable for tests and help pages.

    A file with a finding cannot be published.
    """

    line: int
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    path: Path = ()

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, translated by `translate` and filled in."""
        return translate(self.message) % dict(self.params)

    def __str__(self) -> str:
        return f"Zeile {self.line}: {self.text()}"


class CheckFileError(ValueError):
    """A check or measures file cannot be used; `findings` says why, in the order of the lines."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: finding.line))
        super().__init__("\n".join(str(finding) for finding in self.findings))


class Lines:
    """Line numbers (from 1) of every place in a loaded file."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines

    def at(self, *path: str | int) -> int:
        """Line of the place, or of the nearest place around it that the file really has."""
        for end in range(len(path), -1, -1):
            line = self._lines.get(path[:end])
            if line is not None:
                return line
        return 1
