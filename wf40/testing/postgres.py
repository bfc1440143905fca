"""A throw-away PostgreSQL server for tests: real binaries, own directory, gone afterwards.

``$WF40_TEST_PG`` names a running server instead (a URL of a role that may create databases).
"""

import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

OLDEST = 15
FOLDER = "wf40-pg-"
YOUNG = 600  # seconds that a server may take to start
ROOM = 4 * 2**30  # bytes that a run may need for its databases
BINARIES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
OPTIONS = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC"}
# The data is thrown away: nothing has to survive a power cut, and no background process may hold a template.
FORGETFUL = OPTIONS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
}


class PostgresMissing(RuntimeError):
    """No server could be found or started; the message says what to install."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} Install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@16) "
            "or name a running server: WF40_TEST_PG=postgresql://user:password@host/postgres"
        )


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. `base_url` leads to its maintenance database, as a role that may create databases."""

    base_url: str
    _kept: list[psycopg.Connection] = field(default_factory=list, init=False, repr=False, compare=False)

    def url(self, database: str) -> str:
        """Return the URL of one database of this server."""
        return make_url(self.base_url).set(database=database).render_as_string(hide_password=False)

    def create_database(self, *, template: str = "template0", prefix: str = "wf40_test") -> str:
        """Create a database of a new name, empty or as a copy of `template`, and return its URL."""
        name = f"{prefix}_{secrets.token_hex(6)}"
        # Copying files is quicker than writing the copy into the log; an empty one is left as the server likes it.
        # Sorting must not depend on the machine: wf40 orders by its own keys.
        locale = " ENCODING 'UTF8' LOCALE 'C'" if template == "template0" else " STRATEGY FILE_COPY"
        self._execute(f"CREATE DATABASE {{}} TEMPLATE {{}}{locale}", name, template)
        return self.url(name)

    def create_template(self, prepare: Callable[[str], object]) -> str:
        """Create a database, let `prepare` fill it through its URL, and return its name for `create_database`.

        `prepare` has to close its connections: a template in use cannot be copied.
        """
        url = self.create_database(prefix="wf40_template")
        prepare(url)
        # The first connection after changes of tables writes down what it learned of them: copies start from that.
        psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)).close()
        return make_url(url).database or ""

    def drop_database(self, url: str) -> None:
        """Drop a database of this server, whoever is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", make_url(url).database or "")

    def close(self) -> None:
        """Close the connection over which databases are made and dropped."""
        while self._kept:
            self._kept.pop().close()

    def _execute(self, statement: str, *names: str) -> None:
        if not self._kept:
            url = make_url(self.base_url).set(drivername="postgresql").render_as_string(hide_password=False)
            self._kept.append(psycopg.connect(url, autocommit=True))
        self._kept[0].execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Give the server of ``$WF40_TEST_PG``, or start one and remove it afterwards.

    A ``durable`` one keeps its files on disk and writes them as the server of an office does: for measuring.

    Raises:
        PostgresMissing: no binaries of version 15 or newer, or the server did not come up.
    """
    if url := os.environ.get("WF40_TEST_PG"):
        with closing(PostgresServer(url)) as named:
            yield named
        return
    binaries = find_binaries()
    account = _account()
    place = Path(tempfile.gettempdir()) if durable else _memory() or Path(tempfile.gettempdir())
    remove_left(place)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=place))
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        own = PostgresServer(f"postgresql://wf40@/postgres?host={folder}")
        with _running(binaries, folder, account, OPTIONS if durable else FORGETFUL), closing(own):
            yield own
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_left(place: Path) -> None:
    """Remove the folders of servers that ended with a killed run: they would fill the memory of the machine."""
    for folder in place.glob(f"{FOLDER}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > YOUNG and not _is_running(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(folder: Path) -> bool:
    try:
        os.kill(int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, IndexError):
        return False
    return True


def _memory() -> Path | None:
    """Return where files are kept in memory, if the machine has such a place with enough room; else ``None``."""
    place = Path("/dev/shm")  # noqa: S108 - the folder made in it has a random name and belongs to the server alone
    roomy = place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM
    return place if roomy else None


def find_binaries() -> Path:
    """Return the folder with `initdb` and `postgres`, the newest version first.

    Raises:
        PostgresMissing: none of version 15 or newer.
    """
    folders = [path for pattern in BINARIES for path in Path("/").glob(pattern[1:])]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    versions = {path: version for path in folders if (version := _version(path)) >= OLDEST}
    if not versions:
        raise PostgresMissing(f"PostgreSQL {OLDEST} or newer is needed and was not found.")
    return max(versions, key=lambda path: versions[path])


def _version(folder: Path) -> int:
    try:
        text = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", text)
    return int(found[1]) if found else 0


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: name somebody else, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


@contextmanager
def _running(
    binaries: Path, folder: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str]
) -> Iterator[None]:
    data, log = folder / "data", folder / "server.log"
    who = (account.pw_uid, account.pw_gid) if account else (None, None)
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "wf40",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    ]
    made = subprocess.run(initdb, user=who[0], group=who[1], cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        raise PostgresMissing(f"PostgreSQL could not make its directory: {made.stderr.strip()}")
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", folder, *options]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            user=who[0],
            group=who[1],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call into the kernel, no lock is taken
        )
    try:
        _wait(server, folder, log)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)  # at once, without a last checkpoint
        server.wait(timeout=30)


_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """Ask Linux to end the server with us, however we end: a killed test run leaves no server behind."""
    if sys.platform == "linux":
        _libc.prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def _wait(server: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://wf40@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise PostgresMissing(f"PostgreSQL did not start: {text}") from None
            time.sleep(0.05)
        else:
            return
