"""Scores of a reader study in the text format of iMRMC, and as integers for RJafroc.

After a head with the numbers of readers, cases and modalities each line is `reader,case,modality,
score`; a case's truth stands in a line of reader -1 and modality 0. Scores stand digit for digit.

Source: iMRMC user guide, "input file format" (public domain, FDA/CDRH).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lake.errors import ExportRefused

TRUTH_READER, TRUTH_MODALITY = "-1", "0"


@dataclass(frozen=True)
class Score:
    """One reader's score of one case under one modality, as it was entered."""

    reader: str
    case: str
    modality: str
    score: str


@dataclass(frozen=True)
class Imrmc:
    """A file's text, and what each integer stands for when names became numbers."""

    text: str
    readers: Mapping[str, str]
    cases: Mapping[str, str]
    modalities: Mapping[str, str]


def write_imrmc(
    scores: Iterable[Score], truth: Mapping[str, bool], *, title: str, integers: bool = False
) -> Imrmc:
    """Return the file of a study.

    Parameters
    ----------
    scores : iterable of Score
        At most one for each reader, case and modality; missing ones are simply absent.
    truth : mapping of case to bool
        Whether a case is diseased; a case may be without a score.
    title : str
        First line.
    integers : bool
        Number readers, cases and modalities from 1 in order of name: RJafroc takes no names.

    Raises
    ------
    ExportRefused
        A score twice or of a case without truth, or a name that would break a line.
    """
    rows = sorted(scores, key=lambda one: (one.reader, one.modality, one.case))
    _check(rows, truth, title)
    names = [sorted(set(part)) for part in (
        (one.reader for one in rows), truth, (one.modality for one in rows)
    )]  # fmt: skip
    readers, cases, modalities = (
        {name: str(number) if integers else name for number, name in enumerate(part, 1)}
        for part in names
    )
    diseased = sum(truth.values())
    lines = [
        title,
        f"NR: {len(readers)}",
        f"N0: {len(truth) - diseased}",
        f"N1: {diseased}",
        f"NM: {len(modalities)}",
        "BEGIN DATA:",
        *(f"{TRUTH_READER},{cases[case]},{TRUTH_MODALITY},{int(truth[case])}" for case in names[1]),
        *(
            f"{readers[one.reader]},{cases[one.case]},{modalities[one.modality]},{one.score}"
            for one in rows
        ),
    ]
    return Imrmc("\n".join(lines) + "\n", readers, cases, modalities)


def _check(rows: list[Score], truth: Mapping[str, bool], title: str) -> None:
    seen: set[tuple[str, str, str]] = set()
    for one in rows:
        key = (one.reader, one.case, one.modality)
        if key in seen:
            raise ExportRefused(
                f"reader {one.reader} has two scores of case {one.case} under {one.modality}"
            )
        seen.add(key)
    for one in rows:
        if one.case not in truth:
            raise ExportRefused(f"case {one.case} has a score and no truth: state it first")
        for name in (one.reader, one.case, one.modality, one.score):
            if not name or any(sign in name for sign in ",\r\n") or name != name.strip():
                raise ExportRefused(
                    f"{name!r} cannot stand in a line: no comma, break or edge space"
                )
        if one.reader == TRUTH_READER:
            raise ExportRefused("no reader may be called -1: that is the truth's place")
    if "\n" in title or "\r" in title or not title.strip():
        raise ExportRefused("the title is one line of text")
