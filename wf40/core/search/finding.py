"""Finds candidates: a few statements, each of short ranges of ordered keys. Rights come afterwards.

Every record is looked at before it counts: a word that leads to it may be one that it no longer has.
"""

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wf40.base.uow import UnitOfWork
from wf40.core.search import blocks, logged
from wf40.core.search.question import Question, Statement, needle_of
from wf40.core.search.words import COMMON, is_inside

MOST = 200
"""Candidates of a kind and way; who has that many hits types another word."""
MOST_LOOKED_AT = 5_000
"""Records that are looked at for a way."""
MOST_LOGGED = 800
"""Records of a kind that count because they were saved just now and hold the words, those saved last before others."""
MOST_WORDS = 3_000
"""Words that hold what was typed of which records are looked up."""
MOST_BLOCKS = 400
"""Blocks of words that are taken apart for a single word, which has more hits than anybody reads."""
COUNTED = 2_000
EXACT, BEGINNING, WORD, INSIDE = range(4)


class Candidate(NamedTuple):
    """A record that holds all words: how, and whether by a part of a word only. They sort as hits are shown."""

    how: int
    partly: int
    title_key: str
    record_id: int
    kind: str


Found = dict[tuple[str, int], Candidate]
Holding = dict[tuple[str, str], list[str]]


def candidates(u: UnitOfWork, asked: Question, kinds: Sequence[str], enough: int) -> dict[str, list[Candidate]]:
    """Return the best candidates of each kind; where ``enough`` begin with the words, none are looked for inside."""
    if not (asked.units and kinds and asked.readings):
        return {}
    found: Found = {}
    # First what is logged: what is settled before words and blocks are read then stands in both, not in neither.
    late = list(_just_written(u, asked, kinds))
    _take(found, _by_beginnings(u, asked, kinds))
    few = [kind for kind in kinds if sum(k == kind for k, _id in found) < enough]
    if few and any(is_inside(word) for words in asked.readings for word in words):
        _take(found, _by_insides(u, asked, few))
    _take(found, late)
    by_kind: dict[str, list[Candidate]] = {kind: [] for kind in kinds}
    for candidate in sorted(found.values()):
        by_kind[candidate.kind].append(candidate)
    return {kind: rows[:MOST] for kind, rows in by_kind.items()}


def words_inside(
    u: UnitOfWork, asked: Question, kinds: Sequence[str], needles: Sequence[str], blocks_at_most: int = 0
) -> Holding:
    """Return by kind and needle the words that hold it; of all blocks, unless a number is given."""
    found: Holding = {}
    for needle in needles:
        statement = asked.statement()

        def part(kind: str, needle: str = needle, statement: Statement = statement) -> str:
            where = f"{statement.unit('unit_id')} AND kind = {kind} AND {blocks.region(needle)}"
            limit = f" LIMIT {blocks_at_most}" if blocks_at_most else ""
            return f"SELECT kind, words FROM search_block WHERE {where} AND {statement.holds('words', needle)}{limit}"

        statement.each(kinds, part)
        for kind, block in statement.run(u):
            found.setdefault((kind, needle), []).extend(blocks.words_with(block, needle))
    return found


def _take(found: Found, rows: Iterable[Candidate]) -> None:
    for new in rows:
        key = (new.kind, new.record_id)
        old = found.get(key)
        if old is None or new < old:
            found[key] = new


def _rows(u: UnitOfWork, statement: Statement) -> Iterable[Candidate]:
    return map(Candidate._make, statement.run(u))


def _by_beginnings(u: UnitOfWork, asked: Question, kinds: Sequence[str]) -> Iterable[Candidate]:
    """Give what begins with the query, and what has words that begin with its words."""
    statement = asked.statement()
    if asked.title:
        statement.each(kinds, lambda kind: _titles(statement, kind))
    counts = _counts(u, asked, kinds)
    for words in asked.readings:
        rare = sorted((w for w in words if w not in COMMON), key=lambda w: counts.get(w, 0))
        if rare:
            needles = [f" {word}" for word in words]
            statement.each(kinds, lambda kind, word=rare[0], needles=needles: _posted(statement, kind, word, needles))
    return _rows(u, statement)


def _by_insides(u: UnitOfWork, asked: Question, kinds: Sequence[str]) -> Iterable[Candidate]:
    """Give what holds the words anywhere: each reading by the word that the fewest records have."""
    for words in asked.readings:
        rare = [word for word in words if is_inside(word) and word not in COMMON]
        needles = [needle_of(word) for word in words]
        alone = len(words) == 1
        holding = words_inside(u, asked, kinds, rare, MOST_BLOCKS if alone else 0)
        for kind in kinds:
            ways = [(word, _best(word, holding.get((kind, word), ()))) for word in rare]
            if not ways:
                continue
            counts = [_holders(u, asked, kind, word, given) for word, given in ways] if not alone else [0]
            word, given = ways[counts.index(min(counts))]
            statement = asked.statement()
            if given:
                statement.parts.append(_whole(statement, statement.bind(kind), word, given, needles))
            if word.isdigit():
                # Short numbers and codes are found by their beginning alone, beside words that hold what was typed.
                statement.parts.append(
                    f"SELECT * FROM ({_posted(statement, statement.bind(kind), word, needles, INSIDE)}) AS p"
                )
            yield from _rows(u, statement)


