"""Static files: content-hashed addresses, and the lock that pins what others wrote.

`asset_url("wf-crm.css")` gives `/static/<digest>/wf-crm.css`. A *unit* is one file of ours or one whole folder under
`vendor/`: every file of a unit shares its digest, so that the relative `url(...)` of a style sheet to its fonts keeps
working and is cached just as long.

`python -m wf40.web.assets verify` compares every vendored file with the locks (`vendored.toml`); `... lock` writes the
sums again after an update that was made on purpose.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from flask import Flask, Response, abort, has_request_context, request

from wf40.web.vendoring import main

STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".geojson"})


class UnknownAsset(LookupError):
    """A template asked for a static file that is not there."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One static file, where it lies and the digest of its unit (16 hexadecimal digits)."""

    name: str
    path: Path
    digest: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.path.suffix.lower(), "application/octet-stream")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path


def _unit(name: str) -> str:
    """The key under which a file is hashed: `vendor/<package>` together, everything else alone."""
    parts = PurePosixPath(name).parts
    return "/".join(parts[:2]) if parts[0] == "vendor" and len(parts) > 2 else name


class AssetStore:
    """All static files known at start. Reading them again is never needed: a changed file means a new start."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._by_name: dict[str, AssetFile] = {}
        self.add("", folder)

    def add(self, prefix: str, folder: Path) -> None:
        """Add the files below `folder` as `<prefix>/<path>` (plugins: prefix `p/<key>`)."""
        found = [(f"{prefix}/{name}".lstrip("/"), _unit(name), path) for name, path in _files(folder)]
        sums: dict[str, hashlib._Hash] = {}
        for name, unit, path in found:
            digest = sums.setdefault(unit, hashlib.sha256())
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        for name, unit, path in found:
            self._by_name[name] = AssetFile(name, path, sums[unit].hexdigest()[:16])

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def url(self, name: str) -> str:
        """The address of a file, from the root of the application. Raises UnknownAsset."""
        try:
            asset = self._by_name[name]
        except KeyError:
            raise UnknownAsset(f"no static file {name!r}") from None
        return f"/static/{asset.digest}/{name}"

    def find(self, digest: str, name: str) -> AssetFile | None:
        """The file behind an address, or None when the name or the digest is not (or no longer) right."""
        asset = self._by_name.get(name)
        return asset if asset is not None and asset.digest == digest else None


@lru_cache(maxsize=1)
def default_store() -> AssetStore:
    """The store of the product's own files, read once in a process."""
    return AssetStore()


def add_plugin_files(key: str, package: Path) -> None:
    """Take in what lies in a plugin's folder `static`: its `map.js` is `asset_url("p/<key>/map.js")`."""
    default_store().add(f"p/{key}", package / "static")


def asset_url(name: str) -> str:
    """Address of a static file, below the path under which the application is mounted."""
    root = request.script_root if has_request_context() else ""
    return root + default_store().url(name)


@lru_cache(maxsize=64)
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _answer(asset: AssetFile) -> Response:
    small = asset.path.suffix in COMPRESSED and bool(request.accept_encodings["gzip"])
    response = Response(_compressed(asset.path) if small else asset.path.read_bytes(), content_type=asset.media_type)
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["X-Content-Type-Options"] = "nosniff"
    if asset.path.suffix in COMPRESSED:
        response.headers["Vary"] = "Accept-Encoding"
    if small:
        response.headers["Content-Encoding"] = "gzip"
    return response


def register_assets(app: Flask) -> None:
    """Serve `/static/<digest>/<name>` (endpoint `assets`) and give templates `asset_url`.

    Create the application with `static_folder=None`, or Flask's own `/static/` route stands in the way.
    """
    store = default_store()

    def assets(digest: str, name: str) -> Response:
        asset = store.find(digest, name)
        if asset is None:
            abort(404)
        return _answer(asset)

    app.add_url_rule("/static/<digest>/<path:name>", endpoint="assets", view_func=assets, methods=["GET"])
    app.jinja_env.globals["asset_url"] = asset_url


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
