"""Reads: what is found for a query, as the actor may see it, and what the actor looked at lately."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.checks import spoken_phone
from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.search import finding
from wf40.core.search.marking import Segment, marked, shortened
from wf40.core.search.models import Viewed
from wf40.core.search.providing import allowed, asked, units_of
from wf40.core.search.question import Question
from wf40.core.search.rows import on_postgresql
from wf40.core.search.words import readings, title_key
from wf40.pluginhost.calls import Failure, Provided
from wf40.sdk.search import Creation, SearchHit, SearchProvider, SearchText


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as it is shown. ``field`` and ``found`` say where the query stands, if not in the title."""

    kind: str
    record_id: int
    url: str
    title: Sequence[Segment]
    detail: Text
    mark: Text
    field: Text = ""
    found: Sequence[Segment] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; ``more`` when there are further ones that may be read."""

    kind: str
    label: Text
    icon: str
    hits: Sequence[Shown]
    more: bool = False


@requires("search.use")
def search(u: UnitOfWork, query: str, each: int, kind: str = "") -> list[Group]:
    """Return what is found, at most ``each`` of a kind, best first; of one kind only when one is named."""
    ways = readings(query)
    known = {k: p for k, p in allowed(u).items() if not kind or k == kind}
    question = Question(units_of(u), title_key(query), ways, on_postgresql(u.session))
    found = finding.candidates(u, question, list(known), each)
    words = {word for way in ways for word in way}
    groups = []
    for name, provider in known.items():
        hits = _readable(u, provider, [c.record_id for c in found.get(name, ())], each + 1)
        shown = [_shown(hit, provider.value, words) for hit in hits[:each]]
        if shown:
            groups.append(Group(name, provider.value.label, provider.value.icon, shown, len(hits) > each))
    return groups


@requires("search.use")
def viewed(u: UnitOfWork) -> list[Group]:
    """Return what the actor looked at last, the newest first, each with its kind's name and icon."""
    own = select(Viewed).where(Viewed.user_id == u.actor.user_id)
    rows = list(u.session.scalars(own.order_by(Viewed.at.desc(), Viewed.kind, Viewed.record_id)))
    hits: dict[tuple[str, int], Shown] = {}
    known = allowed(u)
    for kind, provider in known.items():
        ids = [row.record_id for row in rows if row.kind == kind]
        for hit in _readable(u, provider, ids, len(ids)) if ids else ():
            hits[kind, hit.record_id] = _shown(hit, provider.value, ())
    return [
        Group(row.kind, known[row.kind].value.label, known[row.kind].value.icon, [hits[row.kind, row.record_id]])
        for row in rows
        if (row.kind, row.record_id) in hits
    ]


@requires("search.use")
def last_viewed(u: UnitOfWork) -> tuple[str, int] | None:
    """Return what the actor looked at last of all, as kind and number."""
    own = (
        select(Viewed)
        .where(Viewed.user_id == u.actor.user_id)
        .order_by(Viewed.at.desc(), Viewed.kind, Viewed.record_id)
    )
    row = u.session.scalar(own.limit(1))
    return (row.kind, row.record_id) if row else None


@requires("search.use")
def creations(u: UnitOfWork) -> list[tuple[Creation, str]]:
    """Return what the actor may make from anywhere, with its icon."""
    made = [(p.value.creation, p.value.icon) for p in allowed(u).values()]
    return [(creation, icon) for creation, icon in made if creation and u.actor.may(creation.permission)]


@requires("search.use")
def pages(u: UnitOfWork) -> dict[str, tuple[str, str]]:
    """Return which endpoint shows a record of which kind, and what its address calls the number."""
    given = [p.value for p in allowed(u).values()]
    return {p.page: (p.kind, p.argument) for p in given if p.page}


def _readable(u: UnitOfWork, provider: Provided[SearchProvider], ids: Sequence[int], most: int) -> list[SearchHit]:
    """Return the first hits that the actor may see, in the order of ``ids``; asks twice at most."""
    hits: list[SearchHit] = []
    for part in (ids[: 2 * most], ids[2 * most :]):
        if part and len(hits) < most:
            given = asked(u, provider, lambda part=part: provider.value.hits(u, part))  # type: ignore[misc]
            by_id = {} if isinstance(given, Failure) else {hit.record_id: hit for hit in given}
            hits += [by_id[i] for i in part if i in by_id]
    return hits[:most]


def _shown(hit: SearchHit, provider: SearchProvider, words: Iterable[str]) -> Shown:
    title = str(hit.title)
    in_title = marked(SearchText("", title), words)
    label, found = _elsewhere(hit, provider, words, title)
    pieces = in_title or [Segment(title)]
    return Shown(provider.kind, hit.record_id, hit.url, pieces, hit.detail, hit.mark, label, found)


def _elsewhere(
    hit: SearchHit, provider: SearchProvider, words: Iterable[str], title: str
) -> tuple[Text, Sequence[Segment]]:
    """Return the field in which words stand that the title does not hold, the one with the longest such word."""
    missing = [word for word in words if marked(SearchText("", title), [word]) is None]
    for word in sorted(missing, key=len, reverse=True):
        for text in hit.texts:
            if (pieces := marked(text, [word])) is not None:
                return provider.labels.get(text.code, ""), shortened(_as_read(text, word) or pieces)
    return "", ()


def _as_read(text: SearchText, word: str) -> list[Segment] | None:
    """Return a telephone number in pieces as it is shown everywhere else, with blanks."""
    return marked(replace(text, text=spoken_phone(text.text)), [word]) if text.form == "phone" else None
