"""The environment of the templates: Flask's, quicker for pages that are put together from many small parts."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from markupsafe import Markup

_ICON = Markup('<span class="kern-icon kern-icon--{}{}" aria-hidden="true"></span>')
_SIZE = Markup(" kern-icon--{}")


@lru_cache(maxsize=1000)
def icon(name: str, size: str = "") -> Markup:
    """Return an icon; see ``components/basics.html``. A page has some fifty, of few kinds: each is written once."""
    return _ICON.format(name, _SIZE.format(size) if size else "")


class PageEnvironment(Environment):
    """Gives each template what all of them share as one plain mapping.

    The library chains two mappings, so that what is added to the environment later still arrives; nothing is, once the
    application is built. A template that imports the macros of another one compares the names of both, and a page does
    so some thirty times: with plain mappings that takes a twentieth of the time.
    """

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.globals["icon_of"] = icon

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what all templates share and what this one is given besides."""
        return {**self.globals, **(d or {})}
