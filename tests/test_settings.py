"""Settings: the environment wins, and whatever is wrong gets a sentence."""

from pathlib import Path

import pytest

from wf40.settings import Settings, SettingsError, kept_secret


def load(tmp_path, toml="", **variables):
    (tmp_path / "wf40.toml").write_text(toml, "utf-8")
    return Settings.load({"WF40_DATA_DIR": str(tmp_path), **variables})


def test_without_anything_there_are_defaults():
    settings = Settings.load({})
    assert (settings.port, settings.host, settings.language) == (8040, "127.0.0.1", "de")
    assert settings.url == f"sqlite:///{Path('var').absolute() / 'wf40.sqlite'}"
    assert settings.mail.startswith("file:")


def test_the_environment_wins_over_the_file(tmp_path):
    settings = load(tmp_path, 'port = 9000\noffice_name = "Amt"\nsafe_mode = true', WF40_PORT="9001")
    assert (settings.port, settings.office_name, settings.safe_mode) == (9001, "Amt", True)


def test_a_file_elsewhere_may_be_named_and_say_where_the_data_lie(tmp_path):
    file = tmp_path / "etc.toml"
    file.write_text('port = 9000\ndata_dir = "data"')
    settings = Settings.load({"WF40_CONFIG": str(file)})
    assert (settings.port, settings.data_dir) == (9000, tmp_path / "data")
    assert Settings.load({"WF40_CONFIG": str(file), "WF40_DATA_DIR": "/elsewhere"}).data_dir == Path("/elsewhere")


@pytest.mark.parametrize(
    ("toml", "variables", "words"),
    [
        ("prot = 1", {}, ["unbekannte Einstellung prot", "port"]),
        ("port = ", {}, ["nicht lesbar", "wf40.toml"]),
        ("", {"WF40_PORT": "viele"}, ["port", "WF40_PORT", "viele"]),
        ("", {"WF40_PORT": "70000"}, ["port"]),
        ("", {"WF40_SAFE_MODE": "vielleicht"}, ["safe_mode"]),
        ("", {"WF40_TIMEZONE": "Mond/Krater"}, ["timezone", "Mond/Krater"]),
        ("", {"WF40_DATABASE_URL": "mysql://u:geheim@h/d"}, ["database_url", "postgresql://"]),
        ("", {"WF40_MAIL_URL": "mail.example"}, ["mail_url", "smtp://"]),
        ("", {"WF40_PUBLIC_URL": "crm.stadt.example"}, ["public_url", "https://"]),
        ("", {"WF40_CONFIG": "/gibt/es/nicht.toml"}, ["WF40_CONFIG", "gibt es nicht"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, toml, variables, words):
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, toml, **variables)
    for word in words:
        assert word in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "kurz", "x" * 31])
def test_a_missing_secret_says_how_to_make_one(tmp_path, secret):
    with pytest.raises(SettingsError, match=r"secrets\.token_hex"):
        load(tmp_path, WF40_SECRET_KEY=secret).require_secret()


def test_the_demos_secret_is_made_once_and_belongs_to_its_owner(tmp_path):
    first = kept_secret(tmp_path / "new")
    assert kept_secret(tmp_path / "new") == first
    assert len(first) == 64
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "secure"), [("https://crm.stadt.example/", True), ("http://localhost:8040", False), ("", False)]
)
def test_cookies_are_secure_where_browsers_come_by_https(tmp_path, url, secure):
    settings = load(tmp_path, WF40_PUBLIC_URL=url)
    assert settings.secure is secure
    assert not settings.base_url.endswith("/")
