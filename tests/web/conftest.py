"""A district with a municipality below it and a town beside it: one record of each kind in each of the three."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from wf40.base.access import Actor
from wf40.core.accounts.models import User
from wf40.core.accounts.roles import ROLES
from wf40.core.bin.service import put_firm
from wf40.core.bulk.service import begin as begin_change
from wf40.core.bulk.service import collect, release
from wf40.core.concerns.handing_on import HandoverInput, hand_on
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.models import OptOut
from wf40.core.contacts.optouts import OptOutInput, note_opt_out
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.core.custom_fields.rules import FieldInput, OptionInput
from wf40.core.custom_fields.service import add_field
from wf40.core.duplicates.models import DuplicatePair, PersonPair
from wf40.core.duplicates.service import start_scan
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.imports.models import ImportProfile
from wf40.core.imports.profiles import save as save_profile
from wf40.core.imports.service import UploadInput, begin
from wf40.core.listviews.service import ViewInput, add_view
from wf40.core.mails.reading import MailContent, ReadFile
from wf40.core.mails.service import add_draft, draft, take_over
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput, merge
from wf40.core.office.service import DepartmentInput, add_department
from wf40.core.signals.service import SignalInput, record_signal
from wf40.core.tags.service import add_tag, tag_firm
from wf40.core.tasks.service import TaskInput, add_task
from wf40.testing.office import Office

TODAY = date(2026, 11, 21)
OWN, BELOW, BESIDE = "eigen", "darunter", "daneben"
CANARY = {OWN: "Kanarienvogel", BELOW: "Zaunkönig", BESIDE: "Rotkehlchen"}
"""A word that stands in every text of the records of each unit."""
NAMES = {OWN: "Rohrdommel", BELOW: "Zeisig", BESIDE: "Stieglitz"}
"""A word that stands in the name of all people of each unit."""
PLUGINS = ("digital_readiness", "follow_up", "partner_network")


@dataclass
class District:
    """The office, its units by where they lie, and the number of each kind of record in each of them."""

    office: Office
    units: dict[str, int] = field(default_factory=dict)
    records: dict[str, dict[str, object]] = field(default_factory=dict)


@pytest.fixture
def saved_state(district):
    """Return a way to do something from the saved state of the records, and to return to that state afterwards."""
    engine = district.office.product.database.engine
    path = Path(engine.url.database)
    with engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    kept = path.with_suffix(".kept")
    shutil.copy(path, kept)

    @contextmanager
    def and_back():
        yield
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copy(kept, path)
        district.office.product.gate.follow()

    return and_back


@pytest.fixture
def furnish_more(district):
    """Return a way to add one more record of each kind to the own unit, named by a word."""
    return lambda word: furnish(district.office, district.units[OWN], word)


@pytest.fixture(scope="module", params=["sqlite"])
def district(request, offices, tmp_path_factory):
    """Three units that are furnished alike; made once for all tests of a module, which must leave it as it was."""
    folder = tmp_path_factory.mktemp("district")
    for office in offices.open(request.param, folder, PLUGINS):
        yield furnished(office)


def furnished(office):
    """Fill three units with one record of each kind."""
    district = District(office, {OWN: 1})
    district.units[BELOW] = office.add_unit("Gemeinde Unterdorf", parent_id=1)
    district.units[BESIDE] = office.add_unit("Nachbarstadt")
    for place, unit_id in district.units.items():
        add_people(office, unit_id, NAMES[place])
        district.records[place] = furnish(office, unit_id, CANARY[place])
    return district


def add_people(office, unit_id, word):
    """Name one person of each role in a unit, adding those who are missing."""
    for role in ROLES:
        user_id = office.actor(role, unit_id).user_id
        with office.product.database.write(Actor.system()) as u:
            u.session.get_one(User, user_id).display_name = f"{word} {role}"


def furnish(office, unit_id, word):
    """Add one record of each kind and return their numbers by the name that addresses give them."""
    with office.writing_as("advisor", unit_id) as u:
        firm = create_firm(u, FirmInput(f"{word} GmbH", town=f"{word}stadt", abc="A", care_interval_days=30))
        person = add_contact(u, firm, ContactInput(word, email=f"a@{unit_id}.example", mail_basis="request"))
        note_opt_out(u, person, OptOutInput("survey", "post", "written", word))
        found = {
            "firm_id": firm,
            "site_id": add_site(
                u,
                firm,
                SiteInput(street=f"{word}weg", house_number="1", postcode="78462", town=f"{word}stadt", main=True),
            ),
            "contact_id": person,
            "consent_id": give_consent(u, person, ConsentInput("survey", "mail", TODAY, "written", word)),
            "opt_out_id": u.session.scalar(select(OptOut.id).where(OptOut.contact_id == person)),
            "consultation_id": add_consultation(
                u, firm, ConsultationInput("call", "phone", TODAY, occasion=word, summary=word, agreements=word)
            ),
            "signal_id": record_signal(u, firm, SignalInput("other", word, TODAY)),
            "run_id": begin(u, UploadInput(word, "public_task"), f"{word}.csv", f"Name\n{word}".encode(), "0" * 64),
            "view_id": add_view(u, "firms", f"q={word}", ViewInput(word, shared=True)),
            "task_id": add_task(u, firm, TaskInput(word, TODAY, u.actor.user_id, word)),
        }
        mail = MailContent(word, None, (word, "a@b.example"), (), (), word, shortened=False)
        draft_id = add_draft(u, mail, [ReadFile(f"{word}.txt", "text/plain", word.encode(), inline=False)])
        found["attachment_id"] = draft(u, draft_id).files[0].id
        take_over(u, draft_id, found["consultation_id"], [found["attachment_id"]])
        save_profile(u, found["run_id"], word)
        found["profile_id"] = u.session.scalar(select(ImportProfile.id).where(ImportProfile.name == word))
    with office.writing_as("lead", unit_id) as u:
        found["officer"] = u.actor.user_id
        found["department_id"] = add_department(u, DepartmentInput(f"{word}amt", f"amt@{unit_id}.example", note=word))
    found |= of_own_making(office, unit_id, word, found)
    found |= of_plugins(office, unit_id, word, found)
    found |= twice(office, unit_id, word, found["firm_id"])
    found |= of_many(office, unit_id, word, found)
    return found | of_merging(office, unit_id, word)


def of_merging(office, unit_id, word):
    """Add two firms that may be merged, and two that are."""
    keep, gone, kept, merged = (office.add_firm(f"{word} {n}", unit_id).id for n in ("Eins", "Zwei", "Drei", "Vier"))
    with office.writing_as("advisor", unit_id) as u:
        found = {"keep_id": keep, "gone_id": gone, "merge_id": merge(u, MergeInput(kept, merged, 1, 1))}
    return found | of_persons_merging(office, unit_id, word, keep)


def of_persons_merging(office, unit_id, word, firm_id):
    """Add two persons who may be merged, and two who are."""
    with office.writing_as("advisor", unit_id) as u:
        keep, gone, kept, merged = (add_contact(u, firm_id, ContactInput(word, str(n))) for n in range(4))
        merge_id = merge(u, MergeInput(kept, merged, 1, 1), PERSONS)
        looks = {"probability": 0.9, "band": "ask", "evidence": [], "found_at": u.now, "checked_at": u.now}
        pair = PersonPair(unit_id=unit_id, contact_a=keep, contact_b=gone, **looks)
        u.session.add(pair)
        u.session.flush()
        return {
            "keep_contact": keep, "gone_contact": gone, "contact_merge_id": merge_id, "merged_contact": merged,
            "person_pair_id": pair.id,
        }  # fmt: skip


def twice(office, unit_id, word, firm_id):
    """Add a second firm that may be the same, and a search for such pairs."""
    with office.writing_as("advisor", unit_id) as u:
        twin = create_firm(u, FirmInput(f"{word} e.V.", kind="association"))
        looks = {"probability": 0.9, "band": "ask", "evidence": [], "found_at": u.now, "checked_at": u.now}
        pair = DuplicatePair(unit_id=unit_id, firm_a=firm_id, firm_b=twin, **looks)
        u.session.add(pair)
        u.session.flush()
        return {"pair_id": pair.id, "scan_id": start_scan(u)}


def of_own_making(office, unit_id, word, core):
    """Add a field and a tag of the unit's own, a change of many firms, and something in the bin."""
    with office.writing_as("lead", unit_id) as u:
        found = {"field_id": add_field(u, FieldInput(word, "choice", word), [OptionInput(word)])}
        found["tag_id"] = add_tag(u, word, word)
    with office.app.test_request_context(), office.writing_as("advisor", unit_id) as u:
        tag_firm(u, core["firm_id"], word)
        found["change_id"], _new = begin_change(u, "abc", "B", [word], f"change of {unit_id}")
        collect(u, found["change_id"], [core["firm_id"]])
        release(u, found["change_id"], at_once=True)
        found["entry_id"] = put_firm(u, create_firm(u, FirmInput(f"{word} im Korb GmbH")))
    return found


