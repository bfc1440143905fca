"""What one test's application can leave to the next: compiled templates, addresses and statements, a third of a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from werkzeug.routing import Rule


class _Compiled(BytecodeCache):
    """Compiled templates in memory, by name and content."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._known.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


COMPILED = _Compiled()
_builders: dict[Any, Callable[..., tuple[str, str]]] = {}
_statements: dict[str, tuple[Dialect, Any]] = {}


def statements_kept(engine: Engine) -> None:
    """Let engines of one kind of database share the SQL that has been compiled for them."""
    dialect, compiled = _statements.setdefault(engine.dialect.name, (engine.dialect, engine._compiled_cache))  # noqa: SLF001 - there is no public one
    engine.dialect, engine._compiled_cache = dialect, compiled  # noqa: SLF001 - as above


@contextmanager
def address_builders_kept() -> Iterator[None]:
    """Let rules of the same parts share the function that Werkzeug writes for them; it knows the rule by argument."""
    compile_builder = Rule._compile_builder  # noqa: SLF001 - there is no public one

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - Werkzeug's
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)  # noqa: SLF001 - as above
        if key not in _builders:
            _builders[key] = compile_builder(rule, append_unknown)
        return _builders[key]

    setattr(Rule, "_compile_builder", kept)  # noqa: B010 - a method of the library
    try:
        yield
    finally:
        setattr(Rule, "_compile_builder", compile_builder)  # noqa: B010 - as above
