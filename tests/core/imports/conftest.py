"""Real tables lie beside the project; where they are missing, the tests over them say so."""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wf40.core.imports import connections
from wf40.testing.office import Office, OfficeClient

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package: its support module is found by name

from import_desk import Desk


@pytest.fixture(scope="session")
def konstanz(real_data: Path) -> Path:
    return real_data / "02_companies_de/offeneregister/town_konstanz.csv"


@dataclass
class Assistant:
    """Walks through the pages of the import as an officer does."""

    office: Office
    client: OfficeClient
    run_id: int = 0

    def upload(self, content: bytes | str, name: str = "liste.csv", **fields: str) -> Any:
        data = content.encode() if isinstance(content, str) else content
        values = {"source": "IHK-Liste", "legal_basis": "public_task", **fields}
        answer = self.client.post("/unternehmen/import/neu", data={"file": (io.BytesIO(data), name), **values})
        if found := re.search(r"/unternehmen/import/(\d+)/", answer.headers.get("Location", "")):
            self.run_id = int(found[1])
        return answer

    def page(self, step: str) -> str:
        return str(self.client.get(self.url(step), follow_redirects=True).text)

    def url(self, step: str) -> str:
        return f"/unternehmen/import/{self.run_id}/{step}"

    def choose(self, *fields: str, **more: str) -> Any:
        return self.client.post(self.url("spalten"), data={f"column-{i}": f for i, f in enumerate(fields)} | more)

    def choose_proposed(self) -> Any:
        """Send the page of columns as it was shown."""
        text = self.page("spalten")
        chosen = {}
        for name, options in re.findall(r'<select[^>]*name="(column-\d+)"[^>]*>(.*?)</select>', text, re.DOTALL):
            selected = re.search(r'value="([^"]*)" selected', options)
            chosen[name] = selected[1] if selected else ""
        return self.client.post(self.url("spalten"), data=chosen)

    def confirm(self) -> Any:
        return self.client.post(self.url("einlesen"))

    def bring_in(self, content: bytes | str, name: str = "liste.csv", **fields: str) -> dict[str, int]:
        """Do the whole walk with the proposed columns; returns the counts of the result."""
        assert self.upload(content, name, **fields).status_code == 303
        assert self.choose_proposed().status_code == 303
        assert self.confirm().status_code == 303
        self.office.work()
        return self.counts()

    def counts(self) -> dict[str, int]:
        text = self.page("ergebnis")
        found = re.findall(r'wf-tile__label">([^<]+)</span>\s*<span class="wf-tile__value">(?:<a[^>]*>)?([\d.]+)', text)
        return {label: int(value.replace(".", "")) for label, value in found}


@pytest.fixture
def assistant(office: Office, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    # However busy the machine is: the check ends within the request, except where a test is about that.
    monkeypatch.setattr("wf40.core.imports.column_views.CHECK_AT_ONCE", 120.0)
    return Assistant(office, office.client_as("advisor"))


@pytest.fixture
def firm_rows(office: Office) -> Callable[[], list[Any]]:
    """All firms as the firm list knows them."""
    from sqlalchemy import select

    from wf40.core.firms.models import Firm

    def rows() -> list[Any]:
        with office.reading_as("advisor") as u:
            return list(u.session.scalars(select(Firm).order_by(Firm.id)))

    return rows


@pytest.fixture
def desk(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(connections, "PAUSE", 0)
    return Desk(office, tmp_path)
