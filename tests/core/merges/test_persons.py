"""Two entries of one person become one and two again: fields, what hangs on them, and that a no wins."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import wf40.app  # noqa: F401 - knows the tables of all slices
from wf40.base.db import Base
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.concerns.models import Handover
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.models import Participant
from wf40.core.consultations.queries import consultation_to_edit
from wf40.core.consultations.service import ConsultationInput, add_consultation, change_consultation
from wf40.core.contacts import queries as contacts
from wf40.core.contacts.audience import persons as audience
from wf40.core.contacts.binning import put_into_bin
from wf40.core.contacts.fusion import Pair, usual
from wf40.core.contacts.history import changes
from wf40.core.contacts.models import Consent, Contact, OptOut
from wf40.core.contacts.optouts import OptOutInput, note_opt_out, opt_outs
from wf40.core.contacts.service import (
    ConsentInput,
    ContactInput,
    add_contact,
    archive_contact,
    change_contact,
    give_consent,
    withdraw_consent,
)
from wf40.core.contacts.valid_consents import valid_consents
from wf40.core.mailings.models import Distribution, DistributionMember, Mailing, MailingRecipient
from wf40.core.merges import queries, service
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput
from wf40.sdk.services import Contacts

TODAY = date(2026, 11, 21)
MOVE = {
    "campaign_member.contact_id", "consent.contact_id", "consultation_participant.contact_id", "contact.merged_into_id",
    "contact_opt_out.contact_id", "distribution_member.contact_id", "handover.contact_id",
    "mailing_recipient.contact_id",
}  # fmt: skip
STAY = {
    "contact_match_key.contact_id": "computed anew for both",
    "contact_merge.gone_id": "says what is merged",
    "contact_merge.keep_id": "as above",
    "contact_to_match.contact_id": "says that this entry changed",
    "duplicate_person_pair.contact_a": "says that these two entries looked alike",
    "duplicate_person_pair.contact_b": "as above",
}
"""Columns that name a person and do not move, and why."""


@pytest.fixture
def firm(office):
    return office.add_firm("Kranz Metallbau GmbH")


@pytest.fixture
def two(office, firm):
    """Return the entry that stays and the one that becomes part of it."""
    with office.writing_as("advisor") as u:
        keep = add_contact(u, firm.id, ContactInput("Müller", "Sabine", email="s.mueller@kranz.example"))
        return keep, add_contact(u, firm.id, ContactInput("Mueller", "Sabine", mobile="0171 5550123", role="owner"))


@pytest.fixture
def merged(office):
    def do(keep, gone, role="advisor", **choices):
        with office.writing_as(role) as u:
            versions = [u.session.get_one(Contact, i).version for i in (keep, gone)]
            return service.merge(u, MergeInput(keep, gone, *versions, choices), PERSONS)

    return do


@pytest.fixture
def separated(office):
    def do(merge_id, role="advisor"):
        with office.writing_as(role) as u:
            return service.unmerge(u, merge_id, PERSONS)

    return do


@pytest.fixture
def person(office):
    def read(contact_id):
        with office.reading_as("advisor") as u:
            return u.session.get_one(Contact, contact_id)

    return read


def consent(office, contact_id, purpose="survey", channel="mail", on=TODAY):
    with office.writing_as("advisor") as u:
        return give_consent(u, contact_id, ConsentInput(purpose, channel, on, "written"))


def refuse(office, contact_id, purpose="survey", channel="mail"):
    with office.writing_as("advisor") as u:
        note_opt_out(u, contact_id, OptOutInput(purpose, channel, "spoken"))


def may_mail(office, contact_id, purpose="survey"):
    with office.reading_as("advisor") as u:
        return audience(u, [contact_id], purpose)[0].may_mail


def test_each_column_that_names_a_person_moves_or_says_why_not():
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if not table.name.startswith(("digital_readiness_", "follow_up_", "partner_network_", "beside_", "t_"))
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "contact.id"
    }
    assert found == MOVE | set(STAY)


def test_fields_fill_each_other_and_go_back(office, two, merged, separated, person):
    keep, gone = two
    done = merged(keep, gone, family_name="gone")
    row = person(keep)
    assert (row.family_name, row.email, row.mobile, row.role) == (
        "Mueller", "s.mueller@kranz.example", "0171 5550123", "owner",
    )  # fmt: skip
    assert row.phone_key == "01715550123"
    assert person(gone).merged_into_id == keep
    assert person(gone).archived_at is not None
    with office.writing_as("advisor") as u:
        change_contact(
            u, keep, row.version, ContactInput("Mueller", "Sabine", mobile="0171 999", email=row.email, role="owner")
        )
    result = separated(done)
    assert (result.fields_back, result.fields_stay) == (["family_name", "role"], ["mobile"])
    row = person(keep)
    assert (row.family_name, row.mobile, row.role) == ("Müller", "0171 999", "other")
    assert (person(gone).merged_into_id, person(gone).archived_at) == (None, None)


@pytest.mark.parametrize(("keep", "gone", "stays"), [("S.", "Sabine", "gone"), ("Sabine", "S.", "keep")])
def test_a_given_name_that_is_written_out_is_proposed(office, firm, person, keep, gone, stays):
    with office.writing_as("advisor") as u:
        ids = [add_contact(u, firm.id, ContactInput("Weiher", name)) for name in (keep, gone)]
    two = Pair(person(ids[0]), person(ids[1]), {})
    assert usual(two, "given_name") == stays


def test_merging_and_separating_leaves_the_office_as_it_was(office, firm, two, merged, separated):
    keep, gone = two
    furnish(office, firm.id, *two)
    before = content(office)
    done = merged(keep, gone)
    assert content(office) != before
    with office.reading_as("advisor") as u:
        for name in sorted(MOVE - {"mailing_recipient.contact_id"}):
            table, column = name.split(".")
            rows = Base.metadata.tables[table]
            at_gone = u.session.execute(select(rows).where(rows.c[column] == gone)).all()
            assert len(at_gone) == (1 if name == "distribution_member.contact_id" else 0), name
        told = {part.label: part.count for part in queries.merge(u, done, PERSONS).parts}
    assert told["Teilnahmen an Gesprächen"] == 2
    assert told["Weitergaben"] == told["Einwilligungen"] == told["Widersprüche"] == 1
    result = separated(done)
    assert sum(part.stays for part in result.returned) == 0
    assert content(office) == before


def furnish(office, firm_id, keep, gone):
    """Let something of each kind hang on both entries."""
    with office.writing_as("advisor") as u:
        add_consultation(u, firm_id, ConsultationInput("call", "phone", TODAY, occasion="A", contact_ids=(gone,)))
        add_consultation(u, firm_id, ConsultationInput("call", "phone", TODAY, occasion="B", contact_ids=(keep, gone)))
        concern = add_concern(u, firm_id, ConcernInput("space", "Halle zu klein", ""))
        u.session.add(
            Handover(
                concern_id=concern, recipient_key="k", recipient_label="K", contact_id=gone, answer_by=TODAY,
                handed_on_at=u.now, handed_by="A", entry_key="e",
            )
        )  # fmt: skip
        its_list = Distribution(
            unit_id=1, title="Liste", purpose="information", source="contacts", query="", filters=[], created_at=u.now,
            updated_at=u.now, drawn_at=u.now,
        )  # fmt: skip
        u.session.add(its_list)
        u.session.flush()
        for contact_id, left_out in ((keep, False), (gone, True)):
            u.session.add(DistributionMember(distribution_id=its_list.id, contact_id=contact_id, left_out=left_out))
        for states in (("waiting", "queued"), ("queued", "queued"), ("waiting", "waiting"), (None, "queued")):
            mailing = Mailing(
                distribution_id=its_list.id, channel="letter", subject="S", body="B", created_at=u.now, updated_at=u.now
            )
            u.session.add(mailing)
            u.session.flush()
            for contact_id, state in zip((keep, gone), states, strict=True):
                if state:
                    u.session.add(MailingRecipient(mailing_id=mailing.id, contact_id=contact_id, state=state))
    consent(office, keep)
    consent(office, gone, "information", "phone")
    refuse(office, gone)
    refuse(office, keep, "handover", "post")


def content(office):
    """Return what is stored about persons, without counters of versions."""
    tables = sorted({name.split(".")[0] for name in MOVE} | {"consultation_participant"})
    with office.reading_as("advisor") as u:
        found = {}
        for name in tables:
            table = Base.metadata.tables[name]
            columns = [c for c in table.columns if c.name not in {"version", "updated_at"}]
            found[name] = sorted(repr(tuple(row)) for row in u.session.execute(select(*columns)))
        return found


def test_of_two_mails_of_one_mailing_the_kept_entry_has_the_one_that_was_sent(office, firm, two, merged):
    furnish(office, firm.id, *two)
    merged(*two)
    with office.reading_as("advisor") as u:
        rows = (
            select(MailingRecipient.state)
            .where(MailingRecipient.contact_id == two[0])
            .order_by(MailingRecipient.mailing_id)
        )
        assert list(u.session.scalars(rows)) == ["queued", "queued", "waiting", "queued"]
        assert u.session.get_one(DistributionMember, (1, two[0])).left_out


@pytest.mark.parametrize("refusing", [0, 1])
@pytest.mark.parametrize("basis", ["", "public_task"])
def test_an_opt_out_of_either_entry_wins(office, firm, merged, separated, refusing, basis):
    with office.writing_as("advisor") as u:
        about = {"email": "s@kranz.example", "mail_basis": basis}
        two = [add_contact(u, firm.id, ContactInput("Müller", "Sabine", **about)) for _ in range(2)]
    consent(office, two[1 - refusing])
    refuse(office, two[refusing])
    assert may_mail(office, two[1 - refusing])
    done = merged(*two)
    assert not may_mail(office, two[0])
    with office.reading_as("advisor") as u:
        assert valid_consents(u, firm.id, "survey") == []
    separated(done)
    assert may_mail(office, two[1 - refusing])
    assert not may_mail(office, two[refusing])


@pytest.mark.parametrize("refusing", [0, 1])
@pytest.mark.parametrize("basis", ["", "public_task"])
def test_a_withdrawn_consent_of_either_entry_wins(office, firm, merged, separated, refusing, basis):
    with office.writing_as("advisor") as u:
        two = [
            add_contact(
                u, firm.id,
                ContactInput("Müller", "Sabine", email="s@kranz.example", mail_basis="" if n == refusing else basis),
            )
            for n in range(2)
        ]  # fmt: skip
    withdrawn = consent(office, two[refusing])
    with office.writing_as("advisor") as u:
        withdraw_consent(u, two[refusing], withdrawn)
    consent(office, two[1 - refusing])
    before = content(office)
    done = merged(*two, mail_basis="keep" if refusing else "gone") if basis else merged(*two)
    assert not may_mail(office, two[0])
    separated(done)
    assert content(office) == before
    assert may_mail(office, two[1 - refusing])


def test_what_was_refused_while_they_were_one_holds_for_both(office, two, merged, separated):
    keep, gone = two
    for contact_id in two:
        consent(office, contact_id, "information")
    done = merged(keep, gone)
    refuse(office, gone, "information")  # by a link that was sent to the entry that is gone
    with office.reading_as("advisor") as u:
        assert [row.contact_id for row in opt_outs(u, keep)] == [keep]
    separated(done)
    for contact_id in two:
        assert not may_mail(office, contact_id, "information")
        with office.reading_as("advisor") as u:
            assert [row.lifted_at for row in opt_outs(u, contact_id)] == [None]


def test_refusing_again_what_the_other_entry_refused_is_noted(office, two, merged, separated):
    keep, gone = two
    consent(office, keep)
    refuse(office, gone)
    done = merged(keep, gone)
    office.clock.moment += timedelta(hours=1)
    refuse(office, keep)
    refuse(office, keep)
    separated(done)
    assert not may_mail(office, keep)
    with office.reading_as("advisor") as u:
        assert [len(opt_outs(u, contact_id)) for contact_id in two] == [1, 1]


def test_who_is_not_permitted_mails_by_one_entry_gets_none_by_chance(office, firm, merged):
    with office.writing_as("advisor") as u:
        basis = ("public_task", "")
        two = [add_contact(u, firm.id, ContactInput("M", email="s@k.example", mail_basis=b)) for b in basis]
    merged(*two)
    assert not may_mail(office, two[0])


def test_persons_of_two_firms_and_their_conversations(office, firm, merged, separated, person):
    other = office.add_firm("Vollmer Optik GmbH")
    with office.writing_as("advisor") as u:
        keep = add_contact(u, firm.id, ContactInput("Müller", "Sabine"))
        gone = add_contact(u, other.id, ContactInput("Müller", "Sabine"))
        talk = add_consultation(
            u, other.id, ConsultationInput("call", "phone", TODAY, occasion="A", contact_ids=(gone,))
        )
    done = merged(keep, gone)
    assert person(keep).firm_id == firm.id
    with office.writing_as("advisor") as u:
        row = consultation_to_edit(u, talk)
        given = ConsultationInput("call", "phone", TODAY, occasion="B", contact_ids=row.content.contact_ids)
        change_consultation(u, talk, row.version, given)
        assert [p.contact_id for p in u.session.scalars(select(Participant))] == [keep]
    page = office.client_as("advisor").get(f"/gespraeche/{talk}/bearbeiten").text
    assert re.search(rf'<input[^>]*checked[^>]*name="contact_ids"[^>]*value="{keep}"', page)
    separated(done)
    again = merged(keep, gone, firm_id="gone")
    assert person(keep).firm_id == other.id
    separated(again)
    assert person(keep).firm_id == firm.id


def test_what_cannot_be_merged_is_refused_with_a_sentence(office, firm, two, merged):
    keep, gone = two
    with pytest.raises(InvalidInput, match="mit sich selbst"):
        merged(keep, keep)
    with office.writing_as("advisor") as u, pytest.raises(StaleVersion):
        service.merge(u, MergeInput(keep, gone, 1, 9), PERSONS)
    with office.writing_as("advisor") as u, pytest.raises(NotFound):
        service.merge(u, MergeInput(keep, 987654, 1, 1), PERSONS)
    with office.writing_as("advisor") as u:
        archive_contact(u, keep)
    with pytest.raises(InvalidInput, match="ist im Archiv"):
        merged(keep, gone)
    with office.writing_as("advisor") as u:
        put_into_bin(u, gone)
    with pytest.raises(InvalidInput, match="Papierkorb"):
        merged(gone, keep)


def test_only_whoever_may_merge_does_and_never_across_units(office, two, merged, separated):
    other = office.add_unit("Nachbarstadt")
    there = office.add_firm("Vollmer Optik GmbH", other)
    with office.writing_as("advisor", other) as u:
        stranger = add_contact(u, there.id, ContactInput("Müller", "Sabine"))
    with pytest.raises(NotFound):
        merged(two[0], stranger)
    for role in ("reader", "assistant"):
        with pytest.raises(Forbidden):
            merged(*two, role=role)
    done = merged(*two)
    with pytest.raises(Forbidden):
        separated(done, role="assistant")
    with office.writing_as("advisor", other) as u, pytest.raises(NotFound):
        service.unmerge(u, done, PERSONS)


def test_chains_are_separated_from_the_end(office, firm, two, merged, separated, person):
    with office.writing_as("advisor") as u:
        last = add_contact(u, firm.id, ContactInput("Müller", "S."))
    first = merged(*two)
    second = merged(last, two[0])
    assert [person(i).merged_into_id for i in two] == [last, last]
    with pytest.raises(InvalidInput, match="zuerst"):
        separated(first)
    separated(second)
    assert [person(i).merged_into_id for i in two] == [None, two[0]]
    separated(first)
    with pytest.raises(InvalidInput, match="bereits wieder getrennt"):
        separated(first)


def test_whoever_asks_for_the_entry_that_is_gone_gets_the_kept_one(office, two, merged, separated):
    keep, gone = two
    done = merged(keep, gone)
    with office.writing_as("advisor") as u:
        assert u.service(Contacts).get(u, gone).id == keep
        with pytest.raises(InvalidInput, match="zusammengeführt"):
            change_contact(u, gone, 2, ContactInput("Anders"))
        with pytest.raises(InvalidInput, match="zusammengeführt"):
            archive_contact(u, gone)
        with pytest.raises(InvalidInput, match="zusammengeführt"):
            put_into_bin(u, gone)
    consent(office, gone, "handover", "phone")
    with office.reading_as("advisor") as u:
        assert [row.contact_id for row in u.session.scalars(select(Consent))] == [keep]
        firm_id = u.session.get_one(Contact, keep).firm_id
        assert [line.id for line in contacts.contacts_of_firm(u, firm_id, archived=True)] == [keep]
    separated(done)
    with office.reading_as("advisor") as u:
        assert [row.contact_id for row in u.session.scalars(select(Consent))] == [keep]
        assert not u.session.scalars(select(OptOut)).all()


def test_history_and_audit_tell_of_it(office, two, merged, separated):
    done = merged(*two)
    separated(done)
    with office.reading_as("advisor") as u:
        labels = [str(change.label) for change in changes(u, two[0])]
    assert "Zusammengeführt mit" in labels
    assert "Wieder getrennt von" in labels
    with office.reading_as("advisor") as u:
        table = Base.metadata.tables["audit_event"]
        actions = list(u.session.scalars(select(table.c.action).order_by(table.c.id)))
    assert [a for a in actions if a.startswith("contacts_")] == ["contacts_merged", "contacts_separated"]
