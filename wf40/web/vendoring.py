"""The lock on files that others wrote: which package, which version, which licence, which bytes.

A lock is a `vendored.toml`. Each `[[package]]` names a folder (relative to the lock) whose files must be exactly those
listed under `[package.files]` with their SHA-256. A package with `development = true` lies outside the wheel and is only
checked in a source tree.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORE_LOCK = Path(__file__).with_name("vendored.toml")


@dataclass(frozen=True, slots=True)
class VendoredPackage:
    """One package of a lock; `files` maps the path inside `folder` to its SHA-256."""

    name: str
    version: str
    integrity: str
    licence: str
    licence_files: tuple[str, ...]
    folder: Path
    folder_as_written: str
    development: bool
    files: dict[str, str]


def read_lock(lock: Path) -> list[VendoredPackage]:
    """The packages of a lock. Raises tomllib.TOMLDecodeError or KeyError for a malformed one."""
    entries: list[dict[str, Any]] = tomllib.loads(lock.read_text("utf-8")).get("package", [])
    return [
        VendoredPackage(
            name=entry["name"],
            version=entry["version"],
            integrity=entry["integrity"],
            licence=entry["licence"],
            licence_files=tuple(entry["licence_files"]),
            folder=(lock.parent / entry["folder"]).resolve(),
            folder_as_written=entry["folder"],
            development=entry.get("development", False),
            files=dict(entry["files"]),
        )
        for entry in entries
    ]


def _sums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _package_faults(package: VendoredPackage) -> list[str]:
    label = f"{package.name} {package.version}"
    if package.development and not package.folder.is_dir():
        return []
    found = _sums(package.folder)
    faults = [f"{label}: {name} is missing" for name in package.files.keys() - found.keys()]
    faults += [f"{label}: {name} is not in the lock" for name in found.keys() - package.files.keys()]
    faults += [
        f"{label}: {name} was changed"
        for name in found.keys() & package.files.keys()
        if found[name] != package.files[name]
    ]
    faults += [
        f"{label}: licence text {name} is not in the lock"
        for name in package.licence_files
        if name not in package.files
    ]
    return sorted(faults)


def verify(lock: Path = CORE_LOCK) -> list[str]:
    """What is wrong with the vendored files of a lock, one sentence each; empty when all is well."""
    packages = read_lock(lock)
    faults = [fault for package in packages for fault in _package_faults(package)]
    vendor = lock.parent / "static" / "vendor"
    listed = {package.folder for package in packages}
    if vendor.is_dir():
        faults += [
            f"static/vendor/{path.name} belongs to no package of the lock"
            for path in sorted(vendor.iterdir())
            if path.resolve() not in listed
        ]
    return faults


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_lock(packages: list[VendoredPackage]) -> str:
    """The text of a lock with the sums of the files as they lie on disk now."""
    lines = ["# Files that others wrote, shipped unmodified. Checked by `python -m wf40.web.assets verify`."]
    for package in packages:
        lines += ["", "[[package]]"]
        for key in ("name", "version", "integrity", "licence"):
            lines.append(f"{key} = {_quote(getattr(package, key))}")
        lines.append(f"licence_files = [{', '.join(map(_quote, package.licence_files))}]")
        lines.append(f"folder = {_quote(package.folder_as_written)}")
        if package.development:
            lines.append("development = true")
        lines += ["", "[package.files]"]
        lines += [f"{_quote(name)} = {_quote(digest)}" for name, digest in _sums(package.folder).items()]
    return "\n".join(lines) + "\n"


def _locks_of_source_tree() -> list[Path]:
    """The core's lock and, in a source tree, those of the plugins beside it."""
    root = Path(__file__).parents[2]
    return [CORE_LOCK, *sorted(root.glob("plugins/*/wf40_*/vendored.toml"))]


def main(arguments: list[str]) -> int:
    """`verify` or `lock`, optionally followed by lock files; returns the exit status."""
    if not arguments or arguments[0] not in {"verify", "lock"}:
        print("usage: python -m wf40.web.assets verify|lock [LOCK ...]")
        return 2
    locks = [Path(name) for name in arguments[1:]] or _locks_of_source_tree()
    if arguments[0] == "lock":
        for lock in locks:
            lock.write_text(render_lock(read_lock(lock)), "utf-8")
        return 0
    faults = [f"{lock.name}: {fault}" for lock in locks for fault in verify(lock)]
    for fault in faults:
        print(fault)
    if not faults:
        count = sum(len(package.files) for lock in locks for package in read_lock(lock))
        print(f"{count} vendored files match their locks")
    return 1 if faults else 0
