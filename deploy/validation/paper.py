"""The pack on paper: the same sections as the page, as a PDF with page numbers."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from deploy.validation.pack import Pack, Section

MARGIN = 15 * mm
STYLES = getSampleStyleSheet()
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=7, leading=8.5, wordWrap="CJK")
HEAD = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold")
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)
# The standard fonts of PDF know Latin-1 alone.
PLAIN = str.maketrans({"→": "->", "≤": "<=", "≥": ">=", "×": "x", "–": "-", "…": "...", "’": "'"})
MOST_CELL = 2500


def write(pack: Pack, file: Path, *, compressed: bool = True) -> None:
    """Write the pack; uncompressed, its words can be found by whoever looks into the file."""
    document = SimpleDocTemplate(
        str(file), pagesize=landscape(A4), title=_plain(pack.title), author="Readout",
        pageCompression=int(compressed),
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    story: list[Flowable] = [
        Paragraph(_text(pack.title), STYLES["Title"]),
        Paragraph(_text(pack.statement), STYLES["Italic"]),
        Spacer(1, 4 * mm),
    ]
    if pack.problems:
        story.append(Paragraph("This pack is not complete.", STYLES["Heading3"]))
        story += [Paragraph(_text(one), STYLES["Normal"]) for one in pack.problems]
    story.append(Paragraph(_text(pack.summary), STYLES["Normal"]))
    for number, section in enumerate(pack.sections, start=1):
        story += _section(number, section, document.width)

    def foot(canvas: Canvas, _: object) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(MARGIN, 8 * mm, _plain(f"{pack.build}   {pack.statement}"))
        canvas.drawRightString(landscape(A4)[0] - MARGIN, 8 * mm, f"{canvas.getPageNumber()}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)


def _section(number: int, section: Section, width: float) -> list[Flowable]:
    story: list[Flowable] = [
        PageBreak(),
        Paragraph(_text(f"{number}. {section.title}"), STYLES["Heading2"]),
    ]
    story += [Paragraph(_text(one), STYLES["Normal"]) for one in section.words]
    if section.columns:
        story += [Spacer(1, 2 * mm), _table(section, width)]
    return story


def _table(section: Section, width: float) -> LongTable:
    total = sum(section.widths)
    return LongTable(
        [_row(section.columns, HEAD), *(_row(row, CELL) for row in section.rows)],
        colWidths=[width * one / total for one in section.widths],
        repeatRows=1,
        style=GRID,
        splitInRow=1,
    )


def _row(values: Sequence[str], style: ParagraphStyle) -> list[Paragraph]:
    return [Paragraph(_text(value[:MOST_CELL]), style) for value in values]


def _text(text: str) -> str:
    return escape(_plain(text)).replace("\n", "<br/>")


def _plain(text: str) -> str:
    return text.translate(PLAIN).encode("cp1252", "replace").decode("cp1252")
