"""Files bring firms in: known ones are recognised and brought up to date, and nobody's newer entry is lost."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from wf40.base.errors import Forbidden
from wf40.core.firms import intake, queries, service, sites
from wf40.core.firms.identities import identities, name_identity
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.service import FirmInput

SOURCE = "Handelsregister"
THEN, LATER = date(2018, 7, 28), date(2027, 1, 1)
ROMINGER = ImportedFacts(
    "Reisebüro Rominger GmbH", legal_form="gmbh", kind="company", register_kind="HRB", register_number="380019",
    register_court="Freiburg", source_key="B1204_HRB380019", seat="Konstanz", street="Alte Poststraße", house_number="8",
    postcode="70173", town="Stuttgart", former_names=("Bodensee-Reisebüro GmbH",), employees=7,
)  # fmt: skip


def take(writing_as, *items, as_of=THEN, source=SOURCE):
    with writing_as() as u:
        return intake.apply_imports(u, list(items), source, as_of)


@pytest.fixture
def firm_id(writing_as):
    return take(writing_as, (None, ROMINGER))[0].firm_id


def test_a_new_row_becomes_a_firm_with_site_former_names_and_origin(writing_as, firm_id):
    with writing_as() as u:
        firm = queries.firm(u, firm_id)
        assert (firm.town, firm.employees, firm.source, firm.as_of) == ("Konstanz", 7, SOURCE, THEN)
        assert [sites.one_line(site) for site in queries.sites(u, firm_id)] == ["Alte Poststraße 8, 70173 Stuttgart"]
        assert queries.former_names(u, firm_id) == ["Bodensee-Reisebüro GmbH"]
        assert queries.history(u, firm_id).rows[0].source == SOURCE


def test_the_same_row_again_changes_nothing(writing_as, firm_id):
    outcome = take(writing_as, (firm_id, ROMINGER))[0]
    assert (outcome.result, outcome.changed, outcome.kept) == ("unchanged", (), ())
    with writing_as() as u:
        assert queries.firm(u, firm_id).version == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "dissolved"}, ("status",)),
        ({"seat": "Radolfzell"}, ("town",)),
        ({"house_number": "9"}, ("address",)),
        ({"employees": 8}, ("employees",)),
        ({"former_names": ("Bodensee-Reisebüro GmbH", "Noch älter GmbH")}, ("former_names",)),
        ({"wz_edition": "2008", "wz_code": "79.11"}, ("wz_edition", "wz_code")),
    ],
)
def test_one_changed_cell_updates_just_that(writing_as, firm_id, changes, expected):
    outcome = take(writing_as, (firm_id, replace(ROMINGER, **changes)))[0]
    assert (outcome.result, outcome.changed) == ("updated", expected)
    assert take(writing_as, (firm_id, replace(ROMINGER, **changes)))[0].result == "unchanged"


def test_a_new_name_makes_the_old_one_a_former_name(writing_as, firm_id):
    take(writing_as, (firm_id, replace(ROMINGER, name="Rominger Reisen GmbH")))
    with writing_as() as u:
        assert queries.firm(u, firm_id).name == "Rominger Reisen GmbH"
        assert "Reisebüro Rominger GmbH" in queries.former_names(u, firm_id)


def test_what_the_file_does_not_have_stays(writing_as, firm_id):
    assert take(writing_as, (firm_id, ImportedFacts(ROMINGER.name)))[0].result == "unchanged"
    with writing_as() as u:
        assert queries.firm(u, firm_id).register_number == "380019"


def test_an_officers_newer_entry_is_kept_and_reported(writing_as, firm_id):
    with writing_as() as u:
        service.change_firm(u, firm_id, 1, FirmInput("Rominger Reisen GmbH", legal_form="gmbh", town="Konstanz"))
    outcome = take(writing_as, (firm_id, ROMINGER))[0]
    assert "name" in outcome.kept
    with writing_as() as u:
        assert queries.firm(u, firm_id).name == "Rominger Reisen GmbH"


def test_a_file_that_is_newer_than_the_officers_entry_wins(writing_as, firm_id):
    with writing_as() as u:
        site = queries.sites(u, firm_id)[0]
        sites.change_site(u, firm_id, site.id, 1, sites.SiteInput(street="Seestraße", town="Konstanz", employees=7))
    assert take(writing_as, (firm_id, ROMINGER))[0].kept == ("address",)
    assert take(writing_as, (firm_id, ROMINGER), as_of=LATER)[0].changed == ("address",)


def test_a_note_is_taken_over_only_where_there_is_none(writing_as, firm_id):
    take(writing_as, (firm_id, replace(ROMINGER, note="aus der Datei")))
    take(writing_as, (firm_id, replace(ROMINGER, note="eine andere")))
    with writing_as() as u:
        assert queries.firm(u, firm_id).note == "aus der Datei"


def test_hundreds_of_rows_need_few_statements(writing_as, product):
    def questions(count):
        rows = [(None, ImportedFacts(f"Firma {n} GmbH", street="Weg", town="Konstanz")) for n in range(count)]
        with writing_as() as u:
            event.listen(product.database.engine, "before_cursor_execute", listen)
            created = intake.apply_imports(u, rows, SOURCE, THEN)
            again = [(o.firm_id, facts) for o, (_none, facts) in zip(created, rows, strict=True)]
            assert {o.result for o in intake.apply_imports(u, again, SOURCE, THEN)} == {"unchanged"}
            event.remove(product.database.engine, "before_cursor_execute", listen)
        found = [statement for statement in seen if not statement.startswith("INSERT")]
        seen.clear()
        return len(found)

    seen = []
    listen = lambda *a: seen.append(a[2])  # noqa: E731 - removed again above
    questions(1)  # the first firms of an office are asked for the rules of their keys
    assert questions(200) == questions(2)


def test_whoever_may_not_write_cannot_import(writing_as):
    with writing_as("reader") as u, pytest.raises(Forbidden):
        intake.apply_imports(u, [(None, ROMINGER)], SOURCE)


def test_firms_are_recognised_by_register_key_and_name(writing_as, firm_id):
    with writing_as() as u:
        register = ("HRB", "380019", "", "Freiburg")
        found = identities(
            u, u.actor.unit_id, registers=[register, ("HRB", "1", "", "Freiburg")], source_keys=["B1204_HRB380019"],
            names=[name_identity("reisebuero rominger", "Konstanz"), name_identity("bodensee reisebuero", "KONSTANZ")],
        )  # fmt: skip
        assert [known.firm_id for known in found.by_register[register]] == [firm_id]
        assert [(origin, known.firm_id) for origin, known in found.by_source_key["B1204_HRB380019"]] == [
            (SOURCE, firm_id)
        ]
        for key in ("reisebuero rominger", "bodensee reisebuero"):
            assert [known.firm_id for known in found.by_name[name_identity(key, "KONSTANZ")]] == [firm_id]


def test_archived_firms_are_recognised_so_that_they_do_not_come_back_twice(writing_as, firm_id):
    with writing_as() as u:
        service.archive_firm(u, firm_id)
        found = identities(u, u.actor.unit_id, registers=[("HRB", "380019", "", "Freiburg")])
        assert [known.archived for many in found.by_register.values() for known in many] == [True]
