"""Keys under which candidates meet: two records are compared when they share at least one key.

Comparing each with each grows with the square of an office; keys keep it linear. A key is worth its row only if few
share it: a name alone makes one only with a word that tells (see the bits in vocabulary.toml), frequent words only
together, and a word at an end only where it is rare.
"""

from functools import lru_cache

from wf40.base.german import loose
from wf40.matching.firms import PreparedFirm, prepared
from wf40.matching.lexicon import stem
from wf40.matching.reach import mail_key, phone_key
from wf40.matching.traits import FirmTraits, PersonTraits
from wf40.matching.words import Words

PERSON_RULES = 1
"""Raise it when keys of persons come out differently: those of all persons are then made anew."""
_TELLING = 9.5
"""Bits from which on a word makes a key of its own."""
_ENOUGH = 13.0
"""Bits that words must have together to make a key."""
_HEAD = 14.0
"""A head of fewer bits is not enough: the description behind it makes keys, too."""
_RARE = 12.0
_LONG = 7


def firm_keys(traits: FirmTraits) -> frozenset[str]:
    """Return the keys of an organisation, about six, at most a dozen."""
    return keys_of(prepared(traits))


def keys_of(firm: PreparedFirm) -> frozenset[str]:
    """Return the keys of an organisation that is prepared already."""
    keys: set[str] = set()
    for name in firm.names:
        _name_keys(name, keys)
    kind, number, suffix, _ = firm.register
    if number:
        keys.add(f"r{kind}{number}{suffix}")
    for tax in firm.taxes:
        keys.add("v" + tax)
    if firm.phone:
        keys.add("p" + firm.phone[: -1 if firm.phone[-1] == "0" else -2])
    if firm.email:
        keys.add("m" + firm.email)
    for domain in firm.domains:
        keys.add("d" + domain)
    place = firm.place
    if place.street and place.number:
        keys.add(f"s{place.postcode or place.town}{place.street[:8]}{place.number}")
    return frozenset(keys)


def _name_keys(name: Words, keys: set[str]) -> None:
    bits = name.bits
    words = [
        w for w in name.order if bits[w] > 0 and w not in name.light and w not in name.places and w not in name.own
    ]
    keys.add("n" + "".join(sorted(words or name.order)) + "".join(sorted(name.numbers)))
    if name.light and sum([bits[w] for w in words]) < _HEAD:
        words = [w for w in name.order if bits[w] > 0 and w not in name.places and w not in name.own]
    words.sort(key=lambda w: (-bits[w], w))
    _word_keys(words[:3], bits, keys)
    joined = _bare(name.joined)
    if len(joined) > 5:
        keys.add("j" + joined[:12])
    if 3 < len(name.initials) < 7:
        keys.add("a" + name.initials)
    short = name.shorts[0] if name.shorts else ""
    if 2 < len(short) < 5 and bits.get(short, 0.0) >= _TELLING:
        keys.add("a" + short)


def _word_keys(words: list[str], bits: dict[str, float], keys: set[str]) -> None:
    """Add the keys of the words that tell most: each alone if it is rare, its end for slips before it, two together."""
    for i, word in enumerate(words):
        if i < 2 and bits[word] >= _TELLING:
            keys.add("w" + _bare(stem(word)))
        if i == 0 and bits[word] >= _TELLING and len(word) >= _LONG:
            keys.add("e" + word[0] + _bare(word)[-5:])
        if bits[word] < _RARE:
            for other in words[:i]:
                if bits[word] + bits[other] >= _ENOUGH:
                    keys.add("b" + min(word, other) + max(word, other))


@lru_cache(8192)
def _bare(word: str) -> str:
    """Return the word with each run of one letter as one, the commonest slip of the pen."""
    out = word[:1]
    for letter in word[1:]:
        if letter != out[-1]:
            out += letter
    return out


def person_keys(traits: PersonTraits) -> frozenset[str]:
    """Return the keys of a person, at most about eight."""
    given, family = loose(traits.given_name), loose(traits.family_name)
    keys: set[str] = set()
    if family:
        keys.add("a" + given[:1] + _bare(family)[:5])
        keys.add("n" + min(given, family) + max(given, family))
        keys.add("b" + _bare(given)[:4] + family[:2])
        keys.add("e" + given[:1] + _bare(family)[-4:])
    if traits.email:
        mail = mail_key(traits.email)
        if mail:
            keys.add("m" + mail)
    for number in (traits.phone, traits.mobile):
        phone = phone_key(number) if number else ""
        if phone:
            keys.add("p" + phone)
    return frozenset(keys)
