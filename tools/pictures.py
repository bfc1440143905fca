"""Which pictures README and handbook have: who looks, with what, and what they did before."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page

from wf40.app import Product

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PUBLIC = "https://wf40.musterhausen.example"
TABLE = """Firmenname;Rechtsform;Straße;PLZ;Ort;Branche (WZ);Beschäftigte;Telefon
Blechbau Nord GmbH;GmbH;Werftstraße 4;99999;Musterhausen;25.11;48;0000 311200
Café am Wehr e. K.;e. K.;Am Wehr 1;99999;Musterhausen;56.30;6;0000 311350
Datenlotse UG (haftungsbeschränkt);UG;Marktplatz 7;99999;Musterhausen;62.01;3;0000 311877
Elektro Sommer GmbH & Co. KG;GmbH & Co. KG;Gewerbering 12;99999;Musterhausen;43.21;22;0000 312004
;GmbH;Gewerbering 14;99999;Musterhausen;43.22;9;0000 312190
Holzbau Ahrens GmbH;GmbH;Sägeweg 3;99999;Musterhausen;99.99;31;0000 312466
"""


@dataclass
class Town:
    """The running town, and what earlier pictures found out about it."""

    url: str
    product: Product
    work: Callable[[], None]
    mails: Path
    notes: dict[str, str] = field(default_factory=dict)

    def firm(self, page: Page) -> str:
        """Return the address of the firm that most needs a call."""
        if "firm" not in self.notes:
            page.goto("/unternehmen?art=company&groesse=unter-250&f-ampel=red&sortierung=last_contact&richtung=ab")
            self.notes["firm"] = str(page.locator("main tbody th a").first.get_attribute("href"))
        return self.notes["firm"]

    def link_in_last_mail(self) -> str:
        """Return the personal link of the invitation that was sent last, on this machine."""
        newest = max(self.mails.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        body = message_from_bytes(newest.read_bytes(), policy=policy.default).get_body(("plain",))
        found = re.search(re.escape(PUBLIC) + r"(/public/\S+)", body.get_content() if body else "")
        if found is None:
            message = f"{newest} holds no link"
            raise LookupError(message)
        return found[1]


Steps = Callable[[Page, Town], None]


@dataclass(frozen=True)
class Picture:
    """One picture: who looks (``None``: a visitor), with what, and what they did before."""

    name: str
    role: str | None
    steps: Steps
    size: dict[str, int] = field(default_factory=lambda: DESK)
    dark: bool = False
    height: int = 0
    """Pixels to show where a window's height is too little."""


def opened(path: str) -> Steps:
    """Just open a page."""
    return lambda page, _town: _go(page, path)


def _go(page: Page, path: str) -> None:
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        message = f"{path} answered {answer.status if answer else 'nothing'}"
        raise LookupError(message)


def firm_record(page: Page, town: Town) -> None:
    """The record of a firm in need."""
    _go(page, town.firm(page))


def why(page: Page, town: Town) -> None:
    """Why its light is red."""
    _go(page, f"{town.firm(page)}/fruehwarnung")


def conversation(page: Page, town: Town) -> None:
    """A conversation as it is being written."""
    _go(page, f"{town.firm(page)}/gespraeche/neu")
    page.locator("#occasion").fill("Betriebsbesuch nach der Auswertung des Digitalchecks")
    page.locator("input[name=topics]").nth(0).check()
    page.locator("input[name=topics]").nth(4).check()
    page.locator("#summary").fill(
        "Zwei Maschinen laufen ohne Anbindung, Aufträge kommen per Fax. Die Leitung sucht eine Fachkraft für "
        "Prozessdaten und fragt nach Förderung für die Umstellung."
    )
    page.locator("#agreements").fill(
        "Wir nennen bis Freitag zwei Beratungsstellen. Der Betrieb schickt seine Maschinenliste."
    )
    page.locator("#occasion").focus()


