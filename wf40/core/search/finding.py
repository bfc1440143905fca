"""Finds candidates: a fixed number of statements, each of short ranges of ordered keys. Rights come afterwards."""

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, text, union

from wf40.base.uow import UnitOfWork
from wf40.core.search.models import SearchedRecord, SearchedWord, WordPart
from wf40.core.search.words import COMMON, is_inside

MOST = 200
"""Candidates of a kind and way; who has that many hits types another word."""
MOST_LOOKED_AT = 6_000
"""Records with the rarest of several words that are looked at for the others."""
COUNTED = 2_000
LAST = "\U0010ffff"
EXACT, BEGINNING, WORD, INSIDE = range(4)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that holds all words: how, and whether by a part of a word only."""

    how: int
    partly: bool
    title_key: str
    kind: str
    record_id: int

    @property
    def order(self) -> tuple[Any, ...]:
        """The place among the hits."""
        return (self.how, self.partly, self.title_key, self.record_id)


@dataclass(slots=True)
class Question:
    """What is asked: in which units, the whole query as the beginning of a title, and its readings as words."""

    units: Sequence[int]
    title: str
    readings: Sequence[tuple[str, ...]]
    postgresql: bool
    values: dict[str, Any] = field(default_factory=dict)
    beginning: list[str | None] = field(default_factory=list)
    """The rarest word of each reading by its beginning, if one can be looked up."""
    inside: list[str | None] = field(default_factory=list)
    """The same, also inside words."""

    def bind(self, value: Any) -> str:
        """Return a placeholder for a value."""
        name = next((n for n, v in self.values.items() if v == value and type(v) is type(value)), "")
        if not name:
            name = f"v{len(self.values)}"
            self.values[name] = value
        return f":{name}"

    def span(self, column: str, beginning: str) -> str:
        """Return the condition that a column begins with a text."""
        return f"{column} >= {self.bind(beginning)} AND {column} < {self.bind(beginning + LAST)}"

    def unit(self, column: str) -> str:
        """Return the condition that a record belongs to one of the units."""
        numbers = ", ".join(str(int(n)) for n in self.units)
        return f"{column} = {numbers}" if len(self.units) == 1 else f"{column} IN ({numbers})"

    def ordered(self, column: str, kind: str) -> str:
        """Return an order that costs nothing: the key's own, within one unit and kind."""
        return f"ORDER BY {column}" if len(self.units) == 1 and "," not in kind else ""

    def then(self, table: str, name: str, same: str) -> str:
        """Return a join that looks up a table by the rows of the left one, whatever the planner knows or guesses."""
        if self.postgresql:
            return f"CROSS JOIN LATERAL (SELECT * FROM {table} {name} WHERE {same} OFFSET 0) AS {name}"
        return f"CROSS JOIN {table} {name} ON {same}"

    def holds(self, needle: str) -> str:
        """Return the condition that a record's words hold a text."""
        function = "strpos" if self.postgresql else "instr"
        return f"{function}(r.words, {self.bind(needle)}) > 0"


def candidates(u: UnitOfWork, asked: Question, kinds: Sequence[str], enough: int) -> dict[str, list[Candidate]]:
    """Return the best candidates of each kind; where ``enough`` begin with the words, none are looked for inside."""
    found: dict[tuple[str, int], Candidate] = {}
    if not (asked.units and kinds and asked.readings):
        return {}
    _choose(u, asked, kinds)
    _ask(u, asked, found, (part for kind in kinds for part in _beginnings(asked, asked.bind(kind))))
    few = [kind for kind in kinds if sum(k == kind for k, _id in found) < enough]
    _ask(u, asked, found, (part for kind in few for part in _insides(asked, asked.bind(kind))))
    by_kind: dict[str, list[Candidate]] = {kind: [] for kind in kinds}
    for candidate in sorted(found.values(), key=lambda c: c.order):
        by_kind[candidate.kind].append(candidate)
    return {kind: rows[:MOST] for kind, rows in by_kind.items()}


def matching(asked: Question, kind: str) -> Select[Any]:
    """Return a select of the numbers of all records of a kind that hold the words, not only of the best ones."""
    ways = [_all_of(asked, kind, words) for words in asked.readings]
    if len(ways) == 1:
        return ways[0]
    either = union(*ways).subquery()
    return select(either.c.record_id)


def _all_of(asked: Question, kind: str, words: Sequence[str]) -> Select[Any]:
    rare = [word for word in words if word not in COMMON]
    numbers = [_holders(asked, kind, word) for word in rare]
    if len(words) == len(rare) == 1:
        return numbers[0]
    holds = func.strpos if asked.postgresql else func.instr
    common = [holds(SearchedRecord.words, f" {word}") > 0 for word in words if word in COMMON]
    own = (SearchedRecord.kind == kind, SearchedRecord.unit_id.in_(asked.units))
    return select(SearchedRecord.record_id).where(
        *own, *(SearchedRecord.record_id.in_(found) for found in numbers), *common
    )


def _holders(asked: Question, kind: str, word: str) -> Select[Any]:
    """Return a select of the numbers of the records that have a word with this at its beginning or inside."""
    own = (SearchedWord.kind == kind, SearchedWord.unit_id.in_(asked.units))
    begin = select(SearchedWord.record_id).where(*own, SearchedWord.word >= word, SearchedWord.word < word + LAST)
    if not is_inside(word):
        return begin
    parts = (WordPart.kind == kind, WordPart.unit_id.in_(asked.units))
    inside = select(WordPart.word).where(*parts, WordPart.part >= word, WordPart.part < word + LAST)
    whole = select(SearchedWord.record_id).where(*own, SearchedWord.word.in_(inside))
    # Numbers and codes such as "hra380008" have no parts: they are found by their beginning alone.
    either = union(begin, whole).subquery()
    return select(either.c.record_id)


