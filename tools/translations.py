"""The English catalogues: `python -m tools.translations update | check`.

The German text in code and templates is the message id. Each distribution has its own catalogue, so that no plugin
changes a word of the core. `update` takes new texts in and drops those that are gone; `check` is silent when every
text has its English one with the same placeholders.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import PoFileError, read_po, write_po

LANGUAGE = "en"
METHODS = [("**/testing/**", "ignore"), ("**.py", "python"), ("**/templates/**", "jinja2")]
OPTIONS = {"**/templates/**": {"silent": "false"}}
_IN_CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None, "_n": (1, 2), "_p": _IN_CONTEXT, "_pl": _IN_CONTEXT, "lazy": None, "lazy_pgettext": _IN_CONTEXT, "msg": None,
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
HEADER = """\
# English texts of {domain}; the German text is the message id.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@dataclass(frozen=True, slots=True)
class Domain:
    """One distribution's texts: where they stand and where their translations are."""

    name: str
    package: Path

    @property
    def catalogue(self) -> Path:
        """The .po file."""
        return self.package / "translations" / LANGUAGE / "LC_MESSAGES" / f"{self.name}.po"


def domains(root: Path) -> Iterator[Domain]:
    """Yield the core and every plugin of the repository at `root`."""
    yield Domain("wf40", root / "wf40")
    for package in sorted(root.glob("plugins/*/wf40_*")):
        if package.is_dir():
            yield Domain(package.name.removeprefix("wf40_"), package)


def texts_of(domain: Domain) -> Catalog:
    """Collect the German texts of a distribution."""
    found = Catalog(locale=LANGUAGE, domain=domain.name)
    for file, _line, text, comments, context in extract_from_dir(
        domain.package, METHODS, OPTIONS, KEYWORDS, comment_tags=("Übersetzung:",)
    ):
        found.add(text, None, [(file, 0)], auto_comments=comments, context=context)
    return found


def translations_of(domain: Domain) -> Catalog:
    """Read the catalogue; empty when there is none yet."""
    if not domain.catalogue.is_file():
        return Catalog(locale=LANGUAGE, domain=domain.name)
    with domain.catalogue.open("rb") as source:
        return read_po(source, locale=LANGUAGE, domain=domain.name, abort_invalid=True)


def update(root: Path) -> list[str]:
    """Bring every catalogue in line with the code, and say for each how many texts wait for a translation."""
    report = []
    for domain in domains(root):
        texts = texts_of(domain)
        if not len(texts):
            continue
        catalogue = translations_of(domain)
        catalogue.update(texts, no_fuzzy_matching=True)
        content = BytesIO()
        write_po(
            content,
            catalogue,
            width=110,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )
        domain.catalogue.parent.mkdir(parents=True, exist_ok=True)
        domain.catalogue.write_bytes(HEADER.format(domain=domain.name).encode() + content.getvalue())
        waiting = sum(1 for message in catalogue if message.id and not _is_translated(message))
        report.append(f"{domain.name}: {len(catalogue)} texts, {waiting} without translation")
    return report


def check(root: Path) -> list[str]:
    """Name every text without a sound English translation, and every translation without a text."""
    return [f"{domain.name}: {fault}" for domain in domains(root) for fault in _faults(domain)]


def _faults(domain: Domain) -> Iterator[str]:
    texts = texts_of(domain)
    try:
        catalogue = translations_of(domain)
    except (PoFileError, ValueError) as error:
        yield f"cannot read the catalogue: {error}"
        return
    for text in texts:
        if not text.id:
            continue
        message = catalogue.get(_key(text), text.context)
        if message is None or _is_plural(message) != _is_plural(text):
            yield f"not in the catalogue (make translations): {text.id!r}"
        elif not _is_translated(message):
            yield f"not translated: {text.id!r}"
        elif message.fuzzy:
            yield f"marked as fuzzy: {text.id!r}"
        elif wrong := _wrong_placeholders(message):
            yield f"placeholders differ: {text.id!r}: {wrong}"
    gone = [message for message in catalogue if message.id and not texts.get(_key(message), message.context)]
    for message in [*gone, *catalogue.obsolete.values()]:
        yield f"no longer in the code (make translations): {message.id!r}"


def _key(message: Message) -> str:
    return str(message.id[0] if _is_plural(message) else message.id)


def _is_plural(message: Message) -> bool:
    return isinstance(message.id, list | tuple)


def _strings(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def _is_translated(message: Message) -> bool:
    return all(_strings(message))


def _wrong_placeholders(message: Message) -> str:
    if not isinstance(message.id, list | tuple):
        return _difference(str(message.id), _strings(message)[0])
    # Of a pair, the singular may do without the number: "ein Treffer", "%(num)s Treffer".
    singular, plural = message.id
    one, *_, many = _strings(message)
    excess = set(PLACEHOLDER.findall(one)) - set(PLACEHOLDER.findall(f"{singular} {plural}"))
    return ", ".join(sorted(excess)) or _difference(plural, many)


def _difference(german: str, english: str) -> str:
    wanted, given = sorted(PLACEHOLDER.findall(german)), sorted(PLACEHOLDER.findall(english))
    return "" if wanted == given else f"{wanted} became {given}"


def main(arguments: list[str]) -> int:
    """Run one of the two commands; returns the exit status."""
    root = Path(__file__).parents[1]
    match arguments:
        case ["update"]:
            print("\n".join(update(root)))
            return 0
        case ["check"]:
            faults = check(root)
            print("\n".join(faults) or "every text has its English translation")
            return int(bool(faults))
        case _:
            print("usage: python -m tools.translations update|check")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
