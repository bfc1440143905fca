"""What campaigns add to the whole."""

from wf40.core.campaigns import models as _models  # noqa: F401 - makes the tables known
