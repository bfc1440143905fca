"""Somebody saves a firm after a row was made ready and before it goes in: the row means that firm, none is doubled."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from import_desk import Desk

from wf40.core.firms import service
from wf40.core.firms.models import Firm
from wf40.core.firms.service import FirmInput
from wf40.core.imports import pool, runner
from wf40.core.imports.models import ImportRow
from wf40.core.imports.service import confirm

HEAD = "Name;Ort;Registerart;Registernummer;Registergericht;USt-IdNr\n"
ROWS = {
    "register": ("Altmann Optik GmbH;Konstanz;HRB;4711;Freiburg;\n", FirmInput(
        "Ganz anders GmbH", town="Singen", register_kind="HRB", register_number="4711", register_court="Freiburg",
    )),
    "vat_id": ("Brandt Feinmechanik GmbH;Konstanz;;;;DE123456789\n", FirmInput("Anders OHG", vat_id="DE123456789")),
    "name": ("Conrad Gartenbau GmbH;Konstanz;;;;\n", FirmInput("Conrad Gartenbau GmbH", town="Konstanz", legal_form="gmbh")),
    "former name": ("Dold Druck GmbH;Konstanz;;;;\n", FirmInput(
        "Seedruck GmbH", town="Konstanz", legal_form="gmbh", former_names=("Dold Druck GmbH",),
    )),
}  # fmt: skip
OTHERS = "".join(f"Weiterer Betrieb {n}x GmbH;Konstanz;;;;\n" for n in range(20))


@pytest.mark.parametrize("helpers", [True, False], ids=["helpers", "alone"])
@pytest.mark.parametrize("by", ROWS)
def test_a_firm_that_somebody_saves_meanwhile_is_not_doubled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, by: str, helpers: bool
) -> None:
    line, typed = ROWS[by]
    where: Any = pool.Pool if helpers else pool
    name = "ready" if helpers else "inline"
    real, saved = getattr(where, name), list[int]()

    def ready(*given: Any) -> Iterator[Any]:
        for rows in real(*given):
            assert all(row.draft is not None for row in rows if row.facts), "nobody had the firm when it was read"
            if not saved:
                with desk.office.writing_as("lead") as u:
                    saved.append(service.create_firm(u, typed))
            yield rows

    run_id = desk.check(HEAD + line + OTHERS)
    with desk.office.writing_as("lead") as u:
        assert confirm(u, run_id)
    monkeypatch.setattr(where, name, ready)
    monkeypatch.setattr(pool, "WORTH", 1 if helpers else 1000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    runner.work(desk.office.product.database)
    assert [row.firm_id for row in desk.rows(ImportRow) if row.row_no == 2] == saved
    assert len(desk.rows(Firm)) == 21
