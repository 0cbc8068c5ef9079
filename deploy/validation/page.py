"""The pack as one HTML page: gaps first, then the matrix, then the evidence behind it."""

from collections.abc import Iterable, Sequence
from html import escape

from deploy.validation.pack import Pack, Section

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{background:#f2f2f2}h2{margin-top:2.5rem}"
    ".statement{border-left:4px solid #555;padding:.2rem 1rem;background:#f7f7f7}"
    ".bad{border-left:4px solid #b00020;padding:.2rem 1rem;background:#fdecea}"
    "@media print{h2{break-before:page}tr{break-inside:avoid}}"
)


def page(pack: Pack) -> str:
    """Return the whole page."""
    parts = "".join(_section(number, each) for number, each in enumerate(pack.sections, start=1))
    contents = "".join(
        f'<li><a href="#s{number}">{escape(each.title)}</a>'
        for number, each in enumerate(pack.sections, start=1)
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{escape(pack.title)}</title><style>{STYLE}</style><h1>{escape(pack.title)}</h1>"
        f'<p class="statement">{escape(pack.statement)}</p>{_problems(pack.problems)}'
        f"<p>{escape(pack.summary)}</p><ol>{contents}</ol>{parts}</html>\n"
    )


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{escape(one)}" for one in problems)
    return f'<div class="bad"><p><b>This pack is not complete.</b><ul>{items}</ul></div>'


def _section(number: int, section: Section) -> str:
    words = "".join(f"<p>{escape(one)}</p>" for one in section.words)
    rows = "".join(f"<tr>{_cells(row, 'td')}" for row in section.rows)
    table = f"<table><tr>{_cells(section.columns, 'th')}{rows}</table>" if section.columns else ""
    return f'<h2 id="s{number}">{number}. {escape(section.title)}</h2>{words}{table}'


def _cells(values: Iterable[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(value).replace(chr(10), '<br>')}" for value in values)
