"""Two entries of one firm become one, field by field, and two again."""

from datetime import date

import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.history import changes_of
from wf40.core.firms import queries as firms
from wf40.core.firms.fusion import Pair, usual
from wf40.core.firms.identities import identities
from wf40.core.firms.models import Firm, FirmMatchKey
from wf40.core.firms.service import FirmInput, change_firm, create_firm, restore_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.merges import queries, service
from wf40.core.merges.service import MergeInput
from wf40.matching.names import search_key
from wf40.sdk.services import Firms


def firm(office, firm_id):
    with office.reading_as("advisor") as u:
        row = firms.firm(u, firm_id)
        u.session.expunge(row)
        return row


def test_what_is_missing_is_taken_over_with_its_origin(office, merge, separate):
    with office.writing_as("advisor") as u:
        keep = create_firm(u, FirmInput("Muster GmbH", phone="07531 1234"))
        gone = create_firm(
            u, FirmInput("Muster Bau", email="info@muster.example", source="Kammerliste", as_of=date(2026, 3, 1))
        )
    done = merge(keep, gone)
    row = firm(office, keep)
    assert (row.email, row.phone, row.name) == ("info@muster.example", "+4975311234", "Muster GmbH")
    assert firms.provenance_of(row, "email") == ("Kammerliste", date(2026, 3, 1))
    with office.reading_as("advisor") as u:
        assert firms.former_names(u, keep) == ["Muster Bau"]
        assert {"email", "merged_with"} <= {c.field for c in changes_of(u, f"firm:{keep}")}
        assert u.session.scalar(select(AuditEvent.detail).where(AuditEvent.action == "firms_merged")) == {
            "merge": done,
            "gone": gone,
        }
    separate(done)
    row = firm(office, keep)
    assert (row.email, row.provenance, row.name) == ("", {}, "Muster GmbH")
    with office.reading_as("advisor") as u:
        assert firms.former_names(u, keep) == []
        assert firms.firm(u, gone).archived_at is None


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (("", ""), ("Liste", "2026-01-01"), "keep"),
        (("Liste", "2026-01-01"), ("Liste", "2026-02-01"), "gone"),
        (("Liste", "2026-02-01"), ("Liste", "2026-01-01"), "keep"),
        (("Liste", "2026-01-01"), ("Eigene Erfassung", "2026-01-01"), "gone"),
        (("Eigene Erfassung", "2026-01-01"), ("Liste", "2026-01-01"), "keep"),
        (("Eigene Erfassung", "2026-01-01"), ("Liste", "2026-02-01"), "gone"),
        (("Eigene Erfassung", "2026-01-01"), ("Liste", ""), "keep"),
    ],
)
def test_newer_beats_older_and_own_beats_imported(office, mine, other, expected):
    with office.writing_as("advisor") as u:
        rows = []
        for phone, (source, day) in (("07531 1", mine), ("07531 2", other)):
            firm_id = create_firm(u, FirmInput("Muster GmbH", phone=phone if source else ""))
            row = firms.firm(u, firm_id)
            row.source, row.as_of = source, date.fromisoformat(day) if day else None
            rows.append(row)
        if not mine[0]:
            expected = "gone"  # what is there beats what is missing
        assert usual(Pair(*rows), "phone") == expected


def test_a_name_with_a_legal_form_is_proposed_before_a_newer_one_without(office):
    with office.writing_as("advisor") as u:
        rows = []
        for name, form, day in (("Büro Muster GmbH", "gmbh", "2024-01-01"), ("Buero Muster", "", "2026-01-01")):
            row = firms.firm(u, create_firm(u, FirmInput(name, legal_form=form)))
            row.source, row.as_of = "Liste", date.fromisoformat(day)
            rows.append(row)
        assert [usual(Pair(*some), "name") for some in (rows, rows[::-1])] == ["keep", "gone"]


def test_a_choice_counts_and_a_name_not_chosen_becomes_a_former_one(office, two, merge):
    merge(*two, name="gone", town="keep")
    with office.reading_as("advisor") as u:
        assert firms.firm(u, two[0]).name == "Maschinenbau Muster"
        assert firms.former_names(u, two[0]) == ["Muster Maschinenbau GmbH"]


def test_both_notes_may_stay_and_nonsense_is_refused(office, merge):
    with office.writing_as("advisor") as u:
        ids = [create_firm(u, FirmInput("Muster GmbH", note=note)) for note in ("eins", "zwei")]
    with pytest.raises(InvalidInput):
        merge(*ids, note="beide")
    merge(*ids)
    assert firm(office, ids[0]).note == "eins\n\nzwei"


def test_two_with_unlike_versions_are_not_merged(office, two):
    with office.writing_as("advisor") as u, pytest.raises(StaleVersion):
        service.merge(u, MergeInput(*two, 1, 7))
    assert firm(office, two[1]).merged_into_id is None


def test_not_with_itself_not_with_another_units_and_not_into_the_archive(office, two, merge):
    with pytest.raises(InvalidInput, match="sich selbst"):
        merge(two[0], two[0])
    other = office.add_unit("Nachbarstadt")
    foreign = office.add_firm("Fremd GmbH", other)
    with office.writing_as("advisor") as u, pytest.raises(NotFound):
        service.merge(u, MergeInput(two[0], foreign.id, 1, 1))
    merge(*two)
    third = office.add_firm("Dritte GmbH")
    with pytest.raises(InvalidInput, match="zusammengeführt"):
        merge(two[1], third.id)


