"""German words as keys: the same folding for search and the same order of lists in the core and in plugins.

Store ``sort_key(name)`` in a column of type ``wf40.sdk.tables.Key`` and order by it; store ``loose(words)`` and look
for ``loose(typed)`` in it, so that "Muller", "Mueller" and "Müller" find each other.
"""

from wf40.base.german import fold, loose, sort_key, tidy

__all__ = ["fold", "loose", "sort_key", "tidy"]
