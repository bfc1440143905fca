"""What people did to a merged person since is what they want: neither separating nor asking once more overrides it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from wf40.base.db import Base
from wf40.core.contacts.audience import persons as audience
from wf40.core.contacts.models import Consent, Contact, OptOut
from wf40.core.contacts.optouts import OptOutInput, lift_opt_out, note_opt_out, opt_outs
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent, withdraw_consent
from wf40.core.contacts.valid_consents import valid_consents
from wf40.core.firms.removing import remove_firms
from wf40.core.mailings import codes, runner
from wf40.core.mailings.models import Distribution, DistributionMember, Mailing, MailingRecipient
from wf40.core.merges import queries
from wf40.core.merges.catching_up import catch_up
from wf40.core.merges.kinds import PERSONS

TODAY = date(2026, 11, 21)


@pytest.fixture
def firm(office):
    return office.add_firm("Kranz Metallbau GmbH")


@pytest.fixture
def person(office, firm):
    def make(at=None, **about):
        with office.writing_as("advisor") as u:
            return add_contact(u, (at or firm).id, ContactInput("Müller", "Sabine", **about))

    return make


@pytest.fixture
def two(person):
    return person(email="s.mueller@kranz.example"), person(email="sm@kranz.example")


def later(office, minutes=10):
    office.clock.moment += timedelta(minutes=minutes)


def settle(office):
    """Let everybody be asked once more."""
    later(office, 2)
    catch_up(office.product.database)


def consent(office, contact_id, purpose="survey", channel="mail"):
    with office.writing_as("advisor") as u:
        return give_consent(u, contact_id, ConsentInput(purpose, channel, TODAY, "written"))


def withdraw(office, contact_id, consent_id):
    with office.writing_as("advisor") as u:
        withdraw_consent(u, contact_id, consent_id)


def refuse(office, contact_id, purpose="survey"):
    with office.writing_as("advisor") as u:
        note_opt_out(u, contact_id, OptOutInput(purpose, "mail", "spoken"))


def may_mail(office, *contact_ids):
    with office.reading_as("advisor") as u:
        return [audience(u, [i], "survey")[0].may_mail for i in contact_ids]


def live(office, contact_id):
    with office.reading_as("advisor") as u:
        rows = select(Consent.id).where(Consent.contact_id == contact_id, Consent.withdrawn_at.is_(None))
        return list(u.session.scalars(rows.order_by(Consent.id)))


def standing(office, contact_id):
    with office.reading_as("advisor") as u:
        return [row.how for row in opt_outs(u, contact_id) if row.lifted_at is None]


def audited(office, action):
    table = Base.metadata.tables["audit_event"]
    with office.reading_as("advisor") as u:
        rows = select(table.c.subject).where(table.c.action == action).order_by(table.c.id)
        return list(u.session.scalars(rows))


def test_a_consent_withdrawn_while_they_were_one_lets_no_older_one_live_again(
    office, two, merge_persons, separate_persons
):
    keep, gone = two
    consent(office, keep)
    refuse(office, gone)
    done = merge_persons(keep, gone)
    later(office)
    new = consent(office, keep)
    later(office)
    withdraw(office, keep, new)
    separate_persons(done)
    assert live(office, keep) == []
    assert may_mail(office, keep, gone) == [False, False]


@pytest.mark.parametrize("withdrawn", [0, 1])
def test_a_consent_withdrawn_while_they_were_one_ends_that_of_the_other(
    office, two, merge_persons, separate_persons, withdrawn
):
    keep, gone = two
    ids = [consent(office, contact_id) for contact_id in two]
    phone = consent(office, gone, channel="phone")
    done = merge_persons(keep, gone)
    later(office)
    withdraw(office, keep, ids[withdrawn])
    separate_persons(done)
    assert may_mail(office, keep, gone) == [False, False]
    assert (live(office, keep), live(office, gone)) == ([], [phone])
    assert audited(office, "consent_withdrawn") == [f"contact:{keep}"] * 2


def test_agreeing_again_after_withdrawing_counts_where_it_was_said(office, two, merge_persons, separate_persons):
    keep, gone = two
    old = consent(office, keep)
    consent(office, gone)
    done = merge_persons(keep, gone)
    later(office)
    withdraw(office, keep, old)
    later(office)
    new = consent(office, keep)
    separate_persons(done)
    assert (live(office, keep), live(office, gone)) == ([new], [])


def test_a_withdrawal_holds_against_a_legal_basis_that_did_not_count_meanwhile(
    office, person, merge_persons, separate_persons
):
    keep = person(email="a@kranz.example")
    gone = person(email="b@kranz.example", mail_basis="public_task")
    given = consent(office, keep)
    done = merge_persons(keep, gone)
    later(office)
    withdraw(office, keep, given)
    separate_persons(done)
    assert may_mail(office, keep, gone) == [False, False]
    assert (standing(office, keep), standing(office, gone)) == ([], ["merged"])


def test_an_opt_out_that_was_lifted_is_not_noted_again(office, person, merge_persons, separate_persons):
    keep = person(email="a@kranz.example", mail_basis="public_task")
    gone = person(email="b@kranz.example", mail_basis="public_task")
    consent(office, keep)
    refuse(office, gone)
    done = merge_persons(keep, gone)
    later(office, 1)
    with office.writing_as("advisor") as u:
        lift_opt_out(u, keep, opt_outs(u, keep)[0].id)
    settle(office)
    assert standing(office, keep) == []
    assert may_mail(office, keep) == [True]
    separate_persons(done)
    assert len(live(office, keep)) == 1


def test_what_arrives_while_merging_is_heeded_and_taken_back(office, two, merge_persons, separate_persons):
    keep, gone = two
    given = consent(office, keep)
    done = merge_persons(keep, gone)
    with office.writing_as("advisor") as u:
        u.session.add(
            OptOut(contact_id=gone, purpose="survey", channel="mail", at=u.now, how="spoken", recorded_by="A")
        )
        give = {"given_how": "written", "text_version": "1", "text_hash": "", "recorded_by": "A"}
        raced = Consent(contact_id=gone, purpose="survey", channel="mail", given_at=u.now, recorded_at=u.now, **give)
        u.session.add(raced)
        u.session.flush()
        raced_id = raced.id
    settle(office)
    assert (live(office, keep), standing(office, keep)) == ([], ["spoken"])
    separate_persons(done)
    assert (live(office, keep), live(office, gone)) == ([given], [raced_id])
    assert (standing(office, keep), standing(office, gone)) == ([], ["spoken"])


def test_what_is_noted_the_second_time_is_taken_back_too(office, person, merge_persons, separate_persons):
    """Though nothing else moved: a withdrawal that arrived for somebody with a legal basis."""
    keep = person(email="a@kranz.example", mail_basis="public_task")
    gone = person(email="b@kranz.example", mail_basis="public_task")
    late = consent(office, gone)
    withdraw(office, gone, late)
    consent(office, gone)
    done = merge_persons(keep, gone)
    later(office, 1)
    with office.writing_as("advisor") as u:
        row = u.session.get_one(Consent, late)
        row.contact_id = gone
    settle(office)
    assert standing(office, keep) == ["merged"]
    separate_persons(done)
    assert standing(office, keep) == []
    assert audited(office, "opt_out_removed") == [f"contact:{keep}"]


def a_list(u, *members):
    its_list = Distribution(
        unit_id=1, title="Liste", purpose="survey", source="contacts", query="", filters=[], created_at=u.now,
        updated_at=u.now, drawn_at=u.now,
    )  # fmt: skip
    u.session.add(its_list)
    u.session.flush()
    for contact_id, left_out in members:
        u.session.add(DistributionMember(distribution_id=its_list.id, contact_id=contact_id, left_out=left_out))
    return its_list.id


def test_who_was_put_back_into_a_list_stays_there(office, two, merge_persons, separate_persons):
    keep, gone = two
    with office.writing_as("advisor") as u:
        list_id = a_list(u, (keep, False), (gone, True))
    done = merge_persons(keep, gone)
    with office.writing_as("advisor") as u:
        place = u.session.get_one(DistributionMember, (list_id, keep))
        assert place.left_out
        place.left_out = False
    settle(office)
    with office.reading_as("advisor") as u:
        assert not u.session.get_one(DistributionMember, (list_id, keep)).left_out
    separate_persons(done)
    with office.reading_as("advisor") as u:
        assert [u.session.get_one(DistributionMember, (list_id, i)).left_out for i in two] == [False, True]


@pytest.mark.parametrize("states", [("waiting", "waiting"), ("waiting", "queued")])
@pytest.mark.parametrize("state", ["running", "done"])
def test_who_waited_for_a_mailing_waits_again(office, two, merge_persons, separate_persons, states, state):
    keep, gone = two
    with office.writing_as("advisor") as u:
        mailing = Mailing(
            distribution_id=a_list(u), channel="letter", subject="S", body="B", state=codes.RUNNING, created_at=u.now,
            updated_at=u.now,
        )  # fmt: skip
        u.session.add(mailing)
        u.session.flush()
        mailing_id = mailing.id
        for contact_id, its_state in zip(two, states, strict=True):
            u.session.add(MailingRecipient(mailing_id=mailing_id, contact_id=contact_id, state=its_state))
    done = merge_persons(keep, gone)
    runner._slice(office.product.database, mailing_id, office.actor("advisor"))
    if state == "done":
        with office.writing_as("advisor") as u:
            u.session.get_one(Mailing, mailing_id).state = codes.DONE
    waited = keep if "queued" in states else gone
    separate_persons(done)
    with office.reading_as("advisor") as u:
        rows = u.session.scalars(select(MailingRecipient).where(MailingRecipient.contact_id == waited)).all()
        expected = ("waiting", "") if state == "running" else ("skipped", "archived")
        assert [(row.state, row.why) for row in rows] == [expected]


def test_restoring_and_copying_is_audited_where_it_belongs(office, two, merge_persons, separate_persons):
    keep, gone = two
    consent(office, gone)
    refuse(office, keep)
    done = merge_persons(keep, gone)
    later(office)
    refuse(office, keep, "information")
    separate_persons(done)
    assert audited(office, "consent_withdrawn") == audited(office, "consent_restored") == [f"contact:{gone}"]
    assert audited(office, "opted_out") == [f"contact:{keep}", f"contact:{keep}", f"contact:{gone}"]


@pytest.fixture
def abroad(office, firm, person):
    """Return another firm, and two entries of one person: at the first firm and at the other."""
    other = office.add_firm("Vollmer Optik GmbH")
    return other, person(), person(other)


def of_firm(office, firm_id):
    with office.reading_as("advisor") as u:
        return [row.id for row in valid_consents(u, firm_id, "handover")]


@pytest.mark.parametrize("settled", [False, True])
def test_a_consent_to_handing_on_counts_for_its_own_firm_alone(
    office, firm, abroad, merge_persons, separate_persons, settled
):
    other, keep, gone = abroad
    ours, theirs = consent(office, keep, "handover"), consent(office, gone, "handover")
    done = merge_persons(keep, gone)
    if settled:
        settle(office)
    assert (of_firm(office, firm.id), of_firm(office, other.id)) == ([ours], [])
    separate_persons(done)
    assert (of_firm(office, firm.id), of_firm(office, other.id)) == ([ours], [theirs])


@pytest.mark.parametrize("settled", [False, True])
def test_where_the_firm_of_the_other_entry_is_kept_its_consents_count(
    office, firm, abroad, merge_persons, separate_persons, settled
):
    other, keep, gone = abroad
    ours, theirs = consent(office, keep, "handover"), consent(office, gone, "handover")
    done = merge_persons(keep, gone, firm_id="gone")
    if settled:
        settle(office)
    new = consent(office, keep, "handover", "phone")
    assert (of_firm(office, firm.id), sorted(of_firm(office, other.id))) == ([], [theirs, new])
    separate_persons(done)
    assert (of_firm(office, firm.id), sorted(of_firm(office, other.id))) == ([ours], [theirs, new])


def test_withdrawing_it_ends_the_one_that_waits_too(office, firm, abroad, merge_persons, separate_persons):
    other, keep, gone = abroad
    ours = consent(office, keep, "handover")
    consent(office, gone, "handover")
    done = merge_persons(keep, gone)
    later(office)
    withdraw(office, keep, ours)
    separate_persons(done)
    assert (of_firm(office, firm.id), of_firm(office, other.id)) == ([], [])


def test_a_firm_that_was_removed_meanwhile_stays_away(office, firm, abroad, merge_persons, separate_persons):
    other, keep, gone = abroad
    consent(office, keep, "handover")
    theirs = consent(office, gone, "handover")
    done = merge_persons(keep, gone, firm_id="gone")
    with office.writing_as("advisor") as u:
        remove_firms(u, [firm.id])
    with office.reading_as("advisor") as u:
        assert queries.merge(u, done, PERSONS).fields_stay == ["Unternehmen"]
    assert separate_persons(done).fields_stay == ["firm_id"]
    with office.reading_as("advisor") as u:
        assert u.session.get_one(Contact, keep).firm_id == other.id
    assert of_firm(office, other.id) == [theirs]


def test_a_firm_that_became_part_of_another_is_that_one(office, firm, abroad, merge, merge_persons, separate_persons):
    _other, keep, gone = abroad
    ours = consent(office, keep, "handover")
    done = merge_persons(keep, gone, firm_id="gone")
    third = office.add_firm("Kranz Gruppe GmbH")
    merge(third.id, firm.id)
    with office.reading_as("advisor") as u:
        assert queries.merge(u, done, PERSONS).fields_back == ["Unternehmen"]
    assert separate_persons(done).fields_back == ["firm_id"]
    with office.reading_as("advisor") as u:
        assert u.session.get_one(Contact, keep).firm_id == third.id
    assert of_firm(office, third.id) == [ours]


def test_a_firm_that_the_other_became_part_of_is_no_change(
    office, firm, abroad, merge, merge_persons, separate_persons
):
    other, keep, gone = abroad
    done = merge_persons(keep, gone, firm_id="gone")
    third = office.add_firm("Vollmer Gruppe GmbH")
    merge(third.id, other.id)
    assert separate_persons(done).fields_stay == []
    with office.reading_as("advisor") as u:
        assert [u.session.get_one(Contact, i).firm_id for i in (keep, gone)] == [firm.id, third.id]
