"""What a file brings is stored just as a form would store it: keys, words, history, everything that is derived."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from import_desk import Desk
from sqlalchemy import Table, select

from wf40.base.bulk import insert_rows, next_ids, update_rows
from wf40.base.db import Base
from wf40.base.history import FieldChange
from wf40.base.uow import UnitOfWork
from wf40.core.firms import binning, derived, intake, queries, service, sites
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, Site
from wf40.core.firms.records import set_keys
from wf40.core.firms.service import FirmInput
from wf40.testing.office import Office

DAY = date(2026, 3, 1)
RICH = ImportedFacts(
    "Müller & Söhne Präzisionsteile GmbH & Co. KG", legal_form="gmbh_co_kg", kind="company", register_kind="HRA",
    register_number="4711", register_court="Freiburg", source_key="K-1", seat="Konstanz", street="Seestraße",
    house_number="5a", postcode="78462", town="Konstanz", phone="+497531123", email="info@mueller.example",
    website="https://mueller.example", vat_id="DE123456789", employees=12, founded_year=1950, trade_name="Müller Präzision",
    former_names=("Müller Dreherei OHG", "Gebrüder Müller"), note="Notiz", wz_edition="2008", wz_code="25.62",
)  # fmt: skip
PLAIN = ImportedFacts("See Café", seat="Konstanz")
SAME = (
    "name", "sort_key", "search_key", "town_key", "trade_name", "legal_form", "kind", "register_kind", "register_number",
    "register_court", "vat_id", "town", "employees", "founded_year", "website", "email", "phone", "note", "status",
    "wz_edition", "wz_code", "as_of", "version", "abc", "archived_at", "parent_id", "branch_of", "source",
)  # fmt: skip


def everything(u: UnitOfWork) -> Mapping[str, list[Any]]:
    """Return all rows of what is derived from firms: the search's tables among them."""
    u.session.flush()
    names = sorted(n for n in Base.metadata.tables if n.startswith(("search_record", "search_word", "firm_match_key")))
    tables = [Base.metadata.tables[name] for name in names]
    assert tables
    return {t.name: sorted(map(repr, u.session.execute(select(*t.columns)).all())) for t in tables}


@pytest.fixture
def brought(office: Office) -> list[int]:
    with office.writing_as("advisor") as u:
        found = intake.apply_imports(u, [(None, RICH), (None, PLAIN)], "Eigene Erfassung", DAY)
    return [o.firm_id for o in found if o.firm_id is not None]


def test_a_firm_of_a_file_is_stored_like_one_of_a_form(office: Office, brought: list[int]) -> None:
    given = FirmInput(
        RICH.name, legal_form="gmbh_co_kg", kind="company", register_kind="HRA", register_number="4711",
        register_court="Freiburg", vat_id="DE123456789", wz="2008:25.62", founded_year=1950, website=RICH.website or "",
        email=RICH.email or "", phone=RICH.phone or "", town="Konstanz", trade_name="Müller Präzision", note="Notiz",
        former_names=RICH.former_names, as_of=DAY,
    )  # fmt: skip
    with office.writing_as("advisor") as u:
        typed = service.create_firm(u, given)
        sites.add_site(u, typed, sites.SiteInput("", "Seestraße", "5a", "78462", "Konstanz", employees=12))
        one, other = queries.firm(u, brought[0]), queries.firm(u, typed)
        assert {name: getattr(one, name) for name in SAME} == {name: getattr(other, name) for name in SAME}
        assert set(one.search_text.split()) == {*other.search_text.split(), "k", "1"}
        assert queries.former_names(u, brought[0]) == queries.former_names(u, typed)
        keys = [
            set(u.session.scalars(select(FirmMatchKey.key).where(FirmMatchKey.firm_id == i)))
            for i in (brought[0], typed)
        ]
        assert keys[0] == keys[1]
        first = [
            (c.field, c.old, c.new, c.actor_name)
            for i in (brought[0], typed)
            for c in u.session.scalars(
                select(FieldChange).where(FieldChange.subject == f"firm:{i}", FieldChange.field == "created")
            )
        ]
        assert first[0] == first[1]
        columns = (
            "street",
            "house_number",
            "postcode",
            "town",
            "main",
            "employees",
            "version",
            "label",
            "tenure",
            "ags",
        )
        stored = [queries.sites(u, i)[0] for i in (brought[0], typed)]
        assert [getattr(stored[0], c) for c in columns] == [getattr(stored[1], c) for c in columns]


