"""`make screenshots`: the pictures of README and handbook, taken from Musterhausen on a fixed day.

The town is built in a temporary folder with a clock that stands still, so that the same program gives the same pictures.
"""

import socket
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.pictures import PICTURES, PUBLIC, Picture, Town
from wf40.app import assemble, create_app
from wf40.base.clock import SettableClock
from wf40.demo.town import LOGINS, PASSWORD
from wf40.server import prepare_demo
from wf40.settings import Settings
from wf40.testing.browser import chromium, new_page
from wf40.testing.serving import served

TARGET = Path(__file__).parents[1] / "docs" / "pictures"
DAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LARGEST = 250_000  # bytes of a picture
# The browser of a build machine has no room for a scroll bar to fill and shows fields for dates in English.
_AS_AT_A_GERMAN_DESK = """async () => {
  document.documentElement.style.scrollbarGutter = "auto";
  for (const field of document.querySelectorAll("input[type=date], input[type=time]")) {
    const [year, month, day] = field.value.split("-");
    const shown = field.type === "time" ? field.value || "--:--" : day ? `${day}.${month}.${year}` : "tt.mm.jjjj";
    field.type = "text";
    field.value = shown;
  }
  await document.fonts.ready;
}"""


@contextmanager
def running_town(folder: Path) -> Iterator[Town]:
    """Build the town on the fixed day and serve it."""
    settings = Settings(
        data_dir=folder, secret_key="0" * 64, demo=True, strict=True, public_url=PUBLIC,
        office_name="Wirtschaftsförderung Musterhausen", office_phone="0000 123-456", office_mail="wirtschaft@musterhausen.example",
    )  # fmt: skip
    product = assemble(settings, SettableClock(DAY))
    prepare_demo(product)
    app = create_app(product=product)
    worker = product.worker()
    worker.in_process = True

    def work() -> None:
        with app.app_context():
            worker.tick()

    work()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with served(app, port) as url:
        yield Town(url, product, work, folder / "mail")


def take(picture: Picture, town: Town, browser: Browser) -> None:
    """Take one picture."""
    with new_page(browser, base_url=town.url, size=picture.size, dark=picture.dark) as page:
        if picture.role is not None:
            _sign_in(page, picture.role)
        picture.steps(page, town)
        if picture.height:
            page.set_viewport_size({"width": picture.size["width"], "height": picture.height})
        page.wait_for_load_state("networkidle")
        page.evaluate(_AS_AT_A_GERMAN_DESK)
        path = TARGET / f"{picture.name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide", style="html { scrollbar-gutter: auto }")
        path.write_bytes(packed(path.read_bytes()))
    size = path.stat().st_size
    print(f"{path.name:20} {size / 1000:4.0f} kB")
    if size > LARGEST:
        message = f"{path.name} is larger than {LARGEST / 1000:.0f} kB: show less of the page"
        raise ValueError(message)


def packed(png: bytes) -> bytes:
    """Return a PNG with its pixels compressed as far as zlib can, and nothing but pixels in it."""
    chunks, place, pixels = [png[:8]], 8, b""
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12
        if kind == b"IDAT":
            pixels += body
        elif kind == b"IEND":
            chunks += [_chunk(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)), _chunk(kind, b"")]
        elif kind in (b"IHDR", b"PLTE", b"tRNS"):
            chunks.append(_chunk(kind, body))
    return b"".join(chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _sign_in(page: Page, role: str) -> None:
    page.goto("/anmelden")
    page.locator("#email").fill(next(login.email for login in LOGINS if login.role == role))
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)


def main(names: list[str]) -> int:
    """Take all pictures, or those named; returns the exit status."""
    TARGET.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, running_town(Path(folder)) as town, chromium() as browser:
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            try:
                take(picture, town, browser)
            except Exception as error:  # noqa: BLE001 - the other pictures are taken nevertheless
                failed += 1
                print(f"{picture.name:20} FAILED {type(error).__name__}: {error}", file=sys.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
