"""Texts in German and English: one catalogue a distribution, never merged.

The German text in the code is the message id, so German is complete by construction and only English needs a
catalogue. Catalogues are read from their ``.po`` file; nothing has to be compiled before a start.
"""

from collections.abc import Iterable
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations
from flask import g
from flask_babel import get_locale
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

SOURCE_LANGUAGE = "de"
LANGUAGES = ("de", "en")
_CALLS = {"_": "gettext", "gettext": "gettext", "ngettext": "ngettext", "pgettext": "pgettext"}


def current_language() -> str:
    """Return the language of the present request or forced block, German where there is none."""
    try:
        kept = g.get("_flask_babel")
    except RuntimeError:
        return SOURCE_LANGUAGE
    # A page has hundreds of texts: what the library found for the first one is read where the library keeps it.
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return locale.language if locale is not None else SOURCE_LANGUAGE


def _read_catalogue(path: Path) -> NullTranslations:
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


_KNOWN: dict[str, "Translator"] = {}


def translators() -> "list[Translator]":
    """Return the translators of the core and of all plugins that are loaded."""
    return list(_KNOWN.values())


class Translator:
    """The texts of one distribution; ``domain`` names its catalogue ``<language>/LC_MESSAGES/<domain>.po``."""

    def __init__(self, domain: str, directory: Path) -> None:
        self.domain = domain
        self.directory = directory
        _KNOWN[domain] = self
        self._catalogues: dict[str, NullTranslations] = {}

    def _catalogue(self) -> NullTranslations:
        language = current_language()
        if language not in self._catalogues:
            self._catalogues[language] = _read_catalogue(
                self.directory / language / "LC_MESSAGES" / f"{self.domain}.po"
            )
        return self._catalogues[language]

    def gettext(self, message: str, /, **values: object) -> str:
        """Return the text in the present language with ``%(name)s`` places filled."""
        text = self._catalogue().gettext(message)
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, num: int, /, **values: object) -> str:
        """Return the text for a count, which fills ``%(num)s``."""
        return self._catalogue().ngettext(singular, plural, num) % {"num": num, **values}

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Return the text as this context wants it: where one German word has several English ones."""
        text = self._catalogue().pgettext(context, message)
        return text % values if values else text

    def lazy_pgettext(self, context: str, message: str, /, **values: object) -> LazyProxy:
        """Do the same when the text is shown."""
        return LazyProxy(lambda: self.pgettext(context, message, **values), enable_cache=False)

    def lazy(self, message: str, /, **values: object) -> LazyProxy:
        """Return a text that is translated when it is shown, for constants and errors."""
        return LazyProxy(lambda: self.gettext(message, **values), enable_cache=False)


class DomainExtension(Extension):
    """Binds ``_`` of every template to the catalogue of the distribution that the template belongs to.

    A plugin's templates lie under ``templates/<key>/``; all others are the core's. The binding is made when the
    template is compiled, so a plugin that extends the core's layout cannot override the layout's words.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Rename the calls of a plugin's template to its own translator."""
        domain = (stream.name or "").partition("/")[0]
        if domain not in self.environment.globals.get("plugin_domains", ()):  # type: ignore[operator]
            yield from stream
            return
        for token in stream:
            if token.type == "name" and token.value in _CALLS:
                yield Token(token.lineno, "name", f"{_CALLS[token.value]}_{domain}")
            else:
                yield token


core_texts = Translator("wf40", Path(__file__).parent.parent / "translations")
_ = core_texts.gettext
_l = core_texts.lazy
_n = core_texts.ngettext
_p = core_texts.pgettext
_pl = core_texts.lazy_pgettext
