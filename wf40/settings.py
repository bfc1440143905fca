"""All settings in one frozen value, read from a TOML file and ``WF40_*`` variables; the variables win."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SettingsError(Exception):
    """A setting is missing or unreadable; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator chooses. Each field is ``WF40_<NAME>`` in the environment and ``name`` in ``wf40.toml``."""

    data_dir: Path = Path("var")
    database_url: str = ""
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8040
    public_url: str = ""
    mail_url: str = ""
    mail_from: str = ""
    office_name: str = "Wirtschaftsförderung"
    office_phone: str = ""
    office_mail: str = ""
    language: str = "de"
    timezone: str = "Europe/Berlin"
    demo: bool = False
    strict: bool = False
    safe_mode: bool = False
    trusted_proxies: int = 0

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``$WF40_CONFIG`` (default ``<data_dir>/wf40.toml``), then the environment.

        Raises:
            SettingsError: an unreadable file, an unknown name in it, or a value of the wrong kind.
        """
        variables = os.environ if environment is None else environment
        data_dir = Path(variables.get("WF40_DATA_DIR", "var"))
        path = Path(variables.get("WF40_CONFIG", data_dir / "wf40.toml"))
        values = _read(path, needed="WF40_CONFIG" in variables)
        if "data_dir" in values and "WF40_DATA_DIR" not in variables:
            data_dir = path.parent / str(values["data_dir"])
        known = {f.name: f.type for f in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            message = f"{path}: unbekannte Einstellung {', '.join(unknown)}. Bekannt sind: {', '.join(known)}."
            raise SettingsError(message)
        for name in known:
            if (text := variables.get(f"WF40_{name.upper()}")) is not None:
                values[name] = text
        values["data_dir"] = data_dir.absolute()
        settings = cls(**{name: _convert(name, str(known[name]), value) for name, value in values.items()})
        settings._refuse_nonsense()
        return settings

    def _refuse_nonsense(self) -> None:
        """Refuse what would only be noticed when it is needed."""
        schemes = {
            "database_url": ("sqlite:///", "postgresql://", "postgresql+psycopg://"),
            "public_url": ("http://", "https://"),
            "mail_url": ("smtp://", "smtps://", "file:"),
        }
        for name, starts in schemes.items():
            if getattr(self, name) and not getattr(self, name).startswith(starts):
                # The value is not shown: it may hold a password.
                message = f"Die Einstellung {name} (WF40_{name.upper()}) muss mit {' oder '.join(starts)} beginnen."
                raise SettingsError(message)
        if not 0 < self.port < 65536:
            raise _unreadable("port", self.port)
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise _unreadable("timezone", self.timezone) from None

    @property
    def url(self) -> str:
        """The database URL; without a choice, SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'wf40.sqlite'}"

    @property
    def base_url(self) -> str:
        """The address under which the outside reaches the product, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers reach the product by HTTPS, so that cookies may be marked Secure."""
        return self.base_url.startswith("https://")

    @property
    def mail(self) -> str:
        """The way out for mail; without a choice, a folder of files."""
        return self.mail_url or f"file:{self.data_dir / 'mail'}"

    @property
    def sender(self) -> str:
        """The From address."""
        return self.mail_from or f"{self.office_name} <wf40@localhost>"

    def require_secret(self) -> str:
        """Return the secret key, or say how to make one."""
        if len(self.secret_key) < 32:
            message = (
                "WF40_SECRET_KEY fehlt oder ist zu kurz (mindestens 32 Zeichen). Erzeugen Sie einen Schlüssel mit\n"
                '  python3 -c "import secrets; print(secrets.token_hex(32))"\n'
                "und tragen Sie ihn als secret_key in wf40.toml oder als Umgebungsvariable WF40_SECRET_KEY ein."
            )
            raise SettingsError(message)
        return self.secret_key


def kept_secret(data_dir: Path) -> str:
    """Return the demo's secret key, made once and kept in the data folder, readable by its owner alone."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), "ascii")
    return path.read_text("ascii").strip()


def _read(path: Path, *, needed: bool) -> dict[str, Any]:
    if not path.is_file():
        if needed:
            message = f"Die Datei {path} (WF40_CONFIG) gibt es nicht."
            raise SettingsError(message)
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"Die Datei {path} ist nicht lesbar: {error}"
        raise SettingsError(message) from None


def _unreadable(name: str, value: object) -> SettingsError:
    return SettingsError(f"Die Einstellung {name} (WF40_{name.upper()}) hat einen unlesbaren Wert: {value!r}.")


def _convert(name: str, kind: str, value: Any) -> Any:
    try:
        if "int" in kind:
            return int(value)
        if "bool" in kind:
            return value if isinstance(value, bool) else _BOOLEANS[str(value).strip().lower()]
    except (ValueError, KeyError):
        raise _unreadable(name, value) from None
    return value if isinstance(value, Path) else str(value)


_BOOLEANS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
    "": False,
}
