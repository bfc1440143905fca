"""The check that no file names a package index or a machine."""

import subprocess
from pathlib import Path

import pytest

from tools.tree import faults


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("see https://py" + "pi.org/simple", "address of a package index"),
        ("flask==1\n--extra-" + "index-url file:///x", "option of a package index"),
        ("DATA = '/ro" + "ot/data'", "folder of a machine"),
        ("DATA = '/ho" + "me/anna/data'", "folder of a machine"),
    ],
)
def test_an_address_is_found_with_its_line(root: Path, text: str, what: str) -> None:
    (root / "notes.md").write_text(f"first\n{text}\n", "utf-8")
    (found,) = faults(root)
    assert found.startswith(f"notes.md:{2 + text.count(chr(10))}: {what}")


def test_a_file_of_code_that_is_too_long_is_found(root: Path) -> None:
    (root / "wf40").mkdir()
    (root / "wf40" / "firms.py").write_text("x = 1\n" * 301, "utf-8")
    assert list(faults(root)) == ["wf40/firms.py: 301 lines; split it, 300 are the limit"]


def test_ordinary_paths_and_pictures_are_nobody_s_machine(root: Path) -> None:
    (root / "notes.md").write_text("/var/lib/wf40, ~/work/x, https://example.org/root/x, ./home/anna/x", "utf-8")
    (root / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    assert list(faults(root)) == []
