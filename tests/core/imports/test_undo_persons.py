"""What an import completed of persons returns, except of those who became part of another since; and that is said."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.base.errors import InvalidInput
from wf40.core.contacts import importing
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_undo import given_back
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput, merge
from wf40.testing.office import Office

HEADER = "Firma;Ort;Ansprechpartner;Telefon Ansprechpartner;Ansprechpartner 2;Telefon Ansprechpartner\n"
FILE = HEADER + "Kranz GmbH;Singen;Sabine Mueller;07531 111;Jan Maier;07531 222\n"


@pytest.fixture
def people(office: Office) -> dict[str, int]:
    """Three persons of a firm, of whom a file will complete two."""
    firm = office.add_firm("Kranz GmbH", town="Singen")
    with office.writing_as("advisor") as u:
        names = [("Müller-Lindt", "Sabine"), ("Mueller", "Sabine"), ("Maier", "Jan")]
        return {f"{g} {f}": add_contact(u, firm.id, ContactInput(f, g)) for f, g in names}


@pytest.fixture
def merged(office: Office) -> Callable[[int, int], None]:
    def do(keep: int, gone: int) -> None:
        with office.writing_as("advisor") as u:
            one, two = (u.session.get_one(Contact, i).version for i in (keep, gone))
            merge(u, MergeInput(keep, gone, one, two, {"phone": "keep"}), PERSONS)

    return do


def phones(office: Office) -> dict[int, str]:
    with office.reading_as("advisor") as u:
        return {row.id: row.phone for row in u.session.scalars(select(Contact))}


def undone(assistant: Assistant, office: Office) -> tuple[dict[str, int], dict[str, object]]:
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    with office.reading_as("advisor") as u:
        run = u.session.get_one(ImportRun, assistant.run_id)
        assert run.state == "undone"
        (row,) = filter(None, u.session.scalars(select(ImportRow.undone)))
        return dict(run.undo_counts), dict(row)


def test_a_person_who_was_merged_since_stays_and_the_others_return(
    assistant: Assistant, office: Office, people: dict[str, int], merged: Callable[[int, int], None]
) -> None:
    assistant.bring_in(FILE)
    keep, gone, other = people.values()
    assert phones(office) == {keep: "", gone: "+497531111", other: "+497531222"}
    merged(keep, gone)
    page = assistant.page("zuruecknehmen")
    assert "mit einem anderen Eintrag zusammengeführt" in page
    assert "mit einem anderen Unternehmen zusammengeführt" not in page
    assert "Ansprechpersonen" in page.partition('id="gesperrt"')[2]
    counts, row = undone(assistant, office)
    assert counts == {"partly": 1}
    assert row == {"result": "partly", "reason": "merged", "fields": ["own:core.contacts:person"], "where": []}
    assert phones(office) == {keep: "", gone: "+497531111", other: ""}


def test_nothing_returns_where_nobody_else_was_completed(
    assistant: Assistant, office: Office, people: dict[str, int], merged: Callable[[int, int], None]
) -> None:
    assistant.bring_in(FILE.replace("Jan Maier;07531 222", ";"))
    keep, gone, _other = people.values()
    merged(keep, gone)
    counts, row = undone(assistant, office)
    assert counts == {"kept": 1}
    assert row["reason"] == "merged"
    assert phones(office)[gone] == "+497531111"


def test_what_cannot_be_stored_is_not_said_to_have_returned(
    assistant: Assistant, office: Office, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant.bring_in(FILE)

    def refuse(*_given: object) -> None:
        raise InvalidInput("Das geht nicht.")

    monkeypatch.setattr(importing, "_change", refuse)
    counts, row = undone(assistant, office)
    assert counts == {"kept": 1}
    assert row == {"result": "kept", "reason": "refused", "fields": ["own:core.contacts:person"], "where": []}
    assert phones(office)[people["Jan Maier"]] == "+497531222"


def test_an_entry_that_was_merged_stays_as_a_whole() -> None:
    old, new = {"1": {"phone": "", "email": "a"}}, {"1": {"phone": "5", "email": "b"}}
    merged = {"1": {"phone": "5", "email": "b", "merged": True}}
    assert given_back(old, new, merged) == (merged, {"merged"})
    assert given_back(old, new, {"1": {"phone": "6", "email": "b"}}) == (
        {"1": {"phone": "6", "email": "a"}},
        {"edited"},
    )
    emptied = {"1": {"phone": "", "email": "a", "merged": True}}
    assert given_back(old, new, emptied) == (emptied, set())
    assert given_back({}, {"1": {"phone": "5"}}, {"1": {"phone": "5", "merged": True}})[1] == {"merged"}
