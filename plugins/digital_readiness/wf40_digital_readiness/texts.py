"""The plugin's key and the translators bound to its own catalogue."""

from wf40.sdk.i18n import translator

KEY = "digital_readiness"
_texts = translator(KEY, __file__)
_ = _texts.gettext
_l = _texts.lazy
_n = _texts.ngettext
