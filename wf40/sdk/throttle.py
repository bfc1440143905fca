"""Rate limits for pages that people outside the office may open."""

from wf40.base.throttle import throttle

__all__ = ["throttle"]