def _best(word: str, given: Iterable[str]) -> list[str]:
    """Return the words that end with the one that was typed first: there German compounds have their head."""
    return sorted(dict.fromkeys(given), key=lambda w: not w.endswith(word))[:MOST_WORDS]


def _titles(statement: Statement, kind: str) -> str:
    title = statement.bind(statement.asked.title)
    return (
        f"SELECT CASE WHEN title_key = {title} THEN {EXACT} ELSE {BEGINNING} END AS how, 0 AS partly, title_key, record_id,"
        f" kind FROM search_record WHERE {statement.unit('unit_id')} AND kind = {kind}"
        f" AND {statement.span('title_key', statement.asked.title)} {statement.ordered('title_key')} LIMIT {MOST}"
    )


def _posted(statement: Statement, kind: str, word: str, needles: Sequence[str], how: int = WORD) -> str:
    """Return a select of the records that have a word with this beginning, and all the needles."""
    where = f"{statement.unit('unit_id')} AND kind = {kind} AND {statement.span('word', word)}"
    limit = f"{statement.ordered('word')} LIMIT {MOST_LOOKED_AT}"
    source = f"SELECT word, record_id FROM search_word WHERE {where} {limit}"
    partly = f"CASE WHEN s.word = {statement.bind(word)} THEN 0 ELSE 1 END"
    return _joined(statement, kind, how, partly, source, needles)


def _whole(statement: Statement, kind: str, word: str, given: Sequence[str], needles: Sequence[str]) -> str:
    """Return a select of the records that have one of the given words, and all the needles."""
    own = f"{statement.unit('w.unit_id')} AND w.kind = {kind} AND w.word = g.value"
    source = f"SELECT w.word, w.record_id FROM {statement.listed(given)} {statement.then('search_word', 'w', own)}"
    end = f"right(s.word, {len(word)})" if statement.asked.postgresql else f"substr(s.word, -{len(word)})"
    partly = f"CASE WHEN {end} = {statement.bind(word)} THEN 0 ELSE 1 END"
    limited = f"{source} LIMIT {MOST_LOOKED_AT}"
    return f"SELECT * FROM ({_joined(statement, kind, INSIDE, partly, limited, needles)}) AS part"


def _joined(statement: Statement, kind: str, how: int, partly: str, source: str, needles: Sequence[str]) -> str:
    where = " AND ".join(statement.holds("r.words", needle) for needle in needles)
    records = statement.then("search_record", "r", f"r.kind = {kind} AND r.record_id = s.record_id")
    return (
        f"SELECT {how} AS how, {partly} AS partly, r.title_key, r.record_id, r.kind"
        f" FROM ({source}) AS s {records} WHERE {where} LIMIT {MOST}"
    )


def _counts(u: UnitOfWork, asked: Question, kinds: Sequence[str]) -> dict[str, int]:
    """Return how many records have words with these beginnings, where a choice depends on it."""
    rare = [[word for word in words if word not in COMMON] for words in asked.readings]
    several = sorted({word for words in rare if len(words) > 1 for word in words})
    found: dict[str, int] = dict.fromkeys(several, 0)
    statement = asked.statement()
    for word in several:

        def part(kind: str, word: str = word) -> str:
            where = f"{statement.unit('unit_id')} AND kind = {kind} AND {statement.span('word', word)}"
            rows = f"SELECT 1 FROM search_word WHERE {where} LIMIT {COUNTED}"
            given = statement.bind(word) + ("::text" if asked.postgresql else "")
            return f"SELECT {given} AS word, count(*) AS many FROM ({rows}) AS c"

        statement.each(kinds, part)
    for word, many in statement.run(u):
        found[word] += many
    return found


def _holders(u: UnitOfWork, asked: Question, kind: str, word: str, given: Sequence[str]) -> int:
    """Return how many records have one of the words, or one that begins so, as far as it matters."""
    statement = asked.statement()
    own = f"{statement.unit('w.unit_id')} AND w.kind = {statement.bind(kind)}"
    if given:
        words = statement.then("search_word", "w", f"{own} AND w.word = g.value")
        statement.parts.append(
            f"SELECT * FROM (SELECT 1 AS n FROM {statement.listed(given)} {words} LIMIT {COUNTED}) AS a"
        )
    if word.isdigit():
        own += f" AND {statement.span('w.word', word)}"
        statement.parts.append(f"SELECT * FROM (SELECT 1 AS n FROM search_word w WHERE {own} LIMIT {COUNTED}) AS b")
    return sum(1 for _row in statement.run(u))


def _just_written(u: UnitOfWork, asked: Question, kinds: Sequence[str]) -> Iterable[Candidate]:
    """Give what was saved so lately that words do not lead to it yet."""
    for kind, record_id, title, held in logged.records(u, asked, kinds, MOST_LOGGED):
        for words in asked.readings:
            if all(f" {word}" in held for word in words):
                exact = any(f" {word} " in f"{held} " for word in words)
                yield Candidate(WORD, int(not exact), title, record_id, kind)
            elif all(needle_of(word) in held for word in words):
                exact = any(f"{word} " in f"{held} " for word in words if is_inside(word))
                yield Candidate(INSIDE, int(not exact), title, record_id, kind)
