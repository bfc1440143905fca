"""Who reaches what: every address of the core and the plugins, for every role, in every unit, against a table.

The table (matrix.txt) was written by hand from what each role is for, and says nothing about how the code decides. A page
that is missing in it fails a test. Records lie in the actor's own unit, in one below (which a district reads and never
changes), in one beside it, in the one above, or nowhere.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from wf40.core.accounts.roles import ROLES
from wf40.testing.office import signed_token

OWN, BELOW, BESIDE, NOWHERE, MIXED = "eigen", "darunter", "daneben", "nirgends", "gemischt"
CANARY = {OWN: "Kanarienvogel", BELOW: "Zaunkönig", BESIDE: "Rotkehlchen"}
"""A word that stands in every text of the records of each unit."""
NAMES = {OWN: "Rohrdommel", BELOW: "Zeisig", BESIDE: "Stieglitz"}
"""A word that stands in the name of all people of each unit."""
WORDS = (*CANARY.values(), *NAMES.values())
VISITOR = "visitor"
READERS = frozenset({"lead", "advisor", "assistant", "reader"})
WHO = {
    "anybody": frozenset({*ROLES, VISITOR}),
    "signed-in": frozenset(ROLES),
    "reads": READERS,
    "writes": READERS - {"reader"},
    "advises": frozenset({"lead", "advisor"}),
    "leads": frozenset({"lead"}),
    "manages": frozenset({"lead", "admin"}),
    "reads+admin": READERS | {"admin"},
    "admin": frozenset({"admin"}),
    "audits": frozenset({"admin", "privacy"}),
}
TABLE = Path(__file__).with_name("matrix.txt").read_text("utf-8")
"""Endpoint, who may, and what for: ``read`` and ``write`` of the record in the address, ``uses`` (reads it and writes
something of the own unit), ``takes`` (out of the own unit; advisors out of every one they read), ``link`` (whoever holds a secret address, and nobody else)."""
RIGHTS = {endpoint: (WHO[who], mode) for endpoint, who, mode in (line.split() for line in TABLE.splitlines())}
OF_THE_INSTALLATION = {
    "accounts.users", "accounts.add_user", "accounts.change_user", "admin.audit", "admin.outgoing_mail",
}  # fmt: skip
"""Pages of the administration of all units: they name the people and mails of every one."""
PART = re.compile(r"<(?:\w+:)?(\w+)>")
FIXED = {
    "row_no": "2",
    "key": "digital_readiness",
    "token": "x" * 43,
    "number": "1",
    "item_id": "data.ai",
    "digest": "0",
    "name": "a",
}
"""Parts of addresses that belong to no unit."""
PEOPLE = {"user_id", "session_id"}
SENT = {
    "contacts.add": {"family_name": "Neu"},
    "contacts.give_consent": {"purpose": "survey", "channel": "mail", "given_on": "2026-11-02", "given_how": "written"},
    "campaigns.remind": {"due_on": "2026-12-01"},
    "concerns.assign": {"owner_id": "{officer}", "version": "2"},
    "concerns.change_state": {"state": "withdrawn", "outcome": "Erledigt", "version": "2"},
    "concerns.first_response": {"how": "phone", "on": "2026-11-20"},
    "contacts.opt_out": {
        "widerspruch-purpose": "survey",
        "widerspruch-channel": "mail",
        "widerspruch-how": "written",
    },
    "risk.set_light": {"light": "green", "reason": "Gespräch geführt", "expires_on": "2026-12-01"},
    "signals.resolve": {"resolution": "solved", "resolved_on": "2026-11-20"},
    "tasks.hand_on": {"to": "{officer}"},
    "office.add_closing": {"day": "2027-03-01", "label": "Umzug"},
    "office.set_land": {"land": "BW"},
    "tasks.postpone": {"to": "2026-12-01"},
}
"""What a form sends where an empty one would be refused before anybody asks who sends it."""
ASKED = {"mailings.add": "?von=unternehmen"}
"""What an address asks for, where it means nothing without."""
ONE_RECORD = {"partner_network.change_relation"}
"""Addresses that name one record and, beside it, only the side from which it is read."""
NOTHING_THERE = {
    "accounts.end_session", "bin.restore_contact", "bin.restore_firm", "tags.merge", "firms.put_site_back", "partner_network.merge", "risk.withdraw_light",
}  # fmt: skip
"""Forms that may be sent but here find nothing to act on: somebody else's session, no second record, no set light."""
UNWATCHED = {"audit_event", "office_session", "throttle_attempt", "plugin_fault", "worker_tick"}
"""Tables that note who asked: a refusal and the reading of something confidential are meant to be written down."""