def of_many(office, unit_id, word, core):
    """Add what the pages of campaigns, lists and hand-ons make of these records, as people do."""
    client, firm = office.client_as("advisor", unit_id), core["firm_id"]
    given = {"title": word, "note": word, "outreach": "digital_readiness"}
    found = {"campaign_id": number_in(client.post(f"/aktionen/neu?q={word}", data=given))}
    given = {"title": word, "which": "all"}
    found["distribution_id"] = number_in(
        client.post(f"/verteiler/neu?von=unternehmen&q={word}", data=given), "personen"
    )
    given = {"channel": "letter", "subject": word, "body": word}
    found["mailing_id"] = number_in(client.post(f"/verteiler/{found['distribution_id']}/schreiben", data=given))
    letter = number_in(client.post(f"/verteiler/{found['distribution_id']}/schreiben", data=given))
    assert client.post(f"/verteiler/rundschreiben/{letter}/starten", data={"version": "1"}).status_code == 303
    with office.app.test_request_context(), office.writing_as("advisor", unit_id) as u:
        concern = add_concern(u, firm, ConcernInput("space", word, word))
        agreed = give_consent(u, core["contact_id"], ConsentInput("handover", "mail", TODAY, "written", word))
        to = HandoverInput(f"office-{core['department_id']}", word, date(2026, 12, 4), consent_id=agreed)
        found |= {"concern_id": concern, "handover_id": hand_on(u, concern, 1, to)}
    return found


