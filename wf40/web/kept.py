"""Keeps what somebody typed when their session ended meanwhile: it travels with the sign-in form and comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Request
from werkzeug.datastructures import MultiDict

from wf40.sdk.web import local_target

_DROPPED = frozenset({"csrf_token", "password", "old", "again"})
LARGEST = 1_500_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that could not be saved: where it goes, and its fields in order."""

    target: str
    fields: tuple[tuple[str, str], ...]

    def as_json(self) -> str:
        """Return the value of the hidden field."""
        return json.dumps([self.target, self.fields], ensure_ascii=False)


def kept_from(request: Request) -> Kept | None:
    """Keep the fields of a request that was refused for want of a session (files cannot be kept)."""
    fields = tuple((k, v) for k, v in request.form.items(multi=True) if k not in _DROPPED)
    return Kept(request.full_path.rstrip("?"), fields) if fields and request.method == "POST" else None


def kept_in(form: "MultiDict[str, str] | Mapping[str, str]") -> Kept | None:
    """Read what a sign-in form carried; anything malformed is as if nothing had been kept."""
    text = form.get("kept", "")
    if not text or len(text) > LARGEST:
        return None
    try:
        target, fields = json.loads(text)
        pairs = tuple((str(k), str(v)) for k, v in fields)
    except (ValueError, TypeError):
        return None
    safe = local_target(str(target), "")
    return Kept(safe, pairs) if safe and pairs else None
