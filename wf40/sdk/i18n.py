"""Texts of a plugin: its own catalogue, never merged with another's."""

from pathlib import Path

from wf40.base.errors import Text
from wf40.base.i18n import Translator, current_language

__all__ = ["Text", "Translator", "current_language", "translator"]


def translator(key: str, package_file: str) -> Translator:
    """Return the plugin's texts from ``translations/en/LC_MESSAGES/<key>.po`` beside ``package_file``.

    Use ``_ = translator(KEY, __file__).gettext`` for texts of a request and ``.lazy`` for constants.
    """
    return Translator(key, Path(package_file).parent / "translations")
