"""Texts of conversations: stored byte for byte, whatever they are, and never markup."""

import html
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from wf40.core.consultations import queries, service
from wf40.core.consultations.queries import ConsultationFilter

DATA = Path(os.environ.get("WF40_REAL_DATA", Path(__file__).parents[3] / "../shared/data"))
NASTY = DATA / "11_hostile_inputs"


def listed(office, role="reader", unit_id=1, **wanted):
    with office.reading_as(role, unit_id) as u:
        return [line.id for line in queries.consultations(u, ConsultationFilter(**wanted)).rows]


def stored(office, consultation_id):
    with office.reading_as("advisor") as u:
        return queries.consultation(u, consultation_id)


@pytest.mark.skipif(not NASTY.is_dir(), reason="the collection of hostile strings is not here")
def test_hostile_texts_are_stored_byte_for_byte_and_never_become_markup(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    strings = json.loads((NASTY / "blns/blns.json").read_text(encoding="utf-8"))
    strings += (NASTY / "csv_injection_payloads.txt").read_text(encoding="utf-8").splitlines()
    text = "\n".join(s for s in strings if "\0" not in s)
    answer = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"summary": text, "agreements": text})
    assert answer.status_code == 303
    content = stored(office, listed(office)[0]).content
    assert content.summary.encode() == text.encode()
    assert content.agreements.encode() == text.encode()
    for path in (
        answer.location,
        answer.location + "/bearbeiten",
        f"/unternehmen/{firm_id}",
        f"/unternehmen/{firm_id}/verlauf",
        "/gespraeche",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "onerror=alert" not in re.sub(r"&[a-z#0-9]+;", "", re.sub(r">[^<]*<", "><", page.text))
    assert html.escape("<script>alert(123)</script>") in client.get(answer.location).text


@pytest.mark.skipif(not NASTY.is_dir(), reason="the collection of hostile strings is not here")
def test_each_hostile_string_may_be_an_occasion(office, firm_in, talk, add):
    firm_id = firm_in()
    strings = json.loads((NASTY / "blns/blns.json").read_text(encoding="utf-8"))
    fit = [s for s in strings if s.strip() and len(s) <= 300 and not set(s) & set("\0\r\n")]
    with office.writing_as("advisor") as u:
        made = {service.add_consultation(u, firm_id, replace(talk, occasion=s)): s for s in fit}
    with office.reading_as("reader") as u:
        lines = queries.newest(u, len(fit), firm_id)
    assert {line.id: line.occasion for line in lines} == made
    assert "<script>alert" not in office.client_as("reader").get("/gespraeche").text


def test_a_text_of_full_length_is_stored_and_one_character_more_is_refused(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    text = "ü" * 99_999 + "\n"
    answer = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"summary": text.replace("\n", "\r\n")})
    assert answer.status_code == 303
    assert stored(office, listed(office)[0]).content.summary == text
