"""An import is taken back: what it made disappears, what it changed returns, and what people did since stays."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_desk import Desk
from sqlalchemy import delete, select, text

from wf40.base.history import FieldChange
from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ContactInput
from wf40.core.firms import queries as firm_queries
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, FirmToMatch, Site
from wf40.core.imports import runner, undo
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import WrongStep, confirm
from wf40.pluginhost import state

HEAD = "Name;Ort;Straße;PLZ;Telefon;Kennung;Stand\n"
ALPHA = "Alpha Werkzeugbau GmbH;Konstanz;Seestraße 1;78462;07531 1111;A1;01.02.2026\n"
BETA = "Beta Gartenbau OHG;Singen;Hafenweg 2;78224;07731 2222;B2;01.02.2026\n"
LATER = ALPHA.replace("1111", "9999").replace("Seestraße 1", "Bergweg 7").replace("01.02.2026", "01.03.2026")


def test_new_firms_disappear_completely(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA + BETA)
    plan = desk.plan(run_id)
    assert (plan.disappear, plan.returns, plan.edited, plan.blocked) == (2, 0, (), ())
    assert desk.take_back(run_id) == {"removed": 2}
    for model in (Firm, Site, FirmName, FirmMatchKey, FirmToMatch):
        assert desk.rows(model) == []
    assert [c for c in desk.rows(FieldChange) if c.subject.startswith("firm:")] == []
    assert {row.undone["result"] for row in desk.rows(ImportRow) if row.undone} == {"removed"}


def test_updated_fields_return_with_their_origin_and_the_history_says_so(desk: Desk) -> None:
    desk.bring(HEAD + ALPHA)
    before = desk.firm("Alpha Werkzeugbau GmbH")
    run_id = desk.bring(HEAD + LATER)
    assert desk.firm(before.name).phone != before.phone
    assert desk.plan(run_id).returns == 1
    assert desk.take_back(run_id) == {"returned": 1}
    after = desk.firm(before.name)
    same = ("phone", "as_of", "provenance", "search_text", "town")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert [(s.street, s.house_number) for s in desk.rows(Site)] == [("Seestraße", "1")]
    with desk.office.reading_as("lead") as u:
        newest = firm_queries.history(u, after.id).rows[0]
    assert newest.source == "Import zurückgenommen"


def test_what_somebody_edited_since_stays_and_is_named(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA + BETA)
    desk.edit("Alpha Werkzeugbau GmbH", phone="+49 7531 5555")
    plan = desk.plan(run_id)
    assert (plan.disappear, plan.edited_count) == (1, 1)
    assert [(line.name, line.reason) for line in plan.edited] == [("Alpha Werkzeugbau GmbH", "edited")]
    assert "phone" in plan.edited[0].fields
    assert desk.take_back(run_id) == {"kept": 1, "removed": 1}
    assert [f.name for f in desk.rows(Firm)] == ["Alpha Werkzeugbau GmbH"]


def test_one_edited_field_of_an_update_stays_and_the_others_return(desk: Desk) -> None:
    desk.bring(HEAD + ALPHA)
    run_id = desk.bring(HEAD + LATER)
    desk.edit("Alpha Werkzeugbau GmbH", phone="+49 7531 5555")
    assert desk.take_back(run_id) == {"partly": 1}
    assert desk.firm("Alpha Werkzeugbau GmbH").phone == "+4975315555"
    assert [s.street for s in desk.rows(Site)] == ["Seestraße"]


def test_a_firm_with_a_contact_stays_and_the_table_is_named(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA)
    with desk.office.writing_as("advisor") as u:
        firm_id = u.session.scalars(select(Firm.id)).one()
        contacts.add_contact(u, firm_id, ContactInput(family_name="Muster"))
    assert [line.where for line in desk.plan(run_id).blocked] == [("contact",)]
    assert desk.take_back(run_id) == {"kept": 1}
    assert len(desk.rows(Firm)) == 1


def test_an_edit_that_was_taken_back_is_none(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA)
    phone = desk.firm("Alpha Werkzeugbau GmbH").phone
    desk.edit("Alpha Werkzeugbau GmbH", phone="+49 7531 5555", legal_form="gmbh")
    desk.edit("Alpha Werkzeugbau GmbH", phone=phone, legal_form="gmbh")
    assert desk.take_back(run_id) in ({"removed": 1}, {"kept": 1})
    stayed = {c.field for c in desk.rows(FieldChange) if c.subject.startswith("firm:")}
    assert "phone" not in {name for row in desk.rows(ImportRow) if row.undone for name in row.undone.get("fields", ())}
    assert bool(stayed) == bool(desk.rows(Firm))


@pytest.mark.parametrize("backwards", [True, False])
def test_two_imports_are_taken_back_in_either_order(desk: Desk, backwards: bool) -> None:
    first = desk.bring(HEAD + ALPHA)
    second = desk.bring(HEAD + LATER, source="Andere Liste")
    if backwards:
        assert desk.take_back(second) == {"returned": 1}
        assert desk.take_back(first) == {"removed": 1}
        assert desk.rows(Firm) == []
    else:
        assert desk.take_back(first) == {"kept": 1}
        assert desk.take_back(second) == {"returned": 1}
        assert [f.phone for f in desk.rows(Firm)] == ["+4975311111"]


def test_asking_twice_is_one_undoing_and_a_running_import_cannot_be_undone(desk: Desk) -> None:
    run_id = desk.check(HEAD + ALPHA)
    with desk.office.writing_as("lead") as u, pytest.raises(WrongStep):
        undo.request_undo(u, run_id)
    with desk.office.writing_as("lead") as u:
        confirm(u, run_id)
    runner.finish(desk.office.product.database, run_id)
    with desk.office.writing_as("lead") as u:
        assert undo.request_undo(u, run_id) is True
        assert undo.request_undo(u, run_id) is False


def test_a_firm_that_is_gone_is_counted_and_does_no_harm(desk: Desk) -> None:
    run_id = desk.bring(HEAD + ALPHA + BETA)
    with desk.office.writing_as("admin") as u:
        gone = u.session.scalars(select(Firm.id).order_by(Firm.id)).first()
        for model in (FirmMatchKey, FirmToMatch, Site):
            u.session.execute(delete(model).where(model.firm_id == gone))
        u.session.execute(delete(Firm).where(Firm.id == gone))
    assert desk.plan(run_id).gone == 1
    assert desk.take_back(run_id) == {"kept": 1, "removed": 1}


def picture(desk: Desk) -> dict[str, Any]:
    """What an officer sees of all firms, whatever numbers and versions they have."""
    sites: dict[int, list[tuple[Any, ...]]] = {}
    for site in desk.rows(Site):
        sites.setdefault(site.firm_id, []).append((site.street, site.house_number, site.postcode, site.town))
    names: dict[int, list[str]] = {}
    for name in desk.rows(FirmName):
        names.setdefault(name.firm_id, []).append(name.name)
    return {
        f.name: (f.phone, f.town, f.note, f.as_of, f.search_text, sites.get(f.id, []), sorted(names.get(f.id, [])))
        for f in desk.rows(Firm)
    }


def consistent(desk: Desk) -> None:
    """Keys, parts and references fit the firms, as if each had been computed anew."""
    ids = {f.id for f in desk.rows(Firm)}
    for model in (Site, FirmName, FirmMatchKey):
        assert {row.firm_id for row in desk.rows(model)} <= ids
    assert {r.firm_id for r in desk.rows(ImportRow) if r.firm_id is not None} <= ids
    with desk.office.writing_as("lead") as u:
        from wf40.core.firms import match_keys
        from wf40.core.firms.records import set_keys

        for firm in u.session.scalars(select(Firm)):
            was = (firm.sort_key, firm.search_key, firm.town_key, firm.search_text)
            own = list(u.session.scalars(select(Site).where(Site.firm_id == firm.id).order_by(Site.id)))
            assert sum(site.main for site in own) <= 1
            set_keys(
                firm,
                u.session.scalars(select(FirmName.name).where(FirmName.firm_id == firm.id).order_by(FirmName.id)),
                own,
            )
            assert (firm.sort_key, firm.search_key, firm.town_key) == was[:3]
            assert set(firm.search_text.split()) == set(was[3].split())
            stored = set(u.session.scalars(select(FirmMatchKey.key).where(FirmMatchKey.firm_id == firm.id)))
            assert stored == match_keys.digests(match_keys.traits_of(u, [firm.id])[firm.id])


NAMES = ("Alpha Werkzeugbau GmbH", "Beta Gartenbau OHG", "Gamma Reisen e.K.")
STEP = st.one_of(
    st.tuples(
        st.just("import"),
        st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=3),
    ),
    st.tuples(st.just("edit"), st.tuples(st.sampled_from(NAMES), st.integers(1, 9))),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)


def file_of(rows: list[tuple[str, int, int]], day: date) -> str:
    lines = {
        name: f"{name};Konstanz;Weg {street};78462;07531 1111{phone};{name[:2]};{day:%d.%m.%Y}\n"
        for name, phone, street in rows
    }
    return HEAD + "".join(lines.values())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=2, max_size=7))
def test_any_order_of_imports_edits_and_undoings_leaves_a_whole_office(desk: Desk, steps: list[Any]) -> None:
    with desk.office.writing_as("admin") as u:
        for model in (FirmMatchKey, FirmToMatch, Site, FirmName, FieldChange, ImportRow, ImportRun, Firm):
            u.session.execute(delete(model))
    desk.folder, desk.runs, open_runs = Path(tempfile.mkdtemp(dir=desk.folder)), [], list[int]()
    states: dict[int, dict[str, Any]] = {}
    touched = 0
    for number, (kind, what) in enumerate(steps):
        if kind == "import":
            before = picture(desk)
            run_id = desk.bring(file_of(what, date(2026, 1, 1 + number)))
            open_runs.append(run_id)
            states[run_id], touched = before, run_id
        elif kind == "edit":
            name, phone = what
            if name in picture(desk):
                desk.edit(name, phone=f"+49 7531 {phone}000", note=f"Notiz {phone}")
                touched = 0
        elif open_runs:
            run_id = open_runs.pop(what % len(open_runs))
            last = run_id == touched
            desk.take_back(run_id)
            touched = 0
            if last:
                assert picture(desk) == states[run_id]
        consistent(desk)


def test_what_undoing_would_do_is_not_asked_while_something_is_written(desk: Desk) -> None:
    run_id = desk.bring("Name;Ort\nAlpha GmbH;Konstanz\n")
    with pytest.raises(RuntimeError, match="reading one"), desk.office.writing_as("lead") as u:
        undo.undo_plan(u, run_id)
    assert desk.plan(run_id).disappear == 1


def test_a_firm_stays_to_which_a_plugin_refers_that_was_switched_on_since(desk: Desk) -> None:
    assert desk.take_back(desk.bring(HEAD + ALPHA)) == {"removed": 1}  # what refers to firms is known from now on
    run_id = desk.bring(HEAD + ALPHA + BETA)
    number = desk.firm("Alpha Werkzeugbau GmbH").id
    with desk.office.writing_as("admin") as u:
        u.session.execute(text("CREATE TABLE ext_note (firm_id INTEGER REFERENCES firm (id) ON DELETE CASCADE)"))
        state.switch(u.session, "ext", enabled=False, now=u.now)
        u.session.execute(text("INSERT INTO ext_note VALUES (:id)"), {"id": number})
    (line,) = desk.plan(run_id).blocked
    assert (line.reason, line.where) == ("used", ("ext_note",))
    assert desk.take_back(run_id) == {"removed": 1, "kept": 1}
    with desk.office.reading_as("admin") as u:
        assert len(list(u.session.scalars(text("SELECT firm_id FROM ext_note")))) == 1
