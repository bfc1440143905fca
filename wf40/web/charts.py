"""Charts as server-side SVG: no script, readable by screen readers, the same drawing for screen and paper.

On screen the shapes carry classes and `currentColor`, so that `wf-components.css` colours them for light and dark. With a
`Palette` the colours are written into the drawing, for the PDF and other places that the style sheet does not reach.

Every function returns a `Chart`: the drawing as markup, and the same figures as rows for a table beside it
(`chart_with_table` in `components/figures.html` shows both).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from wf40.base.i18n import _

Band = Literal["green", "yellow", "red", "grey"]
Series = tuple[str, Sequence[float | None]]

# Bands of the Risikoampel in points: [0, 25) green, [25, 60) yellow, [60, 100] red.
AMPEL_BANDS: Final[tuple[tuple[float, float, Band], ...]] = (
    (0, 25, "green"),
    (25, 60, "yellow"),
    (60, 100, "red"),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours written into a drawing (any CSS colour). `series` is used in turn."""

    text: str = "#131525"
    grid: str = "#c0c3d5"
    paper: str = "#ffffff"
    series: tuple[str, ...] = ("#2044aa", "#925400", "#007155", "#51577a")
    bands: tuple[tuple[str, str], ...] = (
        ("green", "#cdf2e4"),
        ("yellow", "#ffe7b6"),
        ("red", "#fee4e0"),
        ("grey", "#dfe1ea"),
    )
    font: str = "Fira Sans"


