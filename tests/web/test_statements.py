"""A page asks a fixed number of questions of the database, plugins included, however many records there are.

Every address that shows something is visited with a few records of each kind in the unit, and again with many.
"""

import re
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import event

from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.signals.service import SignalInput, record_signal
from wf40.core.tags.service import tag_firm
from wf40.core.tasks.service import TaskInput, add_task

OWN, TODAY = "eigen", date(2026, 11, 21)
MOST = 70
"""Statements of any page, those of the session and the navigation too."""
MORE = 2
"""What may differ by chance: the mark that somebody was seen, and a portion more of something asked in portions."""
FIXED = {"key": "digital_readiness", "row_no": "2", "item_id": "data.ai", "digest": "0", "name": "a", "number": "1"}
PART = re.compile(r"<(?:\w+:)?(\w+)>")
WORDS = ("Amsel", "Drossel", "Fink", "Star", "Meise")


class Counted:
    """Counts the statements of one page after the other."""

    def __init__(self, office):
        self.engine, self.client, self.number = office.product.database.engine, office.client_as("lead"), 0

    def note(self, *_statement):
        """Count one."""
        self.number += 1

    def page(self, path):
        """Return how many statements a page needs, and its status."""
        self.number = 0
        event.listen(self.engine, "before_cursor_execute", self.note)
        try:
            status = self.client.get(path).status_code
        finally:
            event.remove(self.engine, "before_cursor_execute", self.note)
        return self.number, status


def paths(district):
    """Return the address of everything that can be looked at, with the records of the own unit in it."""
    known = {**FIXED, **district.records[OWN], "user_id": 1}
    found = {}
    for rule in district.office.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= set(known) and rule.endpoint != "assets":
            found[rule.endpoint, rule.rule] = PART.sub(lambda m: str(known[m[1]]), rule.rule)
    return sorted(set(found.values()))


def add_to_firm(office, firm_id, role, word):
    """Hang one more record of each kind on a firm."""
    with office.app.test_request_context(), office.writing_as(role) as u:
        add_site(u, firm_id, SiteInput(street=f"{word}weg", house_number="1", postcode="78462", town=word))
        add_contact(
            u, firm_id, ContactInput(word, email=f"{word.lower().replace(' ', '.')}@b.example", mail_basis="request")
        )
        add_consultation(u, firm_id, ConsultationInput("call", "phone", TODAY, occasion=word, topics=("space",)))
        add_task(u, firm_id, TaskInput(word, TODAY, u.actor.user_id, word))
        add_concern(u, firm_id, ConcernInput("space", word, word))
        record_signal(u, firm_id, SignalInput("other", word, TODAY))
        tag_firm(u, firm_id, word)
        below = create_firm(u, FirmInput(f"{word} und Söhne GmbH", town=f"{word}hausen", parent_id=firm_id))
        add_task(u, below, TaskInput(word, TODAY, u.actor.user_id, word))


def add_more(district, furnish_more, words):
    """Add for each word one record of each kind, and some of each to the first firm."""
    for place, word in enumerate(words):
        furnish_more(word)
        for step in range(3):
            firm_id, role = district.records[OWN]["firm_id"], ("lead", "advisor")[(place + step) % 2]
            add_to_firm(district.office, firm_id, role, f"{word} {step}")


@pytest.mark.parametrize("district", ["sqlite", "postgresql"], indirect=True)
def test_no_page_asks_more_the_more_there_is(district, furnish_more):
    office = district.office
    counted, wanted = Counted(office), paths(district)
    few, *more = WORDS
    add_more(district, furnish_more, [few])
    before = {path: counted.page(path) for path in wanted}
    shown = [path for path, (_number, status) in before.items() if status == 200]
    add_more(district, furnish_more, more)
    grown = []
    for path in shown:
        number, _status = counted.page(path)
        if number > before[path][0] + MORE or number > MOST:
            grown.append(f"{path}: {before[path][0]} statements, with more records {number}")
    print(f"{len(shown)} pages, {Counter(n for n, _s in before.values()).most_common(3)}")
    assert not grown, "\n".join(grown)
    assert len(shown) > 100
