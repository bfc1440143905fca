"""The public contract between wf40 and its plugins. Plugins import from here and from nowhere else in wf40.

``SDK_VERSION`` follows semantic versioning: a changed or removed signature raises the first number.
"""

from wf40.sdk.hookspecs import SDK_VERSION, Spec, hookimpl

__all__ = ["SDK_VERSION", "Spec", "hookimpl"]
