"""Keys under which candidates meet: two records are compared when they share at least one key.

A key is short and selective. Frequent words alone make none, for a key shared by thousands finds nobody.
"""

import re

from wf40.base.german import fold, loose
from wf40.matching.names import split_name
from wf40.matching.traits import NO_REGISTER, FirmTraits, PersonTraits

_DIGITS = re.compile(r"\D+")


def firm_keys(traits: FirmTraits) -> frozenset[str]:
    """Return the keys of an organisation, at most about eight."""
    keys: set[str] = set()
    for name in (traits.name, *traits.former_names):
        words = loose(split_name(name).base).split()
        if words:
            keys.add("n:" + "".join(words)[:12])
            keys.add("w:" + max(words, key=len)[:12])
    if traits.register != NO_REGISTER:
        keys.add("r:" + "".join(traits.register[:3]))
    if traits.vat_id:
        keys.add("v:" + fold(traits.vat_id).replace(" ", ""))
    digits = _DIGITS.sub("", traits.phone)
    if len(digits) >= 6:
        keys.add("p:" + digits[-7:])
    if "@" in traits.email:
        keys.add("m:" + traits.email.casefold().strip())
    return frozenset(keys)


def person_keys(traits: PersonTraits) -> frozenset[str]:
    """Return the keys of a person, at most about eight."""
    given, family = loose(traits.given_name), loose(traits.family_name)
    keys = {"a:" + given[:1] + family[:5], "b:" + given[:3] + family[:2]} if family else set()
    if "@" in traits.email:
        keys.add("m:" + traits.email.casefold().strip())
    return frozenset(keys)
