"""The plugin's key and its words."""

from typing import Final

from wf40.sdk.i18n import translator

KEY: Final = "follow_up"
OFFICE_LANGUAGE: Final = "de"
"""What is stored for all to read (titles, notes, reasons) is written in German, whoever's page it was that caused it."""
_texts = translator(KEY, __file__)
_ = _texts.gettext
_l = _texts.lazy
_n = _texts.ngettext
