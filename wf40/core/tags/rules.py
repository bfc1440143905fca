"""What a tag may be called, and how several stand in one text."""

import re
from collections.abc import Iterable

from wf40.base.checks import line
from wf40.base.errors import InvalidInput
from wf40.base.german import fold, sort_key, tidy
from wf40.base.i18n import _l

READ, EDIT, CREATE, MANAGE = "tags.read", "tags.edit", "tags.create", "tags.manage"
LONGEST_NAME, LONGEST_DESCRIPTION, MOST_TAGS, MOST_AT_ONCE = 60, 300, 2000, 50
CUT = "\x1f"
"""Stands between names where they are stored together."""


def tag_name(text: str) -> str:
    """Return the name of a tag; raises :class:`InvalidInput`."""
    name = line(text, LONGEST_NAME)
    if not name:
        raise InvalidInput(_l("Geben Sie ein Schlagwort ein, zum Beispiel „Nachfolge“."))
    if re.search("[,;]", name):
        raise InvalidInput(_l("Ein Schlagwort enthält weder Komma noch Semikolon: Sie trennen mehrere Schlagwörter."))
    return name


def tag_key(name: str) -> str:
    """Return the name as it is compared."""
    return fold(name) or tidy(name).casefold()


def names_in(text: str) -> list[str]:
    """Return the names in a text with commas or semicolons between them, each once; raises :class:`InvalidInput`."""
    found: dict[str, str] = {}
    for name in map(tag_name, filter(str.strip, re.split("[,;\n]", text))):
        found.setdefault(tag_key(name), name)
    if len(found) > MOST_AT_ONCE:
        raise InvalidInput(_l("Das sind mehr als %(most)s Schlagwörter.", most=MOST_AT_ONCE))
    return list(found.values())


def listed(names: Iterable[str]) -> str:
    """Return names in German order for a sentence or a cell."""
    return ", ".join(sorted(names, key=sort_key))