def rules(app):
    """Return endpoint, method, address and the names of the records in it, for every page."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            parts = [name for _kind, name in re.findall(r"<(\w+:)?(\w+)>", rule.rule)]
            yield rule.endpoint, method, rule.rule, [p for p in parts if p not in FIXED]


def fill(rule, numbers):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str({**FIXED, **numbers}[m[1]]), rule)


def numbers_in(district, actor_place, place, names):
    """Return the records' numbers in an address, or ``None`` where the place makes no sense for it."""
    records = district.records
    if not names or set(names) <= PEOPLE:
        return dict.fromkeys(names, 1) if place == actor_place else None
    if place == NOWHERE:
        return {n: "p-987654" if n == "key" else 987654 for n in names}
    if place == MIXED:
        own, beside = records[actor_place], records[BESIDE]
        return {n: own[n] for n in names[:-1]} | {names[-1]: beside[names[-1]]} if len(names) > 1 else None
    return {n: records[place][n] for n in names}


def expected(endpoint, role, actor_place, place):
    """Return what must come out: ``open``, ``shut`` (any refusal), or ``absent`` (as if it did not exist)."""
    who, mode = RIGHTS[endpoint]
    if mode == "link":
        return "absent"  # nobody here holds a link
    if role not in who:
        return "shut"
    if place == actor_place:
        return "open"
    if (actor_place, place) == (OWN, BELOW):
        return "shut" if mode == "write" or (mode == "takes" and role not in WHO["advises"]) else "open"
    return "absent"


def outcome(answer, *, public):
    """Return how an answer counts; being sent to the sign-in page is a refusal, unless the page is ``public``."""
    if answer.status_code in (404, 410):
        return "absent"
    if answer.status_code == 400:
        return "shut"  # the form's token is not the visitor's
    sign_in = not public and answer.status_code in (302, 303) and answer.location.startswith("/anmelden")
    return "shut" if sign_in or answer.status_code in (401, 403) else "open"


def words_allowed(endpoint, role, actor_place, wanted):
    """Return the words of units that an answer may hold."""
    own_name = {NAMES[actor_place]}  # stands in the head of every page
    if wanted != "open":
        return own_name
    if endpoint in OF_THE_INSTALLATION:
        return set(WORDS)
    if role not in READERS and not (role == "admin" and endpoint.startswith(("office.", "custom_fields.", "tags."))):
        return own_name
    return {words[place] for place in ((OWN, BELOW) if actor_place == OWN else (BELOW,)) for words in (CANARY, NAMES)}


def checksum(office):
    """Return one number for every record of the office."""
    digest = hashlib.sha256()
    with office.product.database.engine.connect() as connection:
        for name in sorted(set(inspect(connection).get_table_names()) - UNWATCHED):
            rows = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608
            digest.update(f"{name} {rows}".encode())
    return digest.hexdigest()


