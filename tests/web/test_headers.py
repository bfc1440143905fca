"""Every answer carries the security headers, whatever kind it is and whoever asks."""

import pytest

from wf40.testing.office import PASSWORD, SECRET
from wf40.web.headers import CONTENT_SECURITY_POLICY

ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def running(offices, tmp_path_factory):
    generator = offices.open(
        "sqlite", tmp_path_factory.mktemp("web"), strict=False, public_url="https://crm.stadt.example"
    )
    office = next(generator)

    def fail():
        raise ZeroDivisionError("a secret inside")

    office.app.add_url_rule("/test/fault", "fault", fail)
    yield office
    generator.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/", 200), ("get", "/gibt-es-nicht", 404), ("post", "/verwaltung/", 405), ("get", "/test/fault", 500),
        ("get", "/static/gibt-es-nicht.css", 404), ("get", "/verwaltung", 308), ("get", "/verwaltung/konten", 403),
        ("get", "/healthz", 503), ("post", "/sprache", 303), ("get", "/p/keine/", 404), ("get", "/public/keine/", 404),
        ("options", "/", 200), ("head", "/", 200),
    ],
)  # fmt: skip
def test_the_headers_are_there(running, method, path, status):
    answer = getattr(running.client_as("lead"), method)(path)
    if path != "/healthz":
        assert answer.status_code == status
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_carry_them_too_and_may_be_kept(running):
    page = running.visitor().get("/anmelden").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0] if 'rel="stylesheet" href="' in page else ""
    address = address or next(part.split('"')[0] for part in page.split('href="') if part.startswith("/static/"))
    answer = running.visitor().get(address)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_visitors_get_them_as_well(running):
    for path in ("/anmelden", "/", "/p/keine/"):
        assert running.visitor().get(path).headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_without_https_browsers_are_not_told_to_insist_on_it(office):
    assert "Strict-Transport-Security" not in office.visitor().get("/anmelden").headers


def cookies(answer):
    return answer.headers.getlist("Set-Cookie")


def test_behind_https_cookies_belong_to_this_host_alone(running):
    client = running.app.test_client()
    token_page = client.get("/anmelden", base_url="https://localhost")
    token = token_page.text.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"csrf_token": token, "email": "lead-1@musterhausen.example", "password": PASSWORD}
    answer = client.post("/anmelden", token=False, data=given, base_url="https://localhost")
    assert answer.status_code == 303
    (cookie,) = cookies(answer)
    parts = {part.strip() for part in cookie.split(";")}
    assert cookie.startswith("__Host-wf40=s.")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not [part for part in parts if part.startswith("Domain")]
    left = client.post("/abmelden", token=False, data={"csrf_token": _token(client)}, base_url="https://localhost")
    gone = next(c for c in cookies(left) if "Max-Age=0" in c or "Expires=Thu, 01 Jan 1970" in c)
    assert "Secure" in gone, "a browser ignores the removal of a __Host- cookie otherwise"


def _token(client):
    page = client.get("/konto", base_url="https://localhost").text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_on_this_machine_without_https_the_cookie_has_its_plain_name(office):
    client = office.visitor()
    (cookie,) = cookies(client.get("/anmelden"))
    assert cookie.startswith("wf40=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_fault_shows_a_reference_and_nothing_of_its_inside(running, caplog):
    page = running.client_as("lead").get("/test/fault")
    reference = page.text.split("<code>")[1].split("</code>")[0]
    assert len(reference) == 8
    assert reference in caplog.text
    assert "ZeroDivisionError" in caplog.text
    for inside in ("ZeroDivisionError", "a secret inside", "Traceback", SECRET):
        assert inside not in page.text