def of_plugins(office, unit_id, word, core):
    """Add the plugins' records through their pages, and read the numbers off the addresses."""
    client, readiness, network = office.client_as("advisor", unit_id), "/p/digital_readiness", "/p/partner_network"
    firm, person = core["firm_id"], core["contact_id"]
    partner = number_in(client.post(f"{network}/neu", data={"name": f"{word} Kammer", "kind": "chamber"}))
    client.post(f"{network}/{partner}/personen/neu", data={"name": word, "topics": word})
    given = {"kind": "member_of", "other": f"{word} GmbH (U{firm})", "note": word}
    client.post(f"{network}/beziehungen/neu/p-{partner}", data=given)
    given = {"contact_id": person, "language": "de"}
    found = {"invitation_id": number_in(client.post(f"{readiness}/einladen/{firm}", data=given))}
    given = {"data.ai": "no", "answered_on": "2026-11-02", "channel": "paper"}
    found["response_id"] = number_in(client.post(f"{readiness}/eingeben/{firm}", data=given))
    head = office.client_as("lead", unit_id)
    given = {"title": word, "trigger": "light_red", "source": "any", "days": "3", "day_kind": "working"}
    head.post("/p/follow_up/neu", data={**given, "responsible": "officer", "officer_id": ""})
    with office.reading_as("lead", unit_id) as u:
        last = {
            "person_id": "SELECT max(id) FROM partner_network_person",
            "relation_id": "SELECT max(id) FROM partner_network_relation",
            "rule_id": "SELECT max(id) FROM follow_up_rule",
        }
        found |= {name: u.session.scalar(text(query)) for name, query in last.items()}
    return found | {"partner_id": partner, "key": f"p-{partner}"}


def number_in(answer, last=""):
    """Return the number of the record to which an answer leads."""
    assert answer.status_code == 303, answer.text
    return int(answer.location.split("#")[0].removesuffix(f"/{last}").rstrip("/").rpartition("/")[2])
