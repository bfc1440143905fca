"""A refusal leaves the way open: who is signed in keeps the navigation; a fault leans on nothing."""

import pytest

NAVIGATION = 'aria-label="Hauptmenü"'


@pytest.mark.parametrize(
    ("path", "status"), [("/gibt-es-nicht", 404), ("/unternehmen/4711", 404), ("/verwaltung/konten", 403)]
)
def test_who_is_signed_in_keeps_the_navigation(office, path, status):
    answer = office.client_as("lead").get(path)
    assert answer.status_code == status
    assert NAVIGATION in answer.text
    assert 'href="/unternehmen"' in answer.text
    assert "Zur Startseite" in answer.text


def test_a_fragment_and_a_public_page_get_the_bare_sentence(office):
    client = office.client_as("lead")
    for answer in (client.get("/gibt-es-nicht", headers={"HX-Request": "true"}), client.get("/public/gibt-es-nicht")):
        assert answer.status_code == 404
        assert "Diese Seite gibt es nicht" in answer.text
        assert NAVIGATION not in answer.text


def test_a_refusal_whose_navigation_fails_still_says_its_sentence(office, monkeypatch):
    gather = office.product.hooks.gather

    def fail(spec, *given):
        if spec.__name__ == "navigation":
            raise ZeroDivisionError
        return gather(spec, *given)

    client = office.client_as("lead")
    monkeypatch.setattr(office.product.hooks, "gather", fail)
    answer = client.get("/gibt-es-nicht")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text
    assert NAVIGATION not in answer.text
