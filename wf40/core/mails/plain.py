"""Text out of the HTML of a mail: no scripts, no styles, no pictures, no addresses to load."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "select"})
_LINES = frozenset({
    "p", "div", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "section",
    "article", "header", "footer", "address", "dl", "dt", "dd", "br", "form",
})  # fmt: skip
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table"})
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent: list[str] = []
        self.exact = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag == "body":
            self.silent.clear()
        elif tag in {"td", "th"}:
            self.pieces.append(" ")
        self._line(tag)
        if tag == "li" and not self.silent:
            self.pieces.append("- ")
        self.exact += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as above
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            del self.silent[self.silent.index(tag) :]
        if tag != "br":
            self._line(tag)
        self.exact -= tag == "pre" and self.exact > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data if self.exact else _BLANKS.sub(" ", data))

    def _line(self, tag: str) -> None:
        """Begin a new line, after an empty one where paragraphs stand apart; several ends in a row count as one."""
        if tag not in _LINES or self.silent:
            return
        if tag == "br":
            self.pieces.append("\n")
            return
        while self.pieces and not self.pieces[-1].strip(" ") and "\n" not in self.pieces[-1]:
            self.pieces.pop()
        wanted, present = "\n\n" if tag in _APART else "\n", 0
        for piece in reversed(self.pieces[-2:]):
            if piece.strip("\n"):
                break
            present += len(piece)
        self.pieces.append(wanted[present:])


def text_of(html: str) -> str:
    """Return what a reader sees of a page: text in lines, with bullets for lists."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r" {2,}", " ", line).strip() for line in "".join(parser.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
