"""The officers' handbook as a page. Its one source is docs/handbuch.md, which the wheel carries inside the package."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

import wf40

_CLASSES = {
    "p": "kern-body",
    "h2": "kern-heading-medium",
    "h3": "kern-heading-small",
    "ul": "kern-list kern-list--bullet",
    "ol": "kern-list kern-list--number",
    "a": "kern-link",
    "table": "wf-table",
}


@dataclass(frozen=True, slots=True)
class Handbook:
    """Its sections (anchor, heading) and its text."""

    sections: tuple[tuple[str, str], ...]
    text: Markup


def handbook_file() -> Path:
    """Return the source: inside the installed package, or beside it in a checkout."""
    package = Path(wf40.__file__).parent
    inside = package / "docs" / "handbuch.md"
    return inside if inside.is_file() else package.parent / "docs" / "handbuch.md"


@cache
def handbook() -> Handbook:
    """Read the handbook once per process."""
    return rendered(handbook_file().read_text("utf-8"))


def rendered(source: str) -> Handbook:
    """Turn Markdown into a page. HTML in it stays text; pictures are left out, because they are not shipped."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(source)
    sections = list[tuple[str, str]]()
    for token, inner in pairwise(tokens):
        _dress(token)
        if token.type == "heading_open" and token.tag == "h2":
            sections.append((f"abschnitt-{len(sections) + 1}", inner.content))
            token.attrSet("id", sections[-1][0])
    text = parser.renderer.render(_without_pictures(tokens), parser.options, {})
    return Handbook(tuple(sections), Markup(text))  # noqa: S704 - the renderer escapes, HTML is switched off


def _dress(token: Token) -> None:
    """Give elements the looks of the product's pages."""
    for part in (token, *(token.children or ())):
        if part.nesting == 1 and part.tag in _CLASSES:
            part.attrJoin("class", _CLASSES[part.tag])
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _without_pictures(tokens: list[Token]) -> list[Token]:
    """Leave out pictures, paragraphs that hold nothing else, and the title, which the page shows itself."""
    left, place = list[Token](), 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "inline":
            token.children = [part for part in token.children or () if part.type != "image"]
        if token.type in ("heading_open", "paragraph_open"):
            parts = tokens[place + 1].children or []
            if token.tag == "h1" or all(part.type in ("image", "softbreak") for part in parts):
                place += 3
                continue
        left.append(token)
        place += 1
    return left