@dataclass
class Walk:
    """One actor's way through all addresses."""

    district: Any
    role: str
    actor_place: str

    def client(self):
        """Return a browser in which the actor is signed in, or nobody."""
        office = self.district.office
        unit_id = self.district.units[self.actor_place]
        return office.visitor() if self.role == VISITOR else office.client_as(self.role, unit_id)

    def requests(self):
        """Yield endpoint, method, address, place and what must come out."""
        places = (OWN, BELOW, BESIDE, NOWHERE, MIXED) if self.actor_place == OWN else (OWN, BESIDE)
        for endpoint, method, rule, names in addresses(self.district.office.app):
            if endpoint not in RIGHTS:
                continue  # another test names it
            for place in places:
                numbers = numbers_in(self.district, self.actor_place, place, names)
                if numbers is None or (place == MIXED and endpoint in ONE_RECORD):
                    continue
                wanted = expected(endpoint, self.role, self.actor_place, place)
                form = {} if method == "GET" else {n: self.value(v, place) for n, v in SENT.get(endpoint, {}).items()}
                yield endpoint, method, filled(rule, numbers) + ASKED.get(endpoint, ""), wanted, form

    def value(self, value, place):
        """Return what a form sends: somebody of the record's own unit where it asks for a person."""
        return value.format(officer=self.district.records.get(place, self.district.records[OWN])["officer"])

    def fault(self, client, endpoint, method, path, wanted, form):
        """Send one request and return what is wrong with its answer, or nothing."""
        data = {"csrf_token": signed_token(), **form} if method == "POST" else None
        try:
            answer = client.open(path, method=method, data=data)
        except Exception as error:  # noqa: BLE001 - in tests the application hides no fault
            return f"{method} {path} raises {type(error).__name__}: {error}"
        got = outcome(answer, public=VISITOR in RIGHTS[endpoint][0])
        said = {word for word in WORDS if word.encode() in answer.data}
        leaked = said - words_allowed(endpoint, self.role, self.actor_place, wanted)
        refused = {got, wanted} == {"shut", "absent"} and (wanted == "shut" or RIGHTS[endpoint][1] == "link")
        if got == wanted or refused or (got == "absent" and endpoint in NOTHING_THERE):
            return f"{method} {path} holds {leaked}" if leaked else ""
        return f"{method} {path} answers {answer.status_code}, must be {wanted}"


ACTORS = [("sqlite", role, OWN) for role in (*ROLES, VISITOR)] + [
    ("sqlite", role, BELOW) for role in ("lead", "advisor")
]


def addresses(app):
    """Return endpoint, method, address and the names of the records in it, for every page."""
    for rule in app.url_map.iter_rules():
        names = [n for n in PART.findall(rule.rule) if n not in FIXED or "<string:key>" in rule.rule]
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, rule.rule, names


def filled(rule, numbers):
    """Return an address with numbers in it."""
    return PART.sub(lambda found: str({**FIXED, **numbers}[found[1]]), rule)


def test_every_page_stands_in_the_table_and_nothing_else(district):
    assert set(RIGHTS) == {rule.endpoint for rule in district.office.app.url_map.iter_rules()}


@pytest.mark.parametrize(
    ("district", "role", "actor_place"), [*ACTORS, ("postgresql", "advisor", OWN)], indirect=["district"]
)
def test_each_reaches_what_is_theirs_and_looking_changes_nothing(district, role, actor_place):
    """All GETs, and all POSTs that must be refused. The records are the same before and after."""
    walk = Walk(district, role, actor_place)
    client, before = walk.client(), checksum(district.office)
    sent = [r for r in walk.requests() if r[1] == "GET" or r[3] != "open"]
    faults = [fault for request in sent if (fault := walk.fault(client, *request))]
    print(f"{role} ({actor_place}): {len(sent)} requests")
    assert not faults, "\n".join(faults)
    assert len(sent) > 100
    assert checksum(district.office) == before


@pytest.mark.parametrize(
    ("district", "role", "actor_place"), [a for a in ACTORS if a[1] != VISITOR], indirect=["district"]
)
def test_whoever_may_write_is_let_in(district, saved_state, role, actor_place):
    """Each POST that is allowed, from the same state of the records."""
    walk = Walk(district, role, actor_place)
    walk.client()
    sent = [r for r in walk.requests() if r[1] == "POST" and r[3] == "open"]
    faults = []
    for request in sent:
        with saved_state():
            faults.append(walk.fault(walk.client(), *request))
    print(f"{role} ({actor_place}): {len(sent)} forms")
    assert not any(faults), "\n".join(filter(None, faults))
