"""What one test's application can leave to the next: compiled templates, addresses and statements, a third of a run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from argon2 import PasswordHasher
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from werkzeug.routing import Rule

from wf40.core.accounts import passwords


class _Compiled(BytecodeCache):
    """Compiled templates in memory, by name and content; code is never changed, so all applications run the same."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key + bucket.checksum] = bucket.code


COMPILED = _Compiled()
_rules: dict[Any, dict[str, Any]] = {}
_READ, _WRITTEN = ("arguments", "_parts", "_trace", "_converters"), ("_build", "_build_unknown")
_statements: dict[str, tuple[Dialect, Any]] = {}


def statements_kept(engine: Engine) -> None:
    """Let engines of one kind of database share the SQL that has been compiled for them."""
    dialect, compiled = _statements.setdefault(engine.dialect.name, (engine.dialect, engine._compiled_cache))  # noqa: SLF001 - there is no public one
    engine.dialect, engine._compiled_cache = dialect, compiled  # noqa: SLF001 - as above


def garbage_seldom_sought() -> None:
    """Let the collector of cycles run seldom, and never through what stays: it took a fifth of a run.

    Nothing is kept for good; pytest has everything collected at its end, and reports what was left open.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def passwords_cheaply_hashed() -> None:
    """Hash passwords with argon2id as the product does, but for one round in little memory: nobody is kept out here."""
    setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))  # noqa: B010 - private


@contextmanager
def addresses_kept() -> Iterator[None]:
    """Let rules of the same address share what Werkzeug reads out of it and writes for it."""
    compile_rule = Rule.compile

    def kept(rule: Rule) -> None:
        addresses = rule.map
        if rule.defaults or rule.subdomain or addresses.host_matching:
            compile_rule(rule)
            return
        key = (rule.rule, rule.merge_slashes, rule.strict_slashes, rule.websocket, *addresses.converters.items())
        if key not in _rules:
            compile_rule(rule)
            _rules[key] = {name: getattr(rule, name) for name in (*_READ, *_WRITTEN)}
        for name, value in _rules[key].items():
            setattr(rule, name, value.__func__.__get__(rule, None) if name in _WRITTEN else copy(value))

    setattr(Rule, "compile", kept)  # noqa: B010 - a method of the library
    try:
        yield
    finally:
        setattr(Rule, "compile", compile_rule)  # noqa: B010 - as above
