"""Many firms changed at once: shown before, done whole, taken back where nobody edited since."""

import html
import re

import pytest
from bulk_support import have, run, states, undo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.core.bulk import codes, queries, service
from wf40.core.bulk.models import BulkRun
from wf40.core.custom_fields import filling
from wf40.core.custom_fields import queries as fields
from wf40.core.custom_fields import service as definitions
from wf40.core.custom_fields.rules import FieldInput
from wf40.core.firms import many, many_parks
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.tags import service as tags
from wf40.core.tags.queries import of_firm


def test_the_list_leads_to_a_preview_then_to_the_change_and_back(office, firms):
    office.add_firm("Anderswo GmbH", town="Dort")
    run(office, firms[:1], "abc", "A")
    client = office.client_as("advisor")
    page = client.get("/unternehmen?ort=Hier").text
    address = html.unescape(re.search(r'href="(/unternehmen/aendern\?[^"]*)"', page)[1])
    assert "ort=Hier" in address
    assert "Angabe" in client.get(address).text
    preview = html.unescape(client.get(f"{address}&aenderung=abc&wert=A&schritt=vorschau").text)
    assert "2 Unternehmen ändern" in preview
    assert "A – enge Betreuung" in preview
    given = {"aenderung": "abc", "wert": "A", "entry_key": re.search(r'name="entry_key" value="(\w+)"', preview)[1]}
    answer = client.post(address, data=given)
    assert answer.status_code == 303
    assert have(office, firms, "abc") == ["A", "A", "A"]
    assert client.post(address, data=given).location == answer.location
    result = html.unescape(client.get(answer.location).text)
    assert "Rückgängig machen" in result
    assert "war schon so" in result
    run_id = int(answer.location.rsplit("/", 1)[1])
    assert states(office, run_id) == {codes.CHANGED: 2, codes.SAME: 1}
    assert client.post(f"{answer.location}/zuruecknehmen").status_code == 303
    assert have(office, firms, "abc") == ["A", "", ""]
    assert "zurückgenommen" in client.get("/unternehmen/aenderungen").text
    history = office.client_as("reader").get(f"/unternehmen/{firms[1].id}/aenderungen").text
    assert history.count("ABC") == 2


def test_rows_picked_by_hand_are_changed_alone(office, firms):
    client = office.client_as("advisor")
    address = f"/unternehmen/aendern?auswahl={firms[0].id}.{firms[2].id}"
    given = {"aenderung": "zustand", "wert": "moved", "entry_key": "k" * 32}
    assert client.post(address, data=given).status_code == 303
    assert have(office, firms, "status") == ["moved", "active", "moved"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("abc", "Q"), ("intervall", "-1"), ("intervall", "oft"), ("zustand", ""), ("zustaendig", "9999"), ("nichts", ""),
     ("tag-setzen", "77")],
)  # fmt: skip
def test_a_value_that_no_firm_can_have_is_refused_before_anything_happens(office, firms, key, value):
    with pytest.raises(InvalidInput):
        run(office, firms, key, value)
    with office.reading_as("advisor") as u:
        assert queries.runs(u).rows == []
    page = office.client_as("advisor").get(f"/unternehmen/aendern?aenderung={key}&wert={value}&schritt=vorschau")
    assert page.status_code == (200 if key == "nichts" else 422)


def test_firms_of_another_unit_stay_and_are_counted(office, firms):
    below = office.add_unit("Gemeinde", parent_id=1)
    foreign = office.add_firm("Fremde GmbH", below)
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        seen = service.preview(u, [firms[0].id, foreign.id], "abc", "B")
    assert (seen.changing, seen.same, list(seen.refused.values())) == (1, 0, [1])
    run_id = run(office, [firms[0], foreign], "abc", "B")
    assert states(office, run_id) == {codes.CHANGED: 1, codes.REFUSED: 1}
    assert have(office, [foreign], "abc", "advisor") == [""]
    with pytest.raises(NotFound), office.reading_as("advisor", below) as u:
        queries.run(u, run_id)


def test_only_advisors_and_the_head_change_many(office, firms):
    assert office.client_as("assistant").get("/unternehmen/aendern").status_code == 403
    assert "/unternehmen/aendern" not in office.client_as("assistant").get("/unternehmen").text
    with pytest.raises(Forbidden):
        run(office, firms, "abc", "A", "assistant")
    assert have(office, firms, "abc") == ["", "", ""]


def test_what_was_edited_since_stays_and_says_so(office, firms):
    run_id = run(office, firms, "abc", "A")
    run(office, firms[:1], "abc", "C")
    assert undo(office, run_id) is True
    assert have(office, firms, "abc") == ["C", "", ""]
    assert states(office, run_id) == {codes.KEPT: 1, codes.PUT_BACK: 2}
    page = html.unescape(office.client_as("advisor").get(f"/unternehmen/aenderungen/{run_id}").text)
    assert "wurde inzwischen geändert" in page
    with pytest.raises(InvalidInput):
        undo(office, run_id)


def test_the_archive_takes_many_and_gives_them_back(office, firms):
    run(office, firms[:1], "archivieren")
    run_id = run(office, firms, "archivieren")
    assert have(office, firms, many.ARCHIVED) == [True, True, True]
    undo(office, run_id)
    assert have(office, firms, many.ARCHIVED) == [True, None, None]
    run(office, firms, "zurueckholen")
    assert have(office, firms, many.ARCHIVED) == [None, None, None]


def parks(office, firms):
    with office.reading_as("reader") as u:
        return [many_parks.present(u, [firm.id]).get(firm.id) for firm in firms]


