"""Events: small frozen facts that something happened, stored with the change that caused them."""

import re
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Parent of all events. Fields are plain JSON values; the stored name is the class's in dotted lower case."""

    prefix: ClassVar[str] = "wf40"

    @classmethod
    def name(cls) -> str:
        """Return the stored name, e.g. ``wf40.firm_changed``."""
        return f"{cls.prefix}." + re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
