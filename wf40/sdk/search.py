"""What slices and plugins tell the search: what can be found, by which words, and what somebody may see of it.

A provider gives the documents of one kind of record. Whoever writes such a record calls
``u.service(Search).refresh(u, kind, ids)`` in the same unit of work, so the index never says something else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork

__all__ = ["Creation", "PreparedDoc", "SearchDoc", "SearchHit", "SearchProvider", "SearchText"]

Form = Literal["words", "phone", "mail", "web", "code"]


@dataclass(frozen=True, slots=True)
class SearchText:
    """One field by which a record is found. ``code`` names it among the provider's ``labels``.

    ``form`` says how it is read: ``phone`` by any four digits of it in any notation, ``mail`` and ``web`` by address,
    domain and words, ``code`` (register and tax numbers) with or without its letters and blanks.
    """

    code: str
    text: str
    form: Form = "words"


@dataclass(frozen=True, slots=True)
class SearchDoc:
    """A record as it can be found. ``title`` is what lists call it; one that begins with the query comes first.

    What only some people of a unit may read may stand in it: only what ``hits`` gives for them is ever shown or counted.
    """

    record_id: int
    unit_id: int
    title: str
    texts: tuple[SearchText, ...] = ()


class PreparedDoc(NamedTuple):
    """What the index keeps of a document: made anywhere, without a database, also before the record has a number.

    ``words`` are all its words, each once and after a blank.
    """

    title_key: str
    words: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A record as the actor may see it. ``texts`` are the fields that the actor may read: the one that matched is shown.

    ``detail`` is one line about it, ``mark`` a short word beside its name, e.g. that it is archived.
    """

    record_id: int
    title: Text
    url: str
    detail: Text = ""
    mark: Text = ""
    texts: tuple[SearchText, ...] = ()


@dataclass(frozen=True, slots=True)
class Creation:
    """Where a record of this kind is made, from anywhere: the endpoint of its empty form, which needs no arguments."""

    label: Text
    endpoint: str
    permission: str


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """One kind of record that can be found. A plugin's ``kind`` is its key, or starts with it and an underscore.

    ``documents`` gives the documents of some records whoever acts, without those that shall not be found (any more);
    ``ids`` the next ``limit`` numbers of records above ``after``, in order; ``hits`` what the actor may see of some
    records, and nothing of those that the actor may not read. ``page`` is the endpoint of a record's page and ``argument``
    what its address calls the number: pages that somebody looked at are offered again.
    """

    kind: str
    label: Text
    permission: str
    documents: Callable[[UnitOfWork, Collection[int]], Iterable[SearchDoc]]
    ids: Callable[[UnitOfWork, int, int], Collection[int]]
    hits: Callable[[UnitOfWork, Collection[int]], Iterable[SearchHit]]
    labels: Mapping[str, Text] = field(default_factory=dict)
    icon: str = "draft"
    order: int = 100
    page: str = ""
    argument: str = ""
    creation: Creation | None = None
