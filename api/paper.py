"""Paper: PDF pages that say what they are a copy of, their number, and that lose no letter.

The pages are made without the present time in them, so that the same record gives the same bytes.
"""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT, BOLD = "Vera", "VeraBd"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
GREY = colors.HexColor("#5b6470")
LINE = colors.HexColor("#c9ced6")


def title(words: str) -> Flowable:
    """Return a title."""
    return Paragraph(_text(words), _style(15, bold=True, after=6))


def heading(words: str) -> Flowable:
    """Return a heading."""
    return Paragraph(_text(words), _style(10.5, bold=True, before=10, after=4))


def words(text: str) -> Flowable:
    """Return a paragraph."""
    return Paragraph(_text(text), _style(8.5, after=4))


def facts(pairs: Sequence[tuple[str, str]]) -> Flowable:
    """Return names with their values, one a line."""
    return table(("", ""), pairs, widths=(0.3, 0.7), is_headed=False)


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    is_headed: bool = True,
) -> Flowable:
    """Return a table whose cells wrap; widths are shares of the page."""
    small, strong = _style(7.8), _style(7.8, bold=True)
    lines = [[Paragraph(_text(cell), strong) for cell in head]] if is_headed else []
    lines += [[Paragraph(_text(cell), small) for cell in row] for row in rows]
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if not lines:
        return Spacer(1, 1)
    return Table(
        lines,
        colWidths=[share * WIDTH for share in widths],
        style=TableStyle(style),
        repeatRows=1 if is_headed else 0,
        hAlign="LEFT",
    )


def pdf(parts: Sequence[Flowable], *, name: str, foot: str) -> bytes:
    """Return the pages as PDF; each says at its foot what it is a copy of, and its number."""
    _fonts()
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=24 * mm, title=name, author="Readout", invariant=1,
    )  # fmt: skip

    class Numbered(Canvas):
        """A canvas that knows how many pages there are before it writes their numbers."""

        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, **named)  # type: ignore[arg-type]
            self.pages: list[dict[str, object]] = []

        def showPage(self) -> None:
            self.pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, state in enumerate(self.pages, start=1):
                self.__dict__.update(state)
                _foot(self, foot, f"page {number} of {len(self.pages)}")
                super().showPage()
            super().save()

    document.build(list(parts), canvasmaker=Numbered)
    return out.getvalue()


def _foot(canvas: Canvas, foot: str, number: str) -> None:
    canvas.setFont(FONT, 6.5)
    canvas.setFillColor(GREY)
    lines = foot.splitlines()
    for index, line in enumerate(lines):
        canvas.drawString(MARGIN, 16 * mm - index * 3 * mm, _plain(line)[:150])
    canvas.drawRightString(A4[0] - MARGIN, 16 * mm, number)


def _style(
    size: float, *, bold: bool = False, before: float = 0, after: float = 0
) -> ParagraphStyle:
    _fonts()
    return ParagraphStyle(
        "text",
        fontName=BOLD if bold else FONT,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=True,
    )


def _text(value: str) -> str:
    """Return text for a paragraph: its marks are marks, its lines are lines."""
    return escape(_plain(value)).replace("\n", "<br/>")


def _plain(value: str) -> str:
    """Name the letters that the font does not have, rather than lose them."""
    known = _letters()
    return "".join(
        letter if ord(letter) in known or letter == "\n" else f"[U+{ord(letter):04X}]"
        for letter in value
    )


@cache
def _letters() -> frozenset[int]:
    _fonts()
    font = pdfmetrics.getFont(FONT)
    assert isinstance(font, TTFont), f"{FONT} is not a TrueType font"
    return frozenset(font.face.charToGlyph)


@cache
def _fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
