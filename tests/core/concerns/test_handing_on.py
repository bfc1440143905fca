"""Handing on: never without the firm's recorded consent, exactly what was shown, and followed until something comes back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.mail import transport_for
from wf40.base.outbox import OutboxMail
from wf40.core.concerns import chronicle, codes, handing_on, queries, service
from wf40.core.concerns.handed_on import HandoversService
from wf40.core.concerns.handing_on import hand_on, prepare, recall, record_outcome
from wf40.core.concerns.models import Handover
from wf40.core.concerns.rules import HandoverInput, NewConsent
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact, archive_contact, withdraw_consent
from wf40.core.firms.service import archive_firm
from wf40.core.office.service import DepartmentInput, add_department
from wf40.pluginhost import state
from wf40.sdk.services import Handovers, Tasks
from wf40.sdk.work import Recipient
from wf40.worker.dispatch import Dispatcher

GIVEN = HandoverInput("circle-7", "Bitte prüfen Sie freie Hallen.", date(2026, 12, 4))
NEW = NewConsent(0, date(2026, 11, 20), "spoken", "Telefonnotiz")
FAR = date(2036, 1, 1)


def counted(office, *tables):
    with office.product.database.read(Actor.system("test")) as u:
        return [u.session.scalar(select(func.count()).select_from(table)) for table in tables]


def tasks_of(office, role="advisor"):
    with office.reading_as(role) as u:
        return [
            (t.title, t.due_on) for t in u.service(Tasks).due(u, u.actor.user_id, FAR) if t.title.startswith("Rück")
        ]


@pytest.fixture
def post(office, smtp_server):
    """Send what waits to a real server and return what arrived."""

    def deliver():
        product = office.product
        Dispatcher(product.database, product.hooks, transport_for(smtp_server.url), product.settings.sender).mails()
        return smtp_server.mails

    return deliver


def test_the_recipient_gets_firm_person_concern_request_and_day_and_nothing_else(
    office, firm, add, agreed, hand, seen, post
):
    contact_id, consent_id = agreed(firm.id)
    agreed(firm.id, purpose="survey", family_name="Unbeteiligt", email="andere@firma.example")
    concern_id = add(firm.id)
    hand(concern_id, consent_id)
    (mail,) = post()
    assert mail.recipients == ("kammer@partner.example",)
    assert mail.subject == "Anliegen eines Unternehmens: Muster Maschinenbau GmbH"
    assert mail.message["Reply-To"] == "advisor-1@musterhausen.example"
    assert str(mail.message["To"]) == "Handwerkskammer <kammer@partner.example>"
    for part in (
        "Muster Maschinenbau GmbH, Musterhausen", "Thema: Fläche", "Anliegen: Halle zu klein", "Sucht 2.000 m² bis Jahresende.",
        "Bitte prüfen Sie freie Hallen.", "Ines Vorlage, Geschäftsführerin", "ines@firma.example", "+49 7531 12345",
        "bis zum 04.12.2026", "Beratung 1", "Wirtschaftsförderung Musterhausen",
    ):  # fmt: skip
        assert part in mail.text, part
    assert "Unbeteiligt" not in mail.text
    concern, (handover,) = seen(concern_id)
    assert concern.state == "handed_on"
    assert handover.sent_text.strip() == mail.text.replace("\r\n", "\n").strip()
    assert handover.consent_proof == (
        "Ines Vorlage, erteilt am 12.11.2026 schriftlich (Weg: E-Mail), Fassung 2026-1. Formular vom Unternehmertag"
    )
    assert (handover.contact_id, handover.contact, handover.group) == (contact_id, "Ines Vorlage", "Kammern")
    assert tasks_of(office) == [("Rückmeldung von Handwerkskammer einholen", date(2026, 12, 4))]


def test_of_a_confidential_concern_only_the_message_leaves_the_house(office, firm, add, agreed, hand, need, post):
    _contact, consent_id = agreed(firm.id)
    hand(add(firm.id, replace(need, confidential=True)), consent_id, message="Wir bitten um einen Rückruf.")
    (mail,) = post()
    for hidden in ("Halle zu klein", "2.000", "Fläche"):
        assert hidden not in mail.text + mail.subject
    assert "Wir bitten um einen Rückruf." in mail.text
    assert tasks_of(office) == [("Rückmeldung zu einem vertraulichen Anliegen einholen", date(2026, 12, 4))]


def test_without_a_mail_address_it_is_handed_on_by_telephone_and_no_mail_is_queued(office, handed, seen):
    concern_id, _handover = handed("circle-8")
    concern, (handover,) = seen(concern_id)
    assert (concern.state, handover.email) == ("handed_on", "")
    assert "Halle zu klein" in handover.sent_text
    assert counted(office, OutboxMail, Handover) == [0, 1]
    assert len(tasks_of(office)) == 1


def refused(hand, concern_id, consent_id, field, **more):
    with pytest.raises(InvalidInput) as error:
        hand(concern_id, consent_id, **more)
    assert set(error.value.fields) == {field}


def test_nothing_leaves_without_a_valid_consent_of_this_firm_for_this_purpose(
    office, firm, add, agreed, hand, seen, acting
):
    concern_id, other = add(firm.id), office.add_firm("Andere GmbH")
    with acting() as u:
        add_contact(u, firm.id, ContactInput("Grundlage", email="g@firma.example", mail_basis="public_task"))
    gone, old = agreed(firm.id), agreed(firm.id, family_name="Alt")
    with acting() as u:
        withdraw_consent(u, *gone)
        archive_contact(u, old[0])
    survey, strange = agreed(firm.id, purpose="survey")[1], agreed(other.id)[1]
    for consent_id in (None, 0, 999_999, gone[1], old[1], survey, strange):
        refused(hand, concern_id, consent_id, "consent_id")
    assert seen(concern_id)[0].state == "new"
    assert counted(office, Handover, OutboxMail) == [0, 0]
    assert tasks_of(office) == []


def test_a_consent_for_any_channel_counts(firm, add, agreed, hand, seen):
    concern_id = add(firm.id)
    hand(concern_id, agreed(firm.id, channel="phone")[1])
    assert seen(concern_id)[0].state == "handed_on"


def test_a_consent_is_recorded_with_the_hand_on_or_not_at_all(office, firm, add, acting, seen):
    concern_id, other = add(firm.id), office.add_firm("Andere GmbH")
    with acting() as u:
        person = add_contact(u, firm.id, ContactInput("Neu", "Nora", email="nora@firma.example"))
        stranger = add_contact(u, other.id, ContactInput("Fremd"))
    faults = {
        "contact_id": replace(NEW, contact_id=stranger),
        "given_on": replace(NEW, contact_id=person, given_on=date(2026, 11, 22)),
        "given_how": replace(NEW, contact_id=person, given_how="thought"),
        "recipient_key": replace(NEW, contact_id=person),
    }
    for field, new in faults.items():
        key = "circle-999" if field == "recipient_key" else "circle-7"
        with pytest.raises(InvalidInput) as error, acting() as u:
            hand_on(u, concern_id, 1, replace(GIVEN, recipient_key=key, new_consent=new))
        assert set(error.value.fields) == {field}
        with acting() as u:
            assert handing_on.consents_for(u, firm.id) == []
    with acting() as u:
        hand_on(u, concern_id, 1, replace(GIVEN, new_consent=replace(NEW, contact_id=person)))
        (consent,) = handing_on.consents_for(u, firm.id)
    assert (consent.name, consent.channel, consent.given_how, consent.note) == (
        "Nora Neu",
        "mail",
        "spoken",
        "Telefonnotiz",
    )
    assert seen(concern_id)[1][0].consent_proof.startswith("Nora Neu, erteilt am 20.11.2026 mündlich")


def test_a_key_that_nobody_offers_and_an_address_that_is_none_are_refused(firm, add, agreed, hand, circle):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    refused(hand, concern_id, consent_id, "recipient_key", recipient="circle-999")
    circle.offered = [Recipient("circle-7", "Kammer", "Kammern", "keine adresse")]
    refused(hand, concern_id, consent_id, "recipient_key")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("message", {"message": " \n"}),
        ("message", {"message": "x" * 5_001}),
        ("message", {"message": "a\0b"}),
        ("answer_by", {"answer_by": date(2026, 11, 20)}),
        ("answer_by", {"answer_by": date(2099, 1, 1)}),
    ],
)
def test_each_fault_gets_a_sentence_beside_its_field(firm, add, agreed, hand, field, more):
    refused(hand, add(firm.id), agreed(firm.id)[1], field, **more)


def test_nothing_can_be_smuggled_into_the_head_of_the_mail(firm, add, agreed, hand, circle, need, post):
    circle.offered = [
        Recipient("circle-7", "Kammer\0\ud800\r\nBcc: dieb@x.example", "Kammern\n", " kammer@partner.example ")
    ]
    given = replace(need, description="Text\r\nBcc: dieb@x.example")
    hand(add(firm.id, given), agreed(firm.id)[1], message="Zeile\n.\nBcc: dieb@x.example\n.")
    (mail,) = post()
    assert mail.recipients == ("kammer@partner.example",)
    assert mail.message["Bcc"] is None
    assert "Zeile\n.\nBcc: dieb@x.example" in mail.text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", ["😀 Grüße", "<b>fett</b>", "{{ 7*7 }} %(x)s %s", "\u202eRTL", "x" * 3_000])
def test_odd_texts_arrive_as_they_are(firm, add, agreed, hand, post, text):
    hand(add(firm.id), agreed(firm.id)[1], message=text)
    (mail,) = post()
    assert text in mail.text.replace("\r\n", "\n")


def test_the_same_form_hands_on_once_also_at_the_same_moment(office, firm, add, agreed, hand, acting):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    first = hand(concern_id, consent_id, key="k" * 32)
    assert hand(concern_id, consent_id, key="k" * 32) == first
    with pytest.raises(InvalidInput, match="schon verwendet"):
        hand(concern_id, consent_id, key="k" * 32, message="Etwas anderes")

    def send(_turn):
        with acting() as u:
            version = queries.concern(u, concern_id).version
            return hand_on(u, concern_id, version, replace(GIVEN, consent_id=consent_id), "e" * 32)

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(send, range(4)))
    assert len(made) == 1
    assert counted(office, Handover, OutboxMail) == [2, 2]


def test_what_is_sent_is_what_was_seen(office, firm, add, agreed, acting, need):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    given = replace(GIVEN, consent_id=consent_id)
    with acting() as u:
        shown = prepare(u, concern_id, given)
    with acting("lead") as u:
        service.change_concern(u, concern_id, 1, replace(need, description="Etwas ganz anderes"))
    with pytest.raises(handing_on.NotSeen), acting() as u:
        hand_on(u, concern_id, 2, given, seen=shown.digest)
    with pytest.raises(StaleVersion), acting() as u:
        hand_on(u, concern_id, 1, given, seen=shown.digest)
    assert counted(office, Handover, OutboxMail) == [0, 0]
    with acting() as u:
        shown = prepare(u, concern_id, given)
        hand_on(u, concern_id, 2, given, seen=shown.digest)
    with office.product.database.read(Actor.system("test")) as u:
        assert u.session.scalars(select(OutboxMail)).one().text == shown.letter.text


def test_only_open_concerns_of_present_firms_are_handed_on(firm, add, agreed, hand, acting):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    with acting() as u:
        service.set_state(u, concern_id, 1, codes.WITHDRAWN, "Doch nicht.")
    with pytest.raises(InvalidInput, match="abgeschlossen"):
        hand(concern_id, consent_id)
    with acting() as u:
        service.set_state(u, concern_id, 2, codes.IN_PROGRESS)
        archive_firm(u, firm.id)
    with pytest.raises(InvalidInput, match="archiviert"):
        hand(concern_id, consent_id)


@pytest.mark.parametrize(
    ("outcome", "state_after"),
    [("accepted", "awaiting"), ("solved", "in_progress"), ("declined", "in_progress"), ("no_answer", "in_progress")],
)
def test_what_comes_back_decides_how_it_goes_on_and_ends_the_reminder(
    office, handed, seen, acting, outcome, state_after
):
    concern_id, handover_id = handed()
    for _turn in range(2):
        with acting() as u:
            record_outcome(u, handover_id, outcome, "Frau Kern meldet sich.")
    concern, (handover,) = seen(concern_id)
    assert (concern.state, handover.outcome, handover.answer) == (state_after, outcome, "Frau Kern meldet sich.")
    assert handover.answered_at == office.clock.moment
    assert tasks_of(office) == []
    with pytest.raises(InvalidInput), acting() as u:
        recall(u, handover_id)


def test_a_solved_hand_on_closes_the_concern_when_asked_to(handed, seen, acting):
    concern_id, handover_id = handed()
    with acting() as u:
        record_outcome(u, handover_id, "solved", "Halle 7 ist frei.", close=True)
    concern, _handovers = seen(concern_id)
    assert (concern.state, concern.outcome) == ("solved", "Halle 7 ist frei.")


def test_who_took_it_over_is_asked_again_and_may_say_more(office, handed, seen, acting):
    concern_id, handover_id = handed()
    with pytest.raises(InvalidInput) as error, acting() as u:
        record_outcome(u, handover_id, "accepted", "Ja.", ask_on=date(2026, 11, 1))
    assert set(error.value.fields) == {"ask_on"}
    with acting() as u:
        record_outcome(u, handover_id, "accepted", "Ja.", ask_on=date(2027, 1, 15))
    assert tasks_of(office) == [("Rückmeldung von Handwerkskammer einholen", date(2027, 1, 15))]
    with acting() as u:
        record_outcome(u, handover_id, "declined", "Doch nicht.")
    assert tasks_of(office) == []
    assert seen(concern_id)[0].state == "in_progress"
    with pytest.raises(InvalidInput, match="schon eine Rückmeldung"), acting() as u:
        record_outcome(u, handover_id, "solved", "Oder doch.")


def test_while_another_one_has_it_a_refusal_does_not_bring_it_back(firm, add, agreed, hand, seen, acting):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    first, second = hand(concern_id, consent_id), hand(concern_id, consent_id, "circle-8")
    with acting() as u:
        record_outcome(u, first, "declined", "Nein.")
    assert seen(concern_id)[0].state == "handed_on"
    with acting() as u:
        recall(u, second)
        recall(u, second)
    concern, handovers = seen(concern_id)
    assert concern.state == "in_progress"
    assert [h.recalled_at is not None for h in handovers] == [True, False]
    with pytest.raises(InvalidInput, match="zurückgenommen"), acting() as u:
        record_outcome(u, second, "solved", "x")


def test_a_handed_on_concern_waits_once_receipt_is_confirmed_or_the_day_has_passed(
    office, firm, add, agreed, hand, seen, acting
):
    _contact, consent_id = agreed(firm.id)
    confirmed, silent = add(firm.id), add(firm.id)
    handover_id = hand(confirmed, consent_id)
    hand(silent, consent_id)
    with acting() as u:
        handing_on.confirm_receipt(u, handover_id)
    assert (seen(confirmed)[0].state, seen(silent)[0].state) == ("awaiting", "handed_on")
    office.work()
    for days, expected in ((13, "handed_on"), (1, "awaiting"), (1, "awaiting")):
        office.clock.advance(timedelta(days=days))
        office.work()
        assert seen(silent)[0].state == expected
    (handover,) = seen(silent)[1]
    assert handover.late


def test_a_closed_concern_takes_the_late_answer_and_stays_closed(office, handed, seen, acting):
    concern_id, handover_id = handed()
    with acting() as u:
        service.set_state(u, concern_id, seen_version(u, concern_id), codes.UNSOLVABLE, "Keine Fläche.")
    assert tasks_of(office) == []
    with acting() as u:
        record_outcome(u, handover_id, "declined", "Nein.")
    concern, (handover,) = seen(concern_id)
    assert (concern.state, handover.outcome) == ("unsolvable", "declined")


def seen_version(u, concern_id):
    return queries.concern(u, concern_id).version


def test_a_new_owner_gets_the_reminder(office, handed, acting):
    concern_id, _handover = handed()
    with acting() as u:
        service.assign(u, concern_id, seen_version(u, concern_id), office.actor("lead").user_id)
    assert tasks_of(office) == []
    assert tasks_of(office, "lead") == [("Rückmeldung von Handwerkskammer einholen", date(2026, 12, 4))]


def test_a_consent_withdrawn_afterwards_is_shown_and_stops_the_next_one(firm, add, agreed, hand, seen, acting, office):
    concern_id, (contact_id, consent_id) = add(firm.id), agreed(firm.id)
    hand(concern_id, consent_id)
    with acting() as u:
        withdraw_consent(u, contact_id, consent_id)
    assert seen(concern_id)[1][0].withdrawn_at == office.clock.moment
    refused(hand, concern_id, consent_id, "consent_id", recipient="circle-8")
    page = office.client_as("advisor").get(f"/anliegen/{concern_id}").text
    assert "Die Einwilligung wurde widerrufen: Handwerkskammer muss es erfahren" in page


def test_the_proof_outlives_the_person(office, firm, add, agreed, hand, seen):
    concern_id, (contact_id, consent_id) = add(firm.id), agreed(firm.id)
    hand(concern_id, consent_id)
    with office.product.database.write(Actor.system("test")) as u:
        u.session.delete(u.session.get(Contact, contact_id))
    (handover,) = seen(concern_id)[1]
    assert (handover.contact_id, handover.contact) == (None, "")
    assert handover.consent_proof.startswith("Ines Vorlage, erteilt am 12.11.2026")
    assert office.client_as("advisor").get(f"/anliegen/{concern_id}").status_code == 200


@pytest.mark.parametrize("how", ["deleted", "plugin off"])
def test_a_recipient_who_is_gone_stays_readable_and_can_still_answer(office, handed, seen, circle, how):
    circle.offered = [replace(circle.offered[0], url="/kammer/7")]
    concern_id, handover_id = handed()
    assert seen(concern_id)[1][0].url == "/kammer/7"
    if how == "deleted":
        circle.offered = []
    else:
        with office.product.database.write(Actor.system("test")) as u:
            state.switch(u.session, "circle", enabled=False, now=u.now)
        office.product.gate.follow()
    (handover,) = seen(concern_id)[1]
    assert (handover.label, handover.url) == ("Handwerkskammer", "")
    client = office.client_as("advisor")
    assert "Handwerkskammer" in client.get(f"/anliegen/{concern_id}").text
    data = {"outcome": "solved", "answer": "Erledigt.", "close": "y"}
    assert client.post(f"/anliegen/weiterleitungen/{handover_id}/ergebnis", data=data).status_code == 303
    assert seen(concern_id)[0].state == "solved"


def test_the_offices_own_departments_are_offered_too(office, firm, add, agreed, hand, seen, acting):
    with acting("lead") as u:
        number = add_department(u, DepartmentInput("Bauordnungsamt", "bau@musterhausen.example"))
    concern_id = add(firm.id)
    hand(concern_id, agreed(firm.id)[1], f"office-{number}")
    (handover,) = seen(concern_id)[1]
    assert (handover.label, handover.group) == ("Bauordnungsamt", "Fachämter")


def test_partners_see_what_went_to_them_and_of_confidential_ones_only_that(
    office, firm, add, agreed, hand, need, acting
):
    _contact, consent_id = agreed(firm.id)
    plain = hand(add(firm.id), consent_id)
    office.clock.advance(timedelta(minutes=1))
    hidden = hand(add(firm.id, replace(need, confidential=True)), consent_id)
    hand(add(firm.id), consent_id, "circle-8")
    taken_back = hand(add(firm.id), consent_id)
    with acting() as u:
        recall(u, taken_back)
        record_outcome(u, plain, "accepted", "Ja.")
    with office.reading_as("reader") as u:
        assert isinstance(u.service(Handovers), HandoversService)
        found = u.service(Handovers).to(u, ["circle-7"])
        assert [(h.id, h.concern_title, h.outcome, h.outcome_label) for h in found] == [
            (hidden, "Vertrauliches Anliegen", "", ""),
            (plain, "Halle zu klein", "accepted", "übernommen"),
        ]
        assert u.service(Handovers).to(u, []) == []
    assert found[1].url == f"/anliegen/{found[1].concern_id}"
    for role in ("admin", "privacy"):
        with office.reading_as(role) as u:
            assert u.service(Handovers).to(u, ["circle-7"]) == []
    south = office.add_unit("Süd", 1)
    with office.reading_as("reader", south) as u:
        assert u.service(Handovers).to(u, ["circle-7"]) == []


def test_the_history_of_a_confidential_one_carries_nothing(firm, add, agreed, hand, need, acting):
    handover_id = hand(add(firm.id, replace(need, confidential=True)), agreed(firm.id)[1])
    with acting() as u:
        record_outcome(u, handover_id, "solved", "Halle 7 ist frei.", close=True)
    with acting() as u:
        found = chronicle.happenings(u, firm, 50)
    assert {str(h.title).replace("Vertrauliches Anliegen ", "") for h in found} == {
        "gelöst", "Rückmeldung zu einem vertraulichen Anliegen", "weitergeleitet", "aufgenommen",
    }  # fmt: skip
    assert {(h.text, h.confidential) for h in found} == {("", True)}


def test_neither_readers_nor_other_units_nor_outsiders_of_a_confidential_one_hand_on(
    office, firm, add, agreed, hand, need, acting
):
    _contact, consent_id = agreed(firm.id)
    concern_id = add(firm.id, replace(need, confidential=True))
    handover_id = hand(concern_id, consent_id)
    south = office.add_unit("Süd", 1)
    given = replace(GIVEN, consent_id=consent_id)
    for role, unit_id, error in (("reader", 1, Forbidden), ("assistant", 1, Forbidden), ("advisor", south, NotFound)):
        for work in (
            lambda u: hand_on(u, concern_id, 3, given),
            lambda u: prepare(u, concern_id, given),
            lambda u: record_outcome(u, handover_id, "solved", "x"),
            lambda u: recall(u, handover_id),
            lambda u: handing_on.confirm_receipt(u, handover_id),
        ):
            with pytest.raises(error), acting(role, unit_id) as u:
                work(u)
    assert counted(office, Handover, OutboxMail) == [1, 1]


def test_opening_a_form_about_a_confidential_concern_is_audited(office, handed):
    concern_id, handover_id = handed()
    with office.writing_as("advisor") as u:
        values = {"id": concern_id, "yes": True}
        u.session.execute(text("UPDATE concern SET confidential = :yes WHERE id = :id"), values)
    client, opened = office.client_as("advisor"), []
    for path in (f"/anliegen/{concern_id}/weiterleiten", f"/anliegen/weiterleitungen/{handover_id}/ergebnis"):
        assert client.get(path).status_code == 200
        with office.reading_as("admin") as u:
            read = select(AuditEvent.subject).where(AuditEvent.action == "confidential_read")
            opened.append(list(u.session.scalars(read)))
    assert opened == [[f"concern:{concern_id}"], [f"concern:{concern_id}"] * 2]