def test_a_district_reads_and_does_not_merge(office):
    below = office.add_unit("Gemeinde", parent_id=1)
    ids = [office.add_firm(name, below).id for name in ("A GmbH", "B GmbH")]
    with office.writing_as("advisor") as u, pytest.raises(Forbidden):
        service.merge(u, MergeInput(*ids, 1, 1))


def test_an_assistant_may_not_merge(office, two, merge):
    with pytest.raises(Forbidden):
        merge(*two, role="assistant")


def test_whoever_names_the_firm_that_is_gone_reaches_the_kept_one(office, two, merge):
    merge(*two)
    with office.writing_as("advisor") as u:
        assert u.service(Firms).get(u, two[1]).id == two[0]
        assert [f.id for f in u.service(Firms).find(u, "Maschinenbau Muster")] == [two[0]]
        found = identities(u, 1, names=[(search_key("Maschinenbau Muster"), "musterhausen")])
        assert [k.firm_id for k in found.by_name[(search_key("Maschinenbau Muster"), "musterhausen")]] == [two[0]]
        assert u.session.scalar(select(FirmMatchKey.firm_id).where(FirmMatchKey.firm_id == two[1])) is None
        with pytest.raises(InvalidInput, match="zusammengeführt"):
            restore_firm(u, two[1])


def test_chains_lead_to_the_last_one_and_are_separated_from_their_end(office, two, merge, separate):
    last = office.add_firm("Muster Holding GmbH").id
    first, second = merge(*two), merge(last, two[0])
    with office.reading_as("advisor") as u:
        assert {u.service(Firms).get(u, i).id for i in two} == {last}
        assert firms.former_names(u, last) == ["Maschinenbau Muster", "Muster Maschinenbau GmbH"]
    with pytest.raises(InvalidInput, match="zuerst"):
        separate(first)
    separate(second)
    assert firm(office, two[1]).merged_into_id == two[0]
    separate(first)
    with office.reading_as("advisor") as u:
        assert {i: u.service(Firms).get(u, i).id for i in two} == {i: i for i in two}


def test_what_was_edited_since_stays(office, merge, separate):
    with office.writing_as("advisor") as u:
        keep = create_firm(u, FirmInput("Muster GmbH"))
        gone = create_firm(u, FirmInput("Muster Bau", email="info@muster.example", phone="07531 1234"))
    done = merge(keep, gone)
    with office.writing_as("advisor") as u:
        version = firms.firm(u, keep).version
        change_firm(u, keep, version, FirmInput("Muster GmbH", email="neu@muster.example", phone="07531 1234"))
    with office.reading_as("advisor") as u:
        seen = queries.merge(u, done)
        assert (seen.fields_back, seen.fields_stay) == (["Telefon"], ["E-Mail"])
    result = separate(done)
    assert (result.fields_back, result.fields_stay) == (["phone"], ["email"])
    assert (firm(office, keep).email, firm(office, keep).phone) == ("neu@muster.example", "")


def test_sites_of_both_are_joined_and_summed(office, two, merge, separate, count):
    from wf40.core.firms.models import Site

    with office.writing_as("advisor") as u:
        add_site(u, two[0], SiteInput(street="Hauptstr.", house_number="1", postcode="78462", town="Musterhausen"))
        add_site(u, two[1], SiteInput(street="Hauptstr.", house_number="1", town="Musterhausen", employees=12))
        add_site(u, two[1], SiteInput(street="Nebenweg", house_number="2", town="Musterhausen", employees=5, main=True))
    before = firm(office, two[0]).employees
    done = merge(*two)
    with office.reading_as("advisor") as u:
        places = firms.sites(u, two[0])
        assert [(s.street, s.employees, s.main) for s in places] == [("Hauptstr.", 12, True), ("Nebenweg", 5, False)]
    assert firm(office, two[0]).employees == 17
    separate(done)
    with office.reading_as("advisor") as u:
        assert [(s.street, s.employees, s.main) for s in firms.sites(u, two[0])] == [("Hauptstr.", None, True)]
        assert [(s.street, s.main) for s in firms.sites(u, two[1])] == [("Nebenweg", True), ("Hauptstr.", False)]
    assert (firm(office, two[0]).employees, firm(office, two[1]).employees) == (before, 17)
    assert count(Site, two[1]) == 2


@pytest.mark.parametrize("upwards", [True, False])
def test_a_subsidiary_merged_with_its_parent_belongs_to_nobody_of_itself(office, upwards, merge, separate):
    with office.writing_as("advisor") as u:
        top = create_firm(u, FirmInput("Gruppe AG"))
        middle = create_firm(u, FirmInput("Mitte GmbH", parent_id=top))
        low = create_firm(u, FirmInput("Unten GmbH", parent_id=middle))
    keep, gone = (top, low) if upwards else (low, top)
    done = merge(keep, gone)
    assert firm(office, keep).parent_id is None
    assert firm(office, middle).parent_id == keep
    separate(done)
    assert [firm(office, i).parent_id for i in (top, middle, low)] == [None, top, middle]


def test_what_is_gone_for_good_cannot_be_separated(office, two, merge, separate):
    done = merge(*two)
    with office.writing_as("advisor") as u:
        u.session.delete(u.session.get(Firm, two[1]))
    with pytest.raises(InvalidInput, match="endgültig gelöscht"):
        separate(done)


def test_separating_twice_is_refused(two, merge, separate):
    done = merge(*two)
    separate(done)
    with pytest.raises(InvalidInput, match="bereits"):
        separate(done)
