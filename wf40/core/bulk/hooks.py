"""What changes of many firms add to the whole."""

from wf40.core.bulk import models

__all__ = ["models"]