PAPER: Final = Palette()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the same figures as text. `legend` names the series when there is more than one."""

    svg: Markup
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[str, ...] = ()


def number(value: float | None, digits: int = 0) -> str:
    """A figure as German readers write it: decimal comma, dash for nothing."""
    if value is None:
        return "–"
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−").replace(".", ",")  # + 0.0: no minus zero


@dataclass(frozen=True, slots=True)
class _Pen:
    """Turns roles (grid, series 1, band red ...) into attributes: classes on screen, colours on paper."""

    palette: Palette | None

    def text(self) -> Markup:
        if self.palette is None:
            return Markup("")
        return Markup(' fill="{}" font-family="{}"').format(self.palette.text, self.palette.font)

    def grid(self) -> Markup:
        if self.palette is None:
            return Markup(' class="wf-grid"')
        return Markup(' fill="none" stroke="{}"').format(self.palette.grid)

    def series(self, place: int, kind: Literal["area", "outline", "solid"]) -> Markup:
        if self.palette is None:
            return Markup(' class="wf-series-{}{}"').format(place % 4 + 1, "" if kind == "solid" else f" wf-{kind}")
        colour = self.palette.series[place % len(self.palette.series)]
        if kind == "solid":
            return Markup(' fill="{}"').format(colour)
        if kind == "area":
            return Markup(' fill="{0}" fill-opacity="0.16" stroke="{0}" stroke-width="2.5"').format(colour)
        return Markup(' fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="6 4"').format(colour)

    def band(self, band: Band) -> Markup:
        if self.palette is None:
            return Markup(' class="wf-band-{}"').format(band)
        return Markup(' fill="{}" stroke="{}"').format(dict(self.palette.bands)[band], self.palette.grid)

    def ink(self, role: Literal["interval", "point"]) -> Markup:
        if self.palette is None:
            return Markup(' class="wf-{}"').format(role)
        if role == "interval":
            return Markup(' stroke="{}"').format(self.palette.text)
        return Markup(' fill="{}" stroke="{}"').format(self.palette.text, self.palette.paper)


def _document(chart_id: str, title: str, desc: str, width: float, height: float, parts: list[Markup]) -> Markup:
    """The svg element; `chart_id` must be unique on the page, since title and desc get ids from it."""
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="wf-chart" viewBox="0 0 {w:g} {h:g}" role="img" '
        'aria-labelledby="{i}-title {i}-desc"><title id="{i}-title">{t}</title><desc id="{i}-desc">{d}</desc>'
    ).format(w=width, h=height, i=chart_id, t=title, d=desc)
    return head + Markup("").join(parts) + Markup("</svg>")


def _label(x: float, y: float, text: str, pen: _Pen, anchor: str = "middle", size: int = 14) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="{}"{}>{}</text>').format(
        x, y, size, anchor, pen.text(), text
    )


def _wrapped(x: float, y: float, text: str, pen: _Pen, anchor: str, limit: int) -> Markup:
    """A label on up to two lines, broken at a space when it is longer than `limit` characters."""
    if len(text) <= limit or " " not in text:
        return _label(x, y, text, pen, anchor)
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    cut = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return _label(x, y - 7, text[:cut], pen, anchor) + _label(x, y + 8, text[cut + 1 :], pen, anchor)


def radar(
    chart_id: str,
    title: str,
    dimensions: Sequence[str],
    series: Sequence[Series],
    *,
    desc: str = "",
    maximum: float = 100,
    palette: Palette | None = None,
) -> Chart:
    """A net of at least three dimensions, values 0..maximum; None leaves a dimension out of a series.

    Raises ValueError for fewer than three dimensions or a series of another length.
    """
    if len(dimensions) < 3 or any(len(values) != len(dimensions) for _name, values in series):
        raise ValueError("a radar needs three dimensions or more and one value for each of them")
    pen, width, height, radius = _Pen(palette), 380.0, 290.0, 102.0
    centre_x, centre_y = width / 2, height / 2

    def point(place: int, value: float) -> tuple[float, float]:
        angle, length = (
            2 * math.pi * place / len(dimensions),
            radius * max(0.0, min(value, maximum)) / maximum,
        )
        return centre_x + length * math.sin(angle), centre_y - length * math.cos(angle)

    def ring(values: Sequence[float | None]) -> str:
        corners = (point(place, value) for place, value in enumerate(values) if value is not None)
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)

    parts = [
        Markup('<polygon points="{}"{}/>').format(ring([share * maximum] * len(dimensions)), pen.grid())
        for share in (0.25, 0.5, 0.75, 1.0)
    ]
    for place, name in enumerate(dimensions):
        x, y = point(place, maximum)
        parts.append(
            Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"{}/>').format(
                centre_x, centre_y, x, y, pen.grid()
            )
        )
        far_x, far_y = centre_x + (x - centre_x) * 1.12, centre_y + (y - centre_y) * 1.14
        anchor = "middle" if abs(x - centre_x) < 8 else ("start" if x > centre_x else "end")
        parts.append(_wrapped(far_x, far_y + 4, name, pen, anchor, 14))
    for place, (_name, values) in enumerate(series):
        parts.append(
            Markup('<polygon points="{}"{}/>').format(ring(values), pen.series(place, "outline" if place else "area"))
        )
        for corner, value in enumerate(values):
            if value is not None:
                x, y = point(corner, value)
                parts.append(
                    Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5"{}/>').format(x, y, pen.series(place, "solid"))
                )
    names = tuple(name for name, _values in series)
    rows = tuple((name, *(number(values[place]) for _name, values in series)) for place, name in enumerate(dimensions))
    spoken = desc or "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in rows)
    svg = _document(chart_id, title, spoken, width, height, parts)
    return Chart(svg, (_("Bereich"), *names), rows, names if len(names) > 1 else ())


def bars(
    chart_id: str,
    title: str,
    values: Sequence[tuple[str, float | None]],
    *,
    maximum: float | None = None,
    unit: str = "",
    digits: int = 0,
    palette: Palette | None = None,
) -> Chart:
    """Horizontal bars from zero, one a row, in the order given; None is written as a dash without a bar."""
    pen, label_width, bar_width, row_height = _Pen(palette), 130.0, 180.0, 30.0
    known = [value for _name, value in values if value is not None]
    top = maximum if maximum is not None else max([0.0, *known])
    parts: list[Markup] = []
    for place, (name, value) in enumerate(values):
        middle = place * row_height + row_height / 2
        parts.append(_wrapped(label_width - 8, middle + 4.5, name, pen, "end", 20))
        length = bar_width * max(0.0, min(value or 0.0, top)) / top if top else 0.0
        parts.append(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="16"{}/>').format(
                label_width, middle - 8, length, pen.series(0, "solid")
            )
        )
        parts.append(_label(label_width + length + 6, middle + 4.5, _with_unit(value, unit, digits), pen, "start"))
    height = max(row_height, len(values) * row_height)
    parts.append(Markup('<line x1="{0:g}" y1="0" x2="{0:g}" y2="{1:g}"{2}/>').format(label_width, height, pen.grid()))
    rows = tuple((name, _with_unit(value, unit, digits)) for name, value in values)
    spoken = "; ".join(f"{name}: {value}" for name, value in rows)
    svg = _document(chart_id, title, spoken, label_width + bar_width + 70, height, parts)
    return Chart(svg, (_("Bezeichnung"), unit or _("Wert")), rows)


def _with_unit(value: float | None, unit: str, digits: int) -> str:
    return number(value, digits) + (f" {unit}" if unit and value is not None else "")


def score_band(
    chart_id: str,
    title: str,
    value: float | None,
    interval: tuple[float, float] | None = None,
    *,
    desc: str = "",
    bands: Sequence[tuple[float, float, Band]] = AMPEL_BANDS,
    palette: Palette | None = None,
) -> Chart:
    """A scale 0..100 with its bands, the point value and the interval (low, high), all in points."""
    pen, left, width, top = _Pen(palette), 10.0, 360.0, 6.0

    def at(points: float) -> float:
        return left + width * max(0.0, min(points, 100.0)) / 100

    parts: list[Markup] = []
    for start, end, band in bands:
        parts.append(
            Markup('<rect x="{:.1f}" y="{:g}" width="{:.1f}" height="20"{}/>').format(
                at(start), top, at(end) - at(start), pen.band(band)
            )
        )
    ticks = sorted({edge for start, end, _band in bands for edge in (start, end)})
    parts.extend(_label(at(tick), top + 36, number(tick), pen) for tick in ticks)
    if interval is not None:
        line = Markup('<line x1="{:.1f}" y1="{:g}" x2="{:.1f}" y2="{:g}" stroke-width="{:g}"{}/>')
        low, high = at(interval[0]), at(interval[1])
        parts.append(line.format(low, top + 10, high, top + 10, 3, pen.ink("interval")))
        parts.extend(line.format(end, top + 4, end, top + 16, 2, pen.ink("interval")) for end in (low, high))
    if value is not None:
        parts.append(
            Markup('<circle cx="{:.1f}" cy="{:g}" r="7" stroke-width="2"{}/>').format(
                at(value), top + 10, pen.ink("point")
            )
        )
    span = "–" if interval is None else _("%(low)s bis %(high)s", low=number(interval[0]), high=number(interval[1]))
    rows = ((title, number(value), span),)
    spoken = desc or _("Wert %(value)s, Spanne %(span)s, Skala 0 bis 100", value=number(value), span=span)
    svg = _document(chart_id, title, spoken, width + 2 * left, top + 42, parts)
    return Chart(svg, (_("Bezeichnung"), _("Wert"), _("Spanne")), rows)
