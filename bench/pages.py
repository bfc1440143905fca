"""Pages and searches of an office of any size, through HTTP, with one client and with eight."""

from collections.abc import Callable, Iterator
from functools import partial

from bench import figures
from bench.clients import Client, percentiles, timed, together
from bench.figures import Figure

ROUNDS, CROWD = 40, 8
LISTED = "SELECT * FROM firm WHERE unit_id = 1 AND archived_at IS NULL{} ORDER BY sort_key, id LIMIT 25"
PAGES = {
    figures.LIST: ("/unternehmen?seite=1", (LISTED.format(""),)),
    figures.FILTERED: ("/unternehmen?ort=Hamburg", (LISTED.format(" AND town = 'Hamburg'"),)),
    figures.RECORD: ("/unternehmen/77", ("SELECT * FROM firm WHERE id = 77", "SELECT * FROM site WHERE firm_id = 77")),
}
BEGINNINGS = (
    "mül", "müller", "bau", "schmidt", "gmb", "hotel", "auto", "ger", "hamburg", "elektro", "k", "dm", "schw", "immo",
    "berlin bau", "maier", "hrb 12", "consult", "ing", "a",
)  # fmt: skip
INSIDES = (
    "werk", "technik", "bau", "haus", "handel", "dienst", "berg", "verwaltung", "beratung", "system", "druck", "garten",
    "stein", "kraft", "medizin", "schule", "logistik", "markt", "wind", "energie",
)  # fmt: skip


def measure(kind: str, n: int, port: int, floor: Callable[[tuple[str, ...]], float]) -> Iterator[Figure]:
    """Measure all pages of an office of ``n`` firms; ``floor`` measures bare statements."""
    crowd = [Client(port) for _ in range(CROWD)]
    client = crowd[0]
    for what, (path, statements) in PAGES.items():
        least = floor(statements)
        yield figures.times(what, n, kind, 1, percentiles(timed(partial(client.get, path), ROUNDS)), least)
        yield figures.times(what, n, kind, CROWD, percentiles(together(crowd, path, ROUNDS // 2)), least)
    yield _search(figures.PREFIX, kind, n, client, BEGINNINGS, floor((_like("{}%"),)))
    yield _search(figures.INSIDE, kind, n, client, INSIDES, floor((_like("%{}%"),)))


def _like(pattern: str) -> str:
    return f"SELECT id, name FROM firm WHERE unit_id = 1 AND search_key LIKE '{pattern.format('werk')}' LIMIT 25"  # noqa: S608


def _search(what: str, kind: str, n: int, client: Client, words: tuple[str, ...], floor: float) -> Figure:
    """Measure what the dialog gets while somebody types: each query by itself, several times."""
    found = [t for word in words for t in timed(partial(client.typed, word), 5)]
    return figures.times(what, n, kind, 1, percentiles(found), floor)
