"""A search through real firms finds what comparing all that share a key finds, on both databases."""

import csv
import itertools
from collections import defaultdict

from wf40.core.duplicates.models import DuplicatePair
from wf40.core.firms import match_keys
from wf40.core.firms.intake import ImportedFacts, apply_imports
from wf40.matching.blocking import firm_keys
from wf40.matching.firms import compare, prepared
from wf40.matching.verdicts import Band

FIRMS = 300


def facts_of(row, number):
    """Return a firm of the register, and every third time the same one as an officer wrote it down."""
    street, _, place = row["registered_address"].rstrip(".").partition(", ")
    address = {"street": street, "postcode": place[:5], "town": row["registered_office"]}
    named = {"former_names": (row["previous_names"],) if row["previous_names"] else ()}
    register = ("kind", row["register_type"]), ("number", row["register_number"]), ("court", row["registrar"])
    yield ImportedFacts(row["name"], **{f"register_{part}": value for part, value in register}, **address, **named)
    if number % 3 == 0:
        yield ImportedFacts(row["name"].replace("ü", "ue").replace("-", " "), **address)
    if number % 7 == 0:
        yield ImportedFacts(row["name"].upper(), register_number=row["register_number"], register_kind="HRB")


def all_that_share_a_key(traits):
    """Compare whatever shares a key, without any way to know beforehand that it is worth nothing."""
    holders, ready = defaultdict(list), {i: prepared(one) for i, one in traits.items()}
    for i, one in sorted(traits.items()):
        for key in firm_keys(one):
            holders[key].append(i)
    pairs = {pair for held in holders.values() if len(held) <= 50 for pair in itertools.combinations(held, 2)}
    verdicts = {(a, b): compare(ready[a], ready[b]) for a, b in pairs}
    return {pair: (v.band.value, v.probability) for pair, v in verdicts.items() if v.band is not Band.DIFFERENT}


def test_a_search_finds_what_comparing_all_that_share_a_key_finds(office, real_data, search):
    path = real_data / "02_companies_de/offeneregister/town_konstanz.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(itertools.islice(csv.DictReader(file), FIRMS))
    given = [facts for number, row in enumerate(rows) for facts in facts_of(row, number)]
    with office.writing_as("advisor") as u:
        made = apply_imports(u, [(None, facts) for facts in given], "Register")
        traits = match_keys.traits_of(u, [one.firm_id for one in made])
    search()
    with office.reading_as("advisor") as u:
        found = {(p.firm_a, p.firm_b): (p.band, p.probability) for p in u.session.query(DuplicatePair)}
    expected = all_that_share_a_key(traits)
    assert len(traits) == len(given)
    assert len(expected) > FIRMS / 3
    assert found == expected
