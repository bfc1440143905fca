"""The plugin's key and its words."""

from typing import Final

from wf40.sdk.i18n import translator

KEY: Final = "partner_network"
texts = translator(KEY, __file__)
_ = texts.gettext
_l = texts.lazy
_n = texts.ngettext
