"""Texts that are stored with a record: in the language of the code, shown in the reader's.

What holds values (a number, a name) is shown as it was stored.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_app_context
from flask_babel import force_locale

from wf40.base.errors import Text
from wf40.base.i18n import SOURCE_LANGUAGE, translators


@contextmanager
def in_source_language() -> Iterator[None]:
    """Make every text in the language of the code for a while."""
    if has_app_context():
        with force_locale(SOURCE_LANGUAGE):
            yield
    else:  # without an application there is no other language
        yield


def to_store(text: Text) -> str:
    """Return a text as it is stored."""
    with in_source_language():
        return str(text)


def as_shown(stored: str) -> str:
    """Return a stored text in the present language, as far as a catalogue has it; of ``Ort: Ulm`` the label."""
    found = _translated(stored)
    if found != stored:
        return found
    label, colon, value = stored.partition(": ")
    return f"{_translated(label)}{colon}{value}"


def _translated(stored: str) -> str:
    if not stored:
        return ""  # a catalogue keeps its own description under the empty text
    for catalogue in translators():
        if (found := catalogue.gettext(stored)) != stored:
            return found
    return stored
