"""Who reaches what, which forms are believed, and where a click may lead."""

import io
import re

import pytest
from sqlalchemy import text

from wf40.base.access import Actor
from wf40.sdk.web import local_target

OPEN = {"/anmelden", "/healthz", "/sprache", "/darstellung", "/barrierefreiheit"}
OPEN_BELOW = ("/static/", "/public/", "/abmelden/")
WITHOUT_TOKEN = {"/abmelden/1"}
"""A mail program sends this by itself (RFC 8058); the secret in the address stands for the token."""


@pytest.fixture
def plugins():
    return ("digital_readiness", "follow_up", "partner_network")


def concrete(rule):
    """Return an address of a rule with something in every place."""
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: "1" if m[1] in ("int", None) else "wort", rule.rule)


def rules(office, method):
    return [rule for rule in office.app.url_map.iter_rules() if method in rule.methods]


def test_a_visitor_reaches_the_open_addresses_only(office):
    visitor = office.visitor()
    for rule in rules(office, "GET"):
        path = concrete(rule)
        answer = visitor.get(path)
        if path in OPEN or path.startswith(OPEN_BELOW):
            assert answer.status_code in {200, 302, 303, 308, 400, 404, 405, 410, 503}, path
        else:
            assert answer.status_code == 302, path
            assert answer.location.startswith("/anmelden?next="), path


def test_a_visitor_changes_nothing(office):
    visitor = office.visitor()
    for rule in rules(office, "POST"):
        path = concrete(rule)
        if path not in OPEN and not path.startswith(OPEN_BELOW):
            assert visitor.post(path, data={"x": "1"}).status_code == 401, path


def test_every_form_of_every_part_needs_its_token(office):
    paths = [concrete(rule) for method in ("POST", "PUT", "PATCH", "DELETE") for rule in rules(office, method)]
    paths = [path for path in paths if path not in WITHOUT_TOKEN]
    assert len(paths) > 10
    for role in ("admin", "lead"):
        client = office.client_as(role)
        for path in paths:
            assert client.post(path, token=False, data={"x": "1"}).status_code == 400, path
            assert client.post(path, token=False, data={"csrf_token": "wrong"}).status_code == 400, path


def test_the_token_may_come_as_a_header_from_the_script(office):
    from wf40.testing.office import signed_token

    client = office.client_as("lead")
    headers = {"X-CSRFToken": signed_token()}
    assert client.post("/sprache", token=False, data={"language": "en"}, headers=headers).status_code == 303


ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "https:evil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " /konto", "javascript:alert(1)",
    "evil.example", "", "/ /evil.example", "/\x00/evil", "data:text/html,x",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE, ids=repr)
def test_no_form_leads_to_another_site(target):
    assert local_target(target, "/hier") == "/hier"


@pytest.mark.parametrize(
    "target", ["/", "/konto", "/unternehmen?suche=M%C3%BCller&seite=2", "/a#b", "/a?next=https://x"]
)
def test_addresses_of_the_product_are_followed(target):
    assert local_target(target, "/hier") == target


@pytest.mark.parametrize("target", ELSEWHERE[:6], ids=repr)
def test_the_switch_of_language_does_not_lead_elsewhere(office, target):
    assert office.client_as("lead").post("/sprache", data={"language": "en", "next": target}).location == "/"


def test_the_language_is_switched_and_kept(office):
    client = office.client_as("lead")
    assert '<html lang="de"' in client.get("/konto").text
    assert client.post("/sprache", data={"language": "en", "next": "/konto"}).location == "/konto"
    assert '<html lang="en"' in client.get("/konto").text
    with office.product.database.read(Actor.system()) as u:
        assert u.session.scalar(text("SELECT language FROM user_account WHERE email LIKE 'lead-1%'")) == "en"


def test_a_visitor_may_choose_the_language_too(office):
    visitor = office.visitor()
    token = visitor.get("/anmelden").text.split('name="csrf_token" value="')[1].split('"')[0]
    visitor.post("/sprache", token=False, data={"language": "en", "csrf_token": token})
    assert '<html lang="en"' in visitor.get("/anmelden").text


