"""The pinned requirements belong to pyproject.toml and to each other."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


def pins(name: str) -> set[tuple[str, str, str]]:
    found = PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text("utf-8"))
    return {(canonicalize_name(package), version, marker) for package, version, marker in found}


def test_what_an_office_runs_is_what_is_tested() -> None:
    assert pins("runtime") | pins("build") <= pins("dev")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("runtime", PROJECT["project"]["dependencies"]),
        ("build", PROJECT["build-system"]["requires"]),
        (
            "dev",
            [*PROJECT["project"]["optional-dependencies"]["testing"], *PROJECT["dependency-groups"]["dev"]],
        ),
    ],
)
def test_every_dependency_is_pinned_to_a_version_it_allows(name: str, wanted: list[str]) -> None:
    pinned = pins(name)
    for requirement in map(Requirement, wanted):
        versions = [version for package, version, _ in pinned if package == canonicalize_name(requirement.name)]
        assert versions, f"{requirement.name} is not pinned: make lock"
        assert all(version in requirement.specifier for version in versions), requirement


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_every_pin_carries_the_hashes_of_its_files_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) == len(pins(name))
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
