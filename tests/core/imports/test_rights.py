"""An import is moved with the rights that its person has today, never with more."""

import pytest
from import_desk import Desk
from sqlalchemy import select, update

from tests.core.imports.conftest import Assistant
from wf40.core.accounts.models import User
from wf40.core.firms.models import Firm
from wf40.core.imports import runner
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import confirm
from wf40.core.imports.undo import request_undo
from wf40.core.tags.models import Tag
from wf40.testing.office import Office

LIST = "Name;Ort\nAlpha GmbH;Konstanz\nBeta GmbH;Konstanz\n"
TAGGED = "Name;Ort;Tags\nAlpha GmbH;Konstanz;Messe\n"


def change(office: Office, who: str, **values: object) -> None:
    with office.writing_as("admin") as u:
        u.session.execute(update(User).where(User.id == office.actor(who).user_id).values(**values))


def test_a_file_makes_no_tag_that_its_person_may_not_make(assistant: Assistant, office: Office) -> None:
    assistant.client = office.client_as("assistant")
    assert assistant.bring_in(TAGGED)["Neu"] == 1
    assert "„Messe“ gibt es noch nicht." in assistant.page("ergebnis?ansicht=hinweise")
    with office.reading_as("lead") as u:
        assert list(u.session.scalars(select(Tag.name))) == []
    assistant.client = office.client_as("advisor")
    assert assistant.bring_in(TAGGED)["Aktualisiert"] == 1
    with office.reading_as("lead") as u:
        assert list(u.session.scalars(select(Tag.name))) == ["Messe"]


@pytest.mark.parametrize("values", [{"active": False}, {"role": "reader"}, {"unit_id": 2}])
def test_an_import_whose_person_may_no_longer_stops_and_says_so(
    assistant: Assistant, office: Office, values: dict[str, object]
) -> None:
    office.add_unit("Nachbarstadt")
    assistant.upload(LIST)
    assistant.choose_proposed()
    assistant.confirm()
    change(office, "advisor", **values)
    office.work()
    assistant.client = office.client_as("lead")
    page = assistant.page("ergebnis")
    assert "Beratung 1 darf hier keine Unternehmen mehr einlesen" in page
    assert "0 von 2 Zeilen sind bearbeitet" in page
    with office.reading_as("lead") as u:
        assert list(u.session.scalars(select(Firm.name))) == []


def test_a_check_whose_person_may_no_longer_leaves_nothing_to_take_back(desk: Desk) -> None:
    run_id = desk.check(LIST)
    with desk.office.writing_as("admin") as u:
        u.session.get_one(ImportRun, run_id).state = "mapped"
    change(desk.office, "lead", active=False)
    runner.finish(desk.office.product.database, run_id)
    with desk.office.reading_as("advisor") as u:
        run = u.session.get_one(ImportRun, run_id)
        assert (run.state, run.position, run.lease_token) == ("failed", 0, "")


def test_an_undoing_whose_person_may_no_longer_stops_and_another_takes_it_up(
    assistant: Assistant, office: Office
) -> None:
    assistant.bring_in(LIST)
    with office.writing_as("lead") as u:
        assert request_undo(u, assistant.run_id)
    change(office, "lead", active=False)
    office.work()
    assert "Leitung 1 darf hier keine Importe mehr zurücknehmen." in assistant.page("ergebnis")
    with office.reading_as("advisor") as u:
        assert len(list(u.session.scalars(select(Firm.id)))) == 2
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(select(Firm.id))) == []


def test_what_the_command_line_began_is_moved_by_the_product_itself(desk: Desk) -> None:
    run_id = desk.check(LIST)
    with desk.office.writing_as("lead") as u:
        u.session.get_one(ImportRun, run_id).author_id = None
        assert confirm(u, run_id)
    change(desk.office, "lead", active=False)
    runner.finish(desk.office.product.database, run_id)
    with desk.office.reading_as("advisor") as u:
        assert set(u.session.scalars(select(ImportRow.outcome).where(ImportRow.row_no > 1))) == {"created"}
