"""What is on the paper: the text of a printed copy, taken out of the PDF itself."""

import re
import zlib
from base64 import a85decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.ids import PersonId, SignatureId
from accounts.signatures import Signature
from api.record_copies import to_pdf
from research.copies import CLOCK, AnswerLine, RecordCopy, RevisionLine

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj")
FIRST = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
SECOND = datetime(2026, 3, 2, 9, 45, 10, tzinfo=UTC)
CHECKPOINT = "readout/project\n41\nq83vEjRWeJA=\n\n— signer Abc123="


def pages(pdf: bytes) -> list[str]:
    """Return the words of each page; ASCII letters are shown under their own codes."""
    found = []
    for match in STREAM.finditer(pdf):
        packed = match.group(1).strip()
        if not packed.endswith(b"~>"):
            continue
        content = zlib.decompress(a85decode(b"<~" + packed, adobe=True))
        shown = [re.sub(rb"\\([()\\])", rb"\1", text) for text in SHOWN.findall(content)]
        if shown:
            found.append(b" ".join(shown).decode("latin-1"))
    return found


def signature(revision: int, when: datetime, by: str | None) -> Signature:
    return Signature(
        id=SignatureId(f"s{revision}"),
        person_id=PersonId("p"),
        printed_name="Reader One",
        signed_at=when,
        meaning="authorship",
        record_digest=str(revision) * 64,
        ledger_sequence=revision,
        revision=revision,
        superseded_by=None if by is None else SignatureId(by),
    )


@pytest.fixture
def copy() -> RecordCopy:
    return RecordCopy(
        project="A-1: Study A-1",
        step="Read",
        label="014",
        visit="Baseline",
        read_id="6666",
        form="LESIONS 1",
        form_digest="f" * 64,
        image_set_digest="e" * 64,
        revisions=(
            RevisionLine(1, "superseded", FIRST, "", "1" * 64),
            RevisionLine(2, "in force", SECOND, "measurement: the wrong slice", "2" * 64),
        ),
        answers=(AnswerLine("T", "1", "DIAM", "Diameter", ("31", "36")),),
        signatures=(signature(1, FIRST, "s2"), signature(2, SECOND, None)),
        ledger_entries=41,
        checkpoint=CHECKPOINT,
        clock=CLOCK,
        copied_at=SECOND,
        build="1.0",
    )


@pytest.mark.req("R-MAN", "R-COPY")
def test_every_signature_is_on_the_paper_with_name_time_zone_and_meaning(copy: RecordCopy) -> None:
    text = " ".join(pages(to_pdf(copy)))

    assert text.count("Reader One") == 2
    assert text.count("authorship") == 2
    for when in ("2026-03-01 08:30:00 UTC", "2026-03-02 09:45:10 UTC"):
        assert when in text
    assert "36 (changed)" in text
    assert "the wrong slice" in text


@pytest.mark.req("R-COPY")
def test_every_page_says_which_it_is_and_bears_the_checkpoint(copy: RecordCopy) -> None:
    lines = tuple(AnswerLine("T", str(n), "D", f"Diameter {n}", ("1", "2")) for n in range(120))
    found = pages(to_pdf(replace(copy, answers=lines)))

    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert f"page {number} of {len(found)}" in page
        assert "readout/project" in page
        assert "q83vEjRWeJA=" in page
        assert "Record 6666" in page


@pytest.mark.req("R-MAN")
def test_a_name_that_the_font_cannot_write_is_not_lost(copy: RecordCopy) -> None:
    foreign = replace(copy.signatures[0], printed_name="王 <b>Wu</b>")

    text = " ".join(pages(to_pdf(replace(copy, signatures=(foreign,)))))

    assert "[U+738B]" in text
    assert "<b>Wu</b>" in text.replace(" ", "")