def _ask(u: UnitOfWork, asked: Question, found: dict[tuple[str, int], Candidate], parts: Iterable[str]) -> None:
    sql = " UNION ALL ".join(f"SELECT * FROM ({part}) AS part" for part in parts)
    if not sql:
        return
    for how, partly, title, kind, record_id in u.session.execute(text(sql), asked.values):
        new = Candidate(how, bool(partly), title, kind, record_id)
        old = found.get((kind, record_id))
        if old is None or new.order < old.order:
            found[kind, record_id] = new


def _beginnings(asked: Question, kind: str) -> list[str]:
    """Return selects of what begins with the query, and of what has words that begin with its words."""
    title = asked.bind(asked.title)
    parts = []
    if asked.title:
        parts.append(
            f"SELECT CASE WHEN title_key = {title} THEN {EXACT} ELSE {BEGINNING} END AS how, 0 AS partly, title_key, kind,"
            f" record_id FROM search_record WHERE {asked.unit('unit_id')} AND kind = {kind}"
            f" AND {asked.span('title_key', asked.title)} {asked.ordered('title_key', kind)} LIMIT {MOST}"
        )
    for words, word in zip(asked.readings, asked.beginning, strict=True):
        if word is not None:
            rest = [asked.holds(f" {other}") for other in words if other != word]
            parts.append(_joined(asked, kind, WORD, word, _posted(asked, kind, word, limit=_limit(rest)), rest))
    return parts


def _insides(asked: Question, kind: str) -> list[str]:
    """Return selects of what holds the words anywhere."""
    parts = []
    for words, word in zip(asked.readings, asked.inside, strict=True):
        if word is None:
            continue
        rest = [asked.holds(other if is_inside(other) else f" {other}") for other in words if other != word]
        found = [source(asked, kind, word, limit=_limit(rest)) for source in _sources(word)]
        parts += [_joined(asked, kind, INSIDE, word, source, rest) for source in found]
    return parts


def _limit(rest: Sequence[str]) -> int:
    return MOST_LOOKED_AT if rest else MOST


def _posted(asked: Question, kind: str, word: str, limit: int) -> str:
    """Return a select of the records that have a word with this beginning."""
    where = f"{asked.unit('unit_id')} AND kind {_among(kind)} AND {asked.span('word', word)}"
    order = asked.ordered("word", kind)
    return f"SELECT word AS part, record_id FROM search_word WHERE {where} {order} LIMIT {limit}"


def _partly(asked: Question, kind: str, word: str, limit: int) -> str:
    """Return a select of the records that have a word with this inside; words that end with it come first."""
    where = f"{asked.unit('p.unit_id')} AND p.kind {_among(kind)} AND {asked.span('p.part', word)}"
    words = asked.then("search_word", "w", "w.unit_id = p.unit_id AND w.kind = p.kind AND w.word = p.word")
    order = asked.ordered("p.part", kind)
    return f"SELECT p.part, w.record_id FROM search_part p {words} WHERE {where} {order} LIMIT {limit}"


def _among(kind: str) -> str:
    return f"IN ({kind})" if "," in kind else f"= {kind}"


def _sources(word: str) -> list[Any]:
    """Return the selects that together find every record with this inside: numbers have few parts."""
    if not is_inside(word):
        return [_posted]
    return [_posted, _partly] if word.isdigit() else [_partly]


def _joined(asked: Question, kind: str, how: int, word: str, source: str, rest: Sequence[str]) -> str:
    where = f" WHERE {' AND '.join(rest)}" if rest else ""
    records = asked.then("search_record", "r", f"r.kind = {kind} AND r.record_id = s.record_id")
    return (
        f"SELECT {how} AS how, CASE WHEN s.part = {asked.bind(word)} THEN 0 ELSE 1 END AS partly, r.title_key, r.kind,"
        f" r.record_id FROM ({source}) AS s {records}{where} LIMIT {MOST}"
    )


def _choose(u: UnitOfWork, asked: Question, kinds: Sequence[str]) -> None:
    """Choose by which word of each reading records are looked up: the one that the fewest have."""
    rare = [[word for word in words if word not in COMMON] for words in asked.readings]
    several = {word for words in rare if len(words) > 1 for word in words}
    counts = _counts(u, asked, kinds, sorted(several))
    for words in rare:
        by_beginning = sorted(words, key=lambda w: counts.get((w, False), 0))
        by_inside = sorted(words, key=lambda w: counts.get((w, True), 0))
        asked.beginning.append(by_beginning[0] if by_beginning else None)
        asked.inside.append(by_inside[0] if any(map(is_inside, words)) else None)


def _counts(u: UnitOfWork, asked: Question, kinds: Sequence[str], words: Sequence[str]) -> dict[tuple[str, bool], int]:
    if not words:
        return {}
    among = ", ".join(asked.bind(kind) for kind in kinds)
    ways = [(word, inside) for word in words for inside in (False, True)]
    parts = [
        " + ".join(
            f"(SELECT count(*) FROM ({source(asked, among, word, limit=COUNTED)}) AS c)"
            for source in (_sources(word) if inside else [_posted])
        )
        for word, inside in ways
    ]
    row = u.session.execute(text("SELECT " + ", ".join(parts)), asked.values).one()
    return dict(zip(ways, row, strict=True))
