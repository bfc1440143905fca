"""Rest for a hook that keeps failing: after three errors in a row it is left out for ten minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ERRORS_IN_A_ROW = 3
REST = timedelta(minutes=10)


@dataclass
class _Record:
    errors: int = 0
    until: datetime | None = None
    reference: str = ""


class Quarantine:
    """Counts errors per plugin and hook in this process; each process notices for itself."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], _Record] = {}

    def rests(self, plugin: str, hook: str, now: datetime) -> bool:
        """Tell whether the hook is left out at this moment."""
        record = self._records.get((plugin, hook))
        return record is not None and record.until is not None and now < record.until

    def resting(self, now: datetime) -> list[tuple[str, str]]:
        """Return the (plugin, hook) pairs that are left out."""
        return sorted(pair for pair in self._records if self.rests(*pair, now))

    def reference(self, plugin: str, hook: str) -> str:
        """Return the reference number of the last error, or nothing."""
        record = self._records.get((plugin, hook))
        return record.reference if record else ""

    def failed(self, plugin: str, hook: str, now: datetime, reference: str = "") -> None:
        """Count an error; the third in a row begins the rest, and so does each one after it."""
        record = self._records.setdefault((plugin, hook), _Record())
        record.errors += 1
        record.reference = reference
        if record.errors >= ERRORS_IN_A_ROW:
            record.until = now + REST

    def succeeded(self, plugin: str, hook: str) -> None:
        """Forget earlier errors."""
        self._records.pop((plugin, hook), None)
