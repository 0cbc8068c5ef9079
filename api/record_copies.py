"""A signed record written out: PDF and HTML for people, CSV and JSON for programs."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from html import escape

from accounts.signatures import Signature
from api.paper import facts, heading, pdf, table, title, words
from research.copies import RecordCopy

SIGNATURES = ("Printed name", "Signed at (UTC)", "Meaning", "Revision", "Standing")


def to_pdf(copy: RecordCopy) -> bytes:
    """Return the copy as PDF, page x of y."""
    head, rows = _answers(copy)
    value_width = 0.6 / max(1, len(copy.revisions))
    parts = [
        title("Copy of a signed record"),
        facts(_facts(copy)),
        heading("Signatures"),
        table(SIGNATURES, _signatures(copy), widths=(0.28, 0.24, 0.18, 0.1, 0.2)),
        heading("Revisions"),
        table(
            ("Revision", "Standing", "Signed at (UTC)", "Reason", "Record digest"),
            _revisions(copy),
            widths=(0.1, 0.12, 0.2, 0.24, 0.34),
        ),
        heading("Answers, each revision beside the others"),
        table(head, rows, widths=(0.4, *([value_width] * len(copy.revisions)))),
        heading("Ledger"),
        words(f"The project's log held {copy.ledger_entries:,} entries when this copy was made."),
        words(f"Newest signed checkpoint:\n{copy.checkpoint or 'none yet'}"),
    ]
    checkpoint = " · ".join(copy.checkpoint.splitlines()) or "no checkpoint yet"
    return pdf(parts, name="Copy of a signed record", foot=f"Record {copy.read_id}\n{checkpoint}")


def to_html(copy: RecordCopy) -> bytes:
    """Return the copy as one page of HTML that needs nothing else."""
    head, rows = _answers(copy)
    body = "".join(
        (
            "<h1>Copy of a signed record</h1>",
            _html_table((), _facts(copy)),
            "<h2>Signatures</h2>",
            _html_table(SIGNATURES, _signatures(copy)),
            "<h2>Revisions</h2>",
            _html_table(
                ("Revision", "Standing", "Signed at (UTC)", "Reason", "Record digest"),
                _revisions(copy),
            ),
            "<h2>Answers, each revision beside the others</h2>",
            _html_table(head, rows),
            f"<h2>Ledger</h2><p>{copy.ledger_entries} entries</p>",
            f"<pre>{escape(copy.checkpoint or 'no checkpoint yet')}</pre>",
        )
    )
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Copy</title>{body}</html>"
    return page.encode()


def to_csv(copy: RecordCopy) -> bytes:
    """Return the copy as CSV: one line per item and revision, the signature beside each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ("read_id", "form", "group", "repeat", "item", "label", "revision", "standing", "value",
         "signed_by", "signed_at_utc", "meaning", "reason", "record_digest")
    )  # fmt: skip
    signed = {signature.revision: signature for signature in copy.signatures}
    for line in copy.answers:
        for revision, value in zip(copy.revisions, line.values, strict=True):
            by = signed.get(revision.number)
            writer.writerow(
                (
                    copy.read_id, copy.form, line.group, line.repeat, line.item, line.label,
                    revision.number, revision.status, value, by.printed_name if by else "",
                    utc(by.signed_at) if by else "", by.meaning if by else "", revision.reason,
                    revision.record_digest,
                )
            )  # fmt: skip
    return out.getvalue().encode()


def to_json(copy: RecordCopy) -> bytes:
    """Return the copy as JSON."""
    return json.dumps(asdict(copy), default=_plain, ensure_ascii=False, indent=1).encode()


FORMATS: dict[str, tuple[str, Callable[[RecordCopy], bytes]]] = {
    "pdf": ("application/pdf", to_pdf),
    "html": ("text/html; charset=utf-8", to_html),
    "csv": ("text/csv; charset=utf-8", to_csv),
    "json": ("application/json", to_json),
}


def utc(moment: datetime | None) -> str:
    """Write a moment with its zone."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _facts(copy: RecordCopy) -> list[tuple[str, str]]:
    return [
        ("Project", copy.project),
        ("Record", f"{copy.step}, {copy.label}{', ' + copy.visit if copy.visit else ''}"),
        ("Record id", copy.read_id),
        ("Form", copy.form),
        ("Form digest", copy.form_digest),
        ("Image set digest", copy.image_set_digest or "none"),
        ("Copied", utc(copy.copied_at)),
        ("Clock", copy.clock),
        ("Software build", copy.build),
    ]


def _signatures(copy: RecordCopy) -> list[tuple[str, ...]]:
    return [
        (one.printed_name, utc(one.signed_at), one.meaning, str(one.revision), _standing(one))
        for one in copy.signatures
    ]


def _standing(signature: Signature) -> str:
    return "in force" if signature.superseded_by is None else "superseded by a later revision"


def _revisions(copy: RecordCopy) -> list[tuple[str, ...]]:
    return [
        (str(one.number), one.status, utc(one.signed_at), one.reason or "none", one.record_digest)
        for one in copy.revisions
    ]


def _answers(copy: RecordCopy) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    head = ("Item", *(f"Revision {one.number}" for one in copy.revisions))
    rows = []
    for line in copy.answers:
        where = f" ({line.repeat})" if line.repeat else ""
        shown = [value or "no answer" for value in line.values]
        marked = [
            f"{value} (changed)" if index and shown[index - 1] != value else value
            for index, value in enumerate(shown)
        ]
        rows.append((f"{line.label}{where}", *marked))
    return head, rows


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table border=1><tr>{top}</tr>{lines}</table>" if head else f"<table>{lines}</table>"


def _plain(value: object) -> str:
    assert isinstance(value, datetime), f"{type(value).__name__} is not written to JSON"
    return utc(value)
