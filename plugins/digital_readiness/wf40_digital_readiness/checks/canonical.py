"""The canonical form of a check: the same content gives the same hash, however the YAML was laid out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any


def canonical_json(data: Any) -> str:
    """Compact JSON with sorted keys; whole floats are written as integers, so `1` and `1.0` are the same."""
    return json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def content_hash(data: Any) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON in UTF-8."""
    return sha256(canonical_json(data).encode("utf-8")).hexdigest()


def _plain(data: Any) -> Any:
    if isinstance(data, float) and data.is_integer():
        return int(data)
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [_plain(value) for value in data]
    return data
