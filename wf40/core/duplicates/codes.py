"""The words for states of pairs and searches."""

from wf40.base.errors import Text
from wf40.base.i18n import _l

FIRMS, PERSONS = "firms", "persons"
"""What may stand twice."""
OPEN, NOT_SAME = "open", "not_same"
STATES: dict[str, Text] = {OPEN: _l("Zu entscheiden"), NOT_SAME: _l("Nicht dasselbe")}
SCANNING = frozenset({"queued", "running"})
BADGES = {"same": "warning", "ask": "info"}
