"""What the bin adds to the whole."""

from wf40.core.bin import models

__all__ = ["models"]