def import_preview(page: Page, _town: Town) -> None:
    """What an import would do."""
    _go(page, "/unternehmen/import/neu")
    page.locator("#file").set_input_files(
        {"name": "gewerbeliste.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.locator("#source").fill("Gewerbeliste Musterhausen, November 2026")
    page.locator("#legal_basis").select_option(index=1)
    page.get_by_role("button", name="Datei lesen").click()
    page.get_by_role("button", name="Weiter zu den Spalten").click()
    page.get_by_role("button", name="Weiter zur Prüfung").click()
    page.wait_for_url(re.compile("/pruefen$"))


def invitation(page: Page, town: Town) -> None:
    """The invitation to a grey firm, before it is sent."""
    _go(page, "/fruehwarnung/grau")
    links = page.locator("main tbody th a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    for link in links:
        _go(page, f"/p/digital_readiness/einladen/{link.rpartition('/')[2]}")
        if page.locator("button[value=send]").count() and not page.locator(".kern-alert").count():
            town.notes["invite"] = page.url
            return
    message = "no grey firm may be invited by mail"
    raise LookupError(message)


def invitation_sent(page: Page, town: Town) -> None:
    """The list of invitations after one was sent."""
    _go(page, town.notes["invite"])
    page.locator("button[value=send]").click()
    page.wait_for_url(re.compile(r"/einladungen/\d+$"))
    town.work()
    _go(page, "/p/digital_readiness/")


def questionnaire(page: Page, town: Town) -> None:
    """The first questions on the firm's phone."""
    _go(page, town.link_in_last_mail())
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/frage/\d+"))
    _tick(page, first=0, limit=1)


def result(page: Page, town: Town) -> None:
    """The firm's own result."""
    _go(page, town.link_in_last_mail())
    page.locator("main form button").first.click()
    number = 0
    while "/frage/" in page.url and number < 40:
        _tick(page, first=number, limit=99)
        page.locator("button[value=next]").click()
        page.wait_for_load_state()
        number += 1
    page.locator("main form button.kern-btn--primary").click()
    page.wait_for_url(re.compile("/ergebnis"))


def _tick(page: Page, first: int, limit: int) -> None:
    """Answer the questions of a page: two with the best answer, then one with the first."""
    groups = page.locator("main fieldset:has(input[type=radio])")
    for number in range(min(groups.count(), limit)):
        group = groups.nth(number)
        yes = group.get_by_label(re.compile("^Ja"))
        chosen = yes if (first + number) % 3 < 2 and yes.count() else group.locator("input[type=radio]")
        chosen.first.check()


def concern(page: Page, _town: Town) -> None:
    """A concern that was handed on."""
    for state in ("handed_on", "awaiting", "in_progress"):
        _go(page, f"/anliegen?stand={state}")
        for link in page.locator("main tbody th a").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
            _go(page, link)
            if page.locator("#weiterleitungen li").count():
                return
    message = "no open concern was handed on"
    raise LookupError(message)


def campaign(page: Page, town: Town) -> None:
    """Whom a campaign would reach, and whom not."""
    _go(page, "/unternehmen?f-ampel=grey")
    page.locator("a[href*='/aktionen/neu']").first.click()
    page.wait_for_url(re.compile("/aktionen/neu"))
    page.locator("#title").fill("Kurzcheck für alle, deren Ampel grau ist")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/aktionen/\d+"))
    town.work()
    page.reload()


def network(page: Page, _town: Town) -> None:
    """The network, once its picture stands still."""
    _go(page, "/p/partner_network/netz")
    page.locator("canvas").first.wait_for()
    page.wait_for_timeout(2500)


PICTURES = (
    Picture("day", "advisor", opened("/")),
    Picture("firms", "advisor", opened("/unternehmen")),
    Picture("firm", "advisor", firm_record, height=940),
    Picture("firm-dark", "advisor", firm_record, dark=True),
    Picture("why", "advisor", why, height=1100),
    Picture("early-warning", "lead", opened("/fruehwarnung")),
    Picture("consultation", "advisor", conversation),
    Picture("concern", "advisor", concern, height=1000),
    Picture("tasks", "lead", opened("/wiedervorlagen?wer=alle")),
    Picture("network", "advisor", network),
    Picture("campaign", "advisor", campaign),
    Picture("import", "lead", import_preview),
    Picture("invitation", "advisor", invitation),
    Picture("answers", "advisor", invitation_sent),
    Picture("check-phone", None, questionnaire, PHONE),
    Picture("result-phone", None, result, PHONE, height=1300),
    Picture("firm-phone", "advisor", firm_record, PHONE),
    Picture("plugins", "admin", opened("/verwaltung/erweiterungen")),
)