@pytest.mark.parametrize(
    ("accept", "language"), [("en-GB,en;q=0.9", "en"), ("fr", "de"), ("de-AT", "de"), ("*", "de"), ("", "de")]
)
def test_without_a_choice_the_browsers_language_counts(office, accept, language):
    page = office.visitor().get("/anmelden", headers={"Accept-Language": accept}).text
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("value", ["fr", "", "../../etc", "de<script>"])
def test_an_unknown_language_or_colour_is_ignored(office, value):
    client = office.client_as("lead")
    assert client.post("/sprache", data={"language": value}).status_code == 303
    assert client.post("/darstellung", data={"theme": value}).status_code == 303
    assert '<html lang="de"' in client.get("/konto").text


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_colours_are_switched(office, theme):
    client = office.client_as("lead")
    client.post("/darstellung", data={"theme": theme})
    page = client.get("/konto").text
    assert ("data-kern-theme" in page) == (theme != "auto"), "the device's choice needs no mark"
    assert theme == "auto" or f'data-kern-theme="{theme}"' in page


def test_something_too_large_is_refused_with_a_sentence(office):
    client = office.client_as("lead")
    answer = client.post("/sprache", data={"language": "x" * (7 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "größer als erlaubt" in answer.text
    office.app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post(
        "/sprache", data={"file": (io.BytesIO(b"x" * 2000), "a.csv")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["seite=0", "seite=-3", "seite=abc", "seite=99999999999999999999", "unbekannt=1"])
def test_odd_parameters_do_not_break_a_list(office, name):
    assert office.client_as("admin").get(f"/verwaltung/protokoll?{name}").status_code == 200
    assert office.client_as("admin").get(f"/verwaltung/postausgang?{name}").status_code == 200


def test_a_number_that_no_record_can_have_is_not_found_on_any_page(office):
    client = office.client_as("lead")
    for method in ("GET", "POST"):
        for rule in rules(office, method):
            if "<int:" in rule.rule:
                path = re.sub(r"<int:\w+>", "9" * 20, rule.rule)
                assert client.open(re.sub(r"<\w+>", "wort", path), method=method, data=form()).status_code in {
                    404,
                    405,
                }, path


def form():
    from wf40.testing.office import signed_token

    return {"csrf_token": signed_token()}


LISTS = [
    "/unternehmen", "/ansprechpersonen", "/gespraeche", "/fruehwarnung", "/fruehwarnung/grau", "/fruehwarnung/signale",
    "/unternehmen/importe", "/p/digital_readiness/", "/p/follow_up/", "/p/partner_network/",
]  # fmt: skip


@pytest.mark.parametrize("number", ["9" * 30, "9999999", "0", "-1", "x", "٣"])
def test_every_list_has_an_answer_for_every_page_number(office, number):
    client = office.client_as("lead")
    for path in LISTS:
        assert client.get(path, query_string={"seite": number}).status_code == 200, path


class _Slow(io.BytesIO):
    """A body that notes how many connections are held while it is read."""

    def __init__(self, content, pool):
        super().__init__(content)
        self.pool, self.held = pool, []

    def read(self, *size):
        self.held.append(self.pool.checkedout())
        return super().read(*size)

    def readline(self, *size):
        self.held.append(self.pool.checkedout())
        return super().readline(*size)

    def readinto(self, target):
        self.held.append(self.pool.checkedout())
        return super().readinto(target)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("path", "kind"), [("/anmelden", FORM), ("/sprache", "multipart/form-data; boundary=x")])
def test_nobody_holds_a_connection_who_sends_slowly(office, path, kind):
    content = b"--x\r\n\r\n" + b"x" * 5000 + b"\r\n--x--\r\n" if "multipart" in kind else b"a=" + b"x" * 5000
    body = _Slow(content, office.product.database.engine.pool)
    office.client_as("advisor").post(
        path, token=False, input_stream=body, content_type=kind, content_length=len(content)
    )
    assert body.held
    assert set(body.held) == {0}


def test_a_sign_that_no_table_can_hold_is_refused_with_a_sentence(office):
    client = office.client_as("admin")
    for answer in (client.get("/verwaltung/protokoll?art=a%00b"), client.post("/sprache", data={"next": "a\0b"})):
        assert answer.status_code == 400
        assert "(NUL)" in answer.text


def test_an_office_without_tables_says_what_is_missing(tmp_path):
    from wf40.app import create_app
    from wf40.settings import Settings

    app = create_app(Settings(data_dir=tmp_path, secret_key="x" * 40, safe_mode=True))
    for path in ("/", "/anmelden", "/healthz"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503, path
    assert "Gerade nicht erreichbar" in app.test_client().get("/anmelden").text
    assert app.test_client().get("/healthz").json["status"] == "down"