def test_computing_everything_anew_changes_nothing(office: Office, brought: list[int]) -> None:
    with office.writing_as("advisor") as u:
        changed = ImportedFacts(
            **{n: getattr(RICH, n) for n in ImportedFacts.__slots__}
            | {"name": "Müller Technik GmbH & Co. KG", "street": "Bergweg"}
        )
        intake.apply_imports(u, [(brought[0], changed)], "Eigene Erfassung", date(2026, 9, 9))
    with office.writing_as("advisor") as u:
        before = everything(u)
        for firm in u.session.scalars(select(Firm).order_by(Firm.id)):
            was = {c.name: getattr(firm, c.name) for c in Firm.__table__.columns}
            names = select(FirmName.name).where(FirmName.firm_id == firm.id).order_by(FirmName.id)
            set_keys(firm, u.session.scalars(names), u.session.scalars(select(Site).where(Site.firm_id == firm.id)))
            assert {c.name: getattr(firm, c.name) for c in Firm.__table__.columns} == was
        derived.bring_up_to_date(u, brought)
        assert everything(u) == before


def test_rows_are_stored_as_objects_store_them(office: Office) -> None:
    table = FieldChange.__table__
    assert isinstance(table, Table)
    with office.writing_as("advisor") as u:
        values = {"at": u.now, "actor_id": None, "actor_name": "x", "source": "Quelle"}
        samples = [("old", None, "a'b\"\\\n\tä"), ("new", {"a": [1, None]}, 3)]
        insert_rows(u.session, table, ("subject", "field", "old", "new"), [("bulk:1", *s) for s in samples], values)
        u.session.add_all(FieldChange(subject="orm:1", field=f, old=o, new=n, **values) for f, o, n in samples)
        u.session.flush()
        columns = (FieldChange.field, FieldChange.old, FieldChange.new, FieldChange.at, FieldChange.source)
        pairs = [
            u.session.execute(select(*columns).where(FieldChange.subject == s).order_by(FieldChange.id)).all()
            for s in ("bulk:1", "orm:1")
        ]
        assert pairs[0] == pairs[1]
        raw = select(FieldChange.subject).where(FieldChange.old.is_(None))
        assert u.session.scalars(raw).all() == []
        ids = list(u.session.scalars(select(FieldChange.id).where(FieldChange.subject == "bulk:1")))
        update_rows(u.session, table, ("id",), ("new", "actor_id"), [(i, [i], i) for i in ids])
        u.session.expire_all()
        assert [
            (c.new, c.actor_id)
            for c in u.session.scalars(
                select(FieldChange).where(FieldChange.subject == "bulk:1").order_by(FieldChange.id)
            )
        ] == [([i], i) for i in ids]


def test_ids_are_given_once(office: Office, brought: list[int]) -> None:
    table = Firm.__table__
    assert isinstance(table, Table)
    with office.writing_as("advisor") as u:
        ids = next_ids(u.session, table, 5)
        assert len(set(ids)) == 5
        assert not set(ids) & set(brought)
        assert next_ids(u.session, table, 0) == []


def test_the_number_of_a_firm_never_comes_again(desk: Desk, office: Office) -> None:
    office.add_firm("Alt GmbH")
    run_id = desk.bring("Name;Ort\nFrüher GmbH;Konstanz\n")
    number = desk.firm("Früher GmbH").id
    assert desk.take_back(run_id)["removed"] == 1
    desk.bring("Name;Ort\nAus der Datei GmbH;Konstanz\n")
    brought = desk.firm("Aus der Datei GmbH").id
    assert brought > number
    with office.writing_as("lead") as u:
        assert binning.put_into_bin(u, brought)
        binning.erase(u, [brought])
    assert office.add_firm("Von Hand GmbH").id > brought
