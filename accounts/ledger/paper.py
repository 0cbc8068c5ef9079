"""A log on paper: every entry with its number, and on each page the checkpoint it stands under."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from accounts.ledger.copies import Copy, Line
from accounts.ledger.entries import JsonValue

FONT, BOLD = "Vera", "VeraBd"
SIZE, LEADING, SMALL = 7.0, 9.0, 5.2
MARGIN = 15 * mm
WIDTH = A4[0] - 2 * MARGIN
FOOT = 24 * mm
MOST_LINES = 400


def as_pdf(copy: Copy, entries: Iterable[Line]) -> bytes:
    """Return a copy as PDF pages."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(_font(name))
    out = BytesIO()
    page = _Page(Canvas(out, pagesize=A4, invariant=1), copy)
    page.write(f"Ledger of {copy.title}", bold=True, size=13)
    for name, value in copy.about().items():
        page.write(f"{name}: {value}")
    for line in entries:
        page.keep(3)
        page.write("")
        page.write(_headline(line), bold=True)
        for text in _details(line):
            page.write(text, indent=4 * mm)
    page.close()
    return out.getvalue()


@cache
def _font(name: str) -> TTFont:
    return TTFont(name, Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf")


class _Page:
    """Writes lines down a page and begins the next one when it is full."""

    def __init__(self, canvas: Canvas, copy: Copy) -> None:
        self.canvas, self.copy, self.number = canvas, copy, 1
        self.y = A4[1] - MARGIN
        canvas.setTitle(f"Ledger of {copy.title}")

    def write(
        self, text: str, *, bold: bool = False, size: float = SIZE, indent: float = 0
    ) -> None:
        """Write a text, broken where the page ends."""
        font = BOLD if bold else FONT
        for piece in _broken(_visible(text), font, size, WIDTH - indent):
            self.keep(1)
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN + indent, self.y, piece)
            self.y -= LEADING * size / SIZE

    def keep(self, lines: int) -> None:
        """Begin a new page unless so many lines fit on this one."""
        if self.y - lines * LEADING < FOOT:
            self._foot()
            self.canvas.showPage()
            self.number += 1
            self.y = A4[1] - MARGIN

    def close(self) -> None:
        """End the last page."""
        self._foot()
        self.canvas.save()

    def _foot(self) -> None:
        self.canvas.setFont(FONT, SMALL)
        y = FOOT - 5 * mm
        words = f"page {self.number} · {self.copy.size} entries · checkpoint {self.copy.checkpoint}"
        for piece in _broken(_visible(words), FONT, SMALL, WIDTH):
            self.canvas.drawString(MARGIN, y, piece)
            y -= SMALL + 1


def _headline(line: Line) -> str:
    who = line["actor_name"] or f"{line['actor_kind']} {line['actor_id']}"
    return f"Entry {line['sequence']}  {line['time']}  {line['action']}  by {who}"


def _details(line: Line) -> Iterator[str]:
    revision = "" if line["object_revision"] is None else f" revision {line['object_revision']}"
    yield f"{line['object_kind']} {line['object_id']}{revision}"
    if line["reason_code"]:
        yield f"why: {line['reason_code']} {line['reason_text'] or ''}"
    before, after = _mapping(line["before"]), _mapping(line["after"])
    for name in dict.fromkeys([*before, *after]):
        old, new = _words(before.get(name)), _words(after.get(name))
        yield f"{name}: {old} → {new}" if name in before else f"{name}: {new}"
    yield (
        f"from {line['origin'] or '–'} · session {line['session'] or '–'} · request "
        f"{line['request_id'] or '–'} · build {line['build'] or '–'} · leaf {line['leaf_hash']}"
    )


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, Mapping) else {}


def _words(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _visible(text: str) -> str:
    """Write what the font has no sign for by its number: no letter is lost."""
    known = _font(FONT).face.charToGlyph
    return "".join(
        sign if ord(sign) in known and sign.isprintable() else f"\\u{ord(sign):04x}"
        for sign in text
    )


def _broken(text: str, font: str, size: float, width: float) -> Sequence[str]:
    """Break a text into pieces that fit, at blanks where there are any."""
    pieces: list[str] = []
    rest = text
    while len(pieces) < MOST_LINES and pdfmetrics.stringWidth(rest, font, size) > width:
        end = max(1, int(len(rest) * width / pdfmetrics.stringWidth(rest, font, size)))
        while end > 1 and pdfmetrics.stringWidth(rest[:end], font, size) > width:
            end -= 1
        blank = rest.rfind(" ", max(1, end - 40), end)
        end = blank if blank > 0 else end
        pieces.append(rest[:end])
        rest = rest[end:].lstrip(" ")
    return [*pieces, rest]
