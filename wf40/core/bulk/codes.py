"""States of changes of many firms and of their parts, with their words."""

from wf40.base.errors import Text
from wf40.base.i18n import _l

RUN = "bulk.run"
COLLECTING, RUNNING, DONE, UNDOING, UNDONE, STOPPED = (
    "collecting", "running", "done", "undoing", "undone", "stopped",
)  # fmt: skip
STATES: dict[str, Text] = {
    COLLECTING: _l("nicht gestartet"),
    RUNNING: _l("läuft"),
    DONE: _l("fertig"),
    UNDOING: _l("wird zurückgenommen"),
    UNDONE: _l("zurückgenommen"),
    STOPPED: _l("angehalten"),
}
BADGES: dict[str, str] = {RUNNING: "info", UNDOING: "info", DONE: "success", STOPPED: "warning"}
WAITING, CHANGED, SAME, REFUSED, PUT_BACK, KEPT = "waiting", "changed", "same", "refused", "undone", "kept"
ITEMS: dict[str, Text] = {
    WAITING: _l("noch nicht bearbeitet"),
    CHANGED: _l("geändert"),
    SAME: _l("war schon so"),
    REFUSED: _l("nicht möglich"),
    PUT_BACK: _l("zurückgenommen"),
    KEPT: _l("bleibt, wie es jetzt ist"),
}
AT_ONCE = 300
"""Up to so many firms are changed within the request, in one transaction; more by the worker."""
KEPT_DAYS = 180
"""After so many days a change is forgotten and can no longer be taken back."""
EDITED = _l("wurde inzwischen geändert")
GONE = _l("gibt es nicht mehr")
ELSEWHERE = _l("gehört zu einer anderen Gemeinde")