def test_the_business_park_of_main_sites_is_set_and_taken_back(office, firms):
    with office.writing_as("advisor") as u:
        for firm, name in zip(firms[:2], ("Nord", ""), strict=True):
            add_site(u, firm.id, SiteInput(town="Hier", business_park=name))
            add_site(u, firm.id, SiteInput(town="Dort", business_park="Bleibt"))
    with office.reading_as("advisor") as u:
        found = service.preview(u, [firm.id for firm in firms], "gewerbegebiet", "Am Hafen")
    assert (found.changing, found.refused) == (2, {"hat noch keine Betriebsstätte": 1})
    run_id = run(office, firms, "gewerbegebiet", "Am  Hafen")
    assert parks(office, firms) == ["Am Hafen", "Am Hafen", None]
    assert states(office, run_id) == {codes.CHANGED: 2, codes.REFUSED: 1}
    with office.reading_as("advisor") as u:
        assert "hafen" in u.session.get_one(Firm, firms[0].id).search_text
        whys = [line.why for line in queries.items(u, run_id).rows]
        others = u.session.scalars(select(Site.business_park).where(Site.main.is_(False))).all()
    assert whys[0] == "hat noch keine Betriebsstätte"
    assert others == ["Bleibt", "Bleibt"]
    undo(office, run_id)
    assert parks(office, firms) == ["Nord", "", None]
    page = office.client_as("advisor").get("/unternehmen/aendern?ort=Hier&aenderung=gewerbegebiet").text
    assert '<option value="Nord">' in page


def test_a_change_is_read_in_the_readers_language_whoever_made_it(office, firms):
    client = office.client_as("advisor")
    client.post("/sprache", data={"language": "en"})
    listed = client.get("/unternehmen/aendern?ort=Hier&aenderung=zustand&wert=moved&schritt=vorschau")
    key = re.search(r'name="entry_key" value="(\w+)"', listed.text)[1]
    given = {"aenderung": "zustand", "wert": "moved", "entry_key": key}
    where = client.post("/unternehmen/aendern?ort=Hier", data=given).location
    with office.reading_as("advisor") as u:
        run = u.session.scalars(select(BulkRun)).one()
        assert (run.change_label, run.words, run.filters) == ("Zustand", "Weggezogen", ["Ort: Hier"])
    english = client.get(where).text
    assert "State: " in english
    assert "Zustand" not in english.split("<main", 1)[1]
    assert "Zustand: Weggezogen" in office.client_as("lead").get(where).text


def test_large_numbers_are_written_with_dots(office, monkeypatch):
    for n in range(3):
        office.add_firm(f"Zahl {n} GmbH")
    monkeypatch.setattr(service, "preview", lambda *_given: service.Preview(1606, 0, {"nicht möglich": 2345}))
    page = office.client_as("advisor").get("/unternehmen/aendern?q=Zahl&aenderung=abc&wert=A&schritt=vorschau").text
    assert "1.606 Unternehmen ändern" in page
    assert "2.345 Unternehmen: nicht möglich" in html.unescape(page)


def test_tags_and_own_fields_are_set_and_taken_back(office, firms):
    with office.writing_as("advisor") as u:
        tags.tag_firm(u, firms[0].id, "Export")
        tag_id = of_firm(u, firms[0].id)[0].id
    with office.writing_as("lead") as u:
        field_id = definitions.add_field(u, FieldInput("Fläche", "number"))
    with office.writing_as("advisor") as u:
        filling.apply(u, {firms[0].id: {field_id: "7"}})
    tagged = run(office, firms, "tag-setzen", str(tag_id))
    filled = run(office, firms, f"feld-{field_id}", "1.250,5")

    def now():
        with office.reading_as("reader") as u:
            values = fields.values(u, [firm.id for firm in firms])
            return [
                (len(of_firm(u, firm.id)), str(values.get(firm.id, {}).get(field_id, "")).rstrip("0").rstrip("."))
                for firm in firms
            ]

    assert now() == [(1, "1250.5")] * 3
    assert states(office, tagged) == {codes.CHANGED: 2, codes.SAME: 1}
    undo(office, filled)
    undo(office, tagged)
    assert now() == [(1, "7"), (0, ""), (0, "")]
    cleared = run(office, firms, f"feld-{field_id}", "")
    assert states(office, cleared) == {codes.CHANGED: 1, codes.SAME: 2}
    gone = run(office, firms, "tag-entfernen", str(tag_id))
    assert now() == [(0, "")] * 3
    with office.writing_as("lead") as u:
        tags.delete_tag(u, tag_id)
    undo(office, gone)
    assert states(office, gone) == {codes.KEPT: 1, codes.SAME: 2}


STEP = st.tuples(st.sampled_from(["abc", "single", "undo"]), st.sampled_from(["A", "B", ""]), st.integers(1, 7))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_any_order_of_changes_and_undos_does_just_what_it_says(office, steps):
    firms = [office.add_firm(f"{name} GmbH") for name in ("Albert", "Berta", "Cäsar")]
    now, done = dict.fromkeys(range(3), ""), []
    for number, (what, value, mask) in enumerate(steps):
        picked = [n for n in range(3) if mask & (1 << n)]
        if what == "undo" and done:
            run_id, target, before = done.pop()
            undo(office, run_id)
            for n, old in before.items():
                if now[n] == target:
                    now[n] = old
        elif what != "undo":
            key = f"{firms[0].id}-{number}"
            run_id = run(office, [firms[n] for n in picked], "abc", value, entry_key=key)
            before = {n: now[n] for n in picked if now[n] != value}
            now |= dict.fromkeys(picked, value)
            if what == "abc":
                done.append((run_id, value, before))
        assert have(office, firms, "abc") == list(now.values())
