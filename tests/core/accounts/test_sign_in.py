"""Signing in, staying in, and what a session that ended leaves behind."""

from datetime import timedelta

import pytest

from wf40.base.errors import InvalidInput
from wf40.core.accounts import service
from wf40.testing.office import PASSWORD


def sign_in(client, email="advisor-1@musterhausen.example", password=PASSWORD, **more):
    page = client.get("/anmelden").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(
        "/anmelden", token=False, data={"csrf_token": token, "email": email, "password": password, **more}
    )


def test_an_officer_signs_in_and_lands_on_mein_tag(office):
    client = office.visitor()
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Mein Tag" in client.get("/").text


def test_the_cookie_changes_when_somebody_signs_in(office):
    client = office.visitor()
    client.get("/anmelden")
    before = client.get_cookie("wf40").value
    sign_in(client)
    assert client.get_cookie("wf40").value != before


@pytest.mark.parametrize("email", ["advisor-1@musterhausen.example", "nobody@musterhausen.example"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(office, email):
    answer = sign_in(office.visitor(), email, "das ist nicht das Passwort")
    assert answer.status_code == 422
    assert "E-Mail-Adresse oder Passwort sind nicht richtig" in answer.text


def test_after_ten_wrong_attempts_the_account_has_to_wait_and_later_may_try_again(office):
    client = office.visitor()
    answers = [sign_in(client, password="falsch geraten bis es reicht") for _ in range(11)]
    assert answers[9].status_code == 422
    assert answers[10].status_code == 429
    assert sign_in(client).status_code == 429
    office.clock.advance(timedelta(minutes=11))
    assert sign_in(client).status_code == 303


@pytest.mark.parametrize(("idle", "ended"), [(29, False), (31, True)])
def test_a_session_ends_after_half_an_hour_without_use(office, idle, ended):
    client = office.client_as("advisor")
    client.get("/")
    office.clock.advance(timedelta(minutes=idle))
    assert client.get("/").status_code == (302 if ended else 200)


def test_a_session_ends_after_twelve_hours_whatever_happens(office):
    client = office.client_as("advisor")
    for _ in range(12 * 3 - 1):
        office.clock.advance(timedelta(minutes=20))
        assert client.get("/").status_code == 200
    office.clock.advance(timedelta(minutes=21))
    assert client.get("/").status_code == 302


def test_what_was_typed_when_the_session_ended_can_be_saved_after_signing_in(office):
    client = office.client_as("admin")
    client.get("/")
    office.clock.advance(timedelta(hours=1))
    typed = {
        "display_name": "Änne <b>Neu</b>",
        "email": "neu@musterhausen.example",
        "role": "reader",
        "unit_id": "1",
        "password": "sieben Berge und ein Tal",
    }
    refused = client.post("/verwaltung/konten/neu", data=typed)
    assert refused.status_code == 401
    kept = (
        refused.text.split('name="kept" value="')[1]
        .split('"')[0]
        .replace("&#34;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
    )
    assert "sieben Berge" not in kept, "a password is never kept in a page"
    back = sign_in(client, "admin-1@musterhausen.example", kept=kept)
    assert back.status_code == 200
    assert 'action="/verwaltung/konten/neu"' in back.text
    assert 'value="Änne &lt;b&gt;Neu&lt;/b&gt;"' in back.text


def test_signing_out_ends_the_session_on_the_server(office):
    client = office.client_as("advisor")
    client.get("/")
    cookie = client.get_cookie("wf40").value
    client.post("/abmelden")
    thief = office.visitor()
    thief.set_cookie("wf40", cookie)
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/verwaltung/", "/konto", "/gibt-es-nicht"])
def test_a_visitor_is_led_to_the_sign_in_page_whatever_the_address(office, path):
    answer = office.visitor().get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/anmelden")


def test_a_form_without_its_token_changes_nothing(office):
    client = office.client_as("admin")
    answer = client.post("/verwaltung/konten/neu", token=False, data={"email": "x@musterhausen.example"})
    assert answer.status_code == 400
    assert "x@musterhausen.example" not in client.get("/verwaltung/konten").text


def test_somebody_who_may_not_manage_accounts_is_refused_and_the_refusal_is_recorded(office):
    assert office.client_as("advisor").get("/verwaltung/konten").status_code == 403
    assert "refused" in office.client_as("admin").get("/verwaltung/protokoll").text


def test_a_changed_role_ends_the_sessions_of_that_person(office):
    advisor = office.client_as("advisor")
    assert advisor.get("/").status_code == 200
    admin = office.client_as("admin")
    advisor_id = office.actor("advisor").user_id
    changed = admin.post(
        f"/verwaltung/konten/{advisor_id}",
        data={
            "version": "1",
            "display_name": "B",
            "email": "advisor-1@musterhausen.example",
            "role": "reader",
            "unit_id": "1",
            "active": "y",
        },
    )
    assert changed.status_code == 303
    assert advisor.get("/").status_code == 302


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("zu kurz", "zu kurz"), ("aaaaaaaaaaaaaaaaaaaa", "leicht zu erraten"), ("passwortpasswort1", "leicht zu erraten")],
)
def test_weak_passwords_are_refused_with_a_reason(office, password, sentence):
    answer = office.client_as("admin").post(
        "/verwaltung/konten/neu",
        data={
            "display_name": "C",
            "email": "c@musterhausen.example",
            "role": "reader",
            "unit_id": "1",
            "password": password,
        },
    )
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_new_password_ends_every_other_session_of_that_person(office):
    here, elsewhere = office.client_as("advisor"), office.client_as("advisor", language="en")
    assert elsewhere.get("/").status_code == 200
    new = "sieben Berge und ein Tal"
    assert here.post("/konto/passwort", data={"old": PASSWORD, "password": new, "again": new}).status_code == 303
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


ACCOUNT = {
    "display_name": "Bea",
    "email": "advisor-1@musterhausen.example",
    "role": "advisor",
    "unit_id": "1",
    "active": "y",
}


def test_two_changes_of_one_account_at_once_show_both_versions_and_lose_nothing(office):
    admin, path = office.client_as("admin"), f"/verwaltung/konten/{office.actor('advisor').user_id}"
    assert admin.post(path, data=ACCOUNT | {"version": "1", "phone": "123"}).status_code == 303
    late = admin.post(path, data=ACCOUNT | {"version": "1", "phone": "456"})
    assert late.status_code == 409
    assert 'value="456"' in late.text
    assert 'name="version" type="hidden" value="2"' in late.text
    assert admin.post(path, data=ACCOUNT | {"version": "keine"}).status_code == 409


@pytest.mark.parametrize("address", ["", "kein Zeichen", "zwei@@x.example"])
def test_an_account_needs_a_complete_address_however_it_is_added(office, address):
    given = service.AccountInput(address, "Cem", "reader", 1, password=PASSWORD)
    with pytest.raises(InvalidInput) as refused, office.writing_as("admin") as u:
        service.add_user(u, given)
    assert set(refused.value.fields) == {"email"}


@pytest.mark.parametrize("change", [{"role": "lead"}, {"active": ""}])
def test_an_office_keeps_at_least_one_administration(office, change):
    with office.writing_as("admin") as u:
        second = service.add_user(
            u, service.AccountInput("z@musterhausen.example", "Zoe", "admin", 1, password=PASSWORD)
        )
    admin, own = office.client_as("admin"), office.actor("admin").user_id
    zoe = ACCOUNT | {"display_name": "Zoe", "email": "z@musterhausen.example", "role": "admin", "version": "1"}
    assert admin.post(f"/verwaltung/konten/{second}", data=zoe | change).status_code == 303
    me = ACCOUNT | {"email": "admin-1@musterhausen.example", "role": "lead", "version": "1"}
    answer = admin.post(f"/verwaltung/konten/{own}", data=me)
    assert answer.status_code == 422
    assert "letzte aktive Administration" in answer.text
