"""The layouts of other programs: iMRMC's rows with truth among them, RJafroc's three sheets."""

from collections.abc import Hashable, Sequence

import numpy as np
import polars as pl

from stats.errors import DuplicateRowsError, MissingValueError, UnknownLevelError
from stats.frames import Frame, Levels, levels, numbers, same_length, truth_vector
from stats.froc_marks import froc_study
from stats.readings import readings

IMRMC = {"reader": "readerID", "case": "caseID", "modality": "modalityID", "score": "score"}
TRUTH_READERS = ("truth", "-1", -1)


def from_imrmc(frame: Frame) -> pl.DataFrame:
    """Return a study of iMRMC's layout with the truth joined to every read.

    Parameters
    ----------
    frame : Frame
        Columns readerID, caseID, modalityID, score; rows whose readerID is 'truth' (or −1) give
        the truth of a case, 0 or 1, as score.

    Returns
    -------
    polars.DataFrame
        Columns reader, modality, case, truth, score, one row per read in the order of `frame`. An
        order of categories is kept as an Enum.

    Raises
    ------
    MissingColumnError, MissingValueError
        A column, a value or all rows of truth are missing.
    DuplicateRowsError
        Two rows of truth for one case.
    UnknownLevelError
        A read of a case without a row of truth.
    InvalidArgumentError
        A truth other than 0 and 1.

    References
    ----------
    The layout is that of the R package iMRMC 2.1.2.

    Examples
    --------
    >>> rows = {"readerID": ["truth", "truth", "Ana", "Ana"], "caseID": ["a", "b", "a", "b"],
    ...         "modalityID": ["truth", "truth", "CT", "CT"], "score": [0, 1, 12, 55]}
    >>> from_imrmc(rows).rows()
    [('Ana', 'CT', 'a', 0, 12.0), ('Ana', 'CT', 'b', 1, 55.0)]
    """
    keys = {name: levels(frame, IMRMC[name]) for name in ("reader", "modality", "case")}
    score = numbers(frame, IMRMC["score"])
    same_length(score=score, **{name: key.codes for name, key in keys.items()})
    of_truth = np.isin(keys["reader"].codes, _positions(keys["reader"], TRUTH_READERS))
    if not of_truth.any():
        raise MissingValueError("no row has readerID 'truth': the truth of the cases is missing")
    case = keys["case"]
    if len(np.unique(case.codes[of_truth])) < of_truth.sum():
        raise DuplicateRowsError("a case has two rows of truth: keep one")
    truth = np.full(len(case.labels), -1)
    truth[case.codes[of_truth]] = truth_vector(score[of_truth], name="truth")
    found = truth[case.codes]
    if (found < 0).any():
        first = case.labels[case.codes[int(np.argmax(found < 0))]]
        raise UnknownLevelError(f"case {first} is read but has no row of truth")
    reads = ~of_truth
    return pl.DataFrame(
        {
            **{name: _column(key, reads) for name, key in keys.items()},
            "truth": found[reads],
            "score": score[reads],
        }
    )


def to_imrmc(
    frame: Frame, *, reader: str, modality: str, case: str, truth: str, score: str
) -> pl.DataFrame:
    """Return a study in iMRMC's layout, ready for `iMRMC::doIMRMC`.

    Parameters
    ----------
    frame : Frame
        One row per read.
    reader, modality, case, truth, score : str
        Columns.

    Returns
    -------
    polars.DataFrame
        Columns readerID, caseID, modalityID, score: first the truth of every case, then the reads.
        Ids become text.

    Raises
    ------
    StatisticsError
        As in `stats.mrmc.u_statistics`.

    Examples
    --------
    >>> reads = {"r": [1, 1], "m": ["CT", "CT"], "c": [7, 8], "y": [0, 1], "x": [2, 3]}
    >>> to_imrmc(reads, reader="r", modality="m", case="c", truth="y", score="x").rows()[1:3]
    [('truth', '8', 'truth', 1.0), ('1', '7', 'CT', 2.0)]
    """
    found = readings(
        frame, reader=reader, modality=modality, case=case, truth=truth, score=score, one_class=True
    )
    rows: list[tuple[str, str, str, float]] = [
        ("truth", str(label), "truth", float(sick))
        for label, sick in zip(found.cases, found.truth, strict=True)
    ]
    for r, t, c in np.argwhere(found.read).tolist():
        names = (str(found.readers[r]), str(found.cases[c]), str(found.modalities[t]))
        rows.append((*names, float(found.scores[r, t, c])))
    return pl.DataFrame(rows, schema=list(IMRMC.values()), orient="row")


def to_rjafroc(
    marks: Frame,
    cases: Frame,
    *,
    readers: Sequence[Hashable] | None = None,
    modalities: Sequence[Hashable] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return a free-response study as the three sheets of RJafroc's workbook.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `stats.froc.wafroc`.

    Returns
    -------
    dict of polars.DataFrame
        'Truth' (CaseID, LesionID, Weight, ReaderID, ModalityID, Paradigm), 'TP' (ReaderID,
        ModalityID, CaseID, LesionID, TP_Rating) and 'FP' (ReaderID, ModalityID, CaseID, FP_Rating),
        each a worksheet of that name. A healthy case has lesion 0 of weight 0. Ids become text.

    Raises
    ------
    StatisticsError
        As in `stats.froc.wafroc`.

    References
    ----------
    The layout is that of the R package RJafroc 2.1.3, `DfReadDataFile`.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES, EXAMPLE_MARKS
    >>> sheets = to_rjafroc(EXAMPLE_MARKS, EXAMPLE_CASES)
    >>> sheets["Truth"].select("CaseID", "LesionID", "Weight").rows()[-1]
    ('4', 2, 0.7)
    >>> sheets["FP"].rows()[0]
    ('Ana', 'CT', '1', 1.0)
    """
    study = froc_study(marks, cases, readers=readers, modalities=modalities)
    lesions = study.lesions
    names = [str(label) for label in lesions.cases]
    truth: list[tuple[str, int, float]] = [
        (name, 0, 0.0) for name, sick in zip(names, lesions.diseased, strict=True) if not sick
    ]
    number = (np.arange(len(lesions.case_of)) - lesions.first[lesions.case_of] + 1).tolist()
    case_of = [names[case] for case in lesions.case_of]
    truth += zip(case_of, number, lesions.weight.tolist(), strict=True)
    places = [(str(r), str(t)) for r in study.readers for t in study.modalities]
    hits: list[tuple[str, str, str, int, float]] = [
        (*places[place], case_of[at], number[at], rating)
        for place, row in enumerate(study.lesion_rating.reshape(len(places), -1))
        for at, rating in enumerate(row.tolist())
        if np.isfinite(rating)
    ]
    noise = [
        (*places[place], names[case], rating)
        for place, case, rating in zip(*(part.tolist() for part in study.noise_marks), strict=True)
    ]
    sheet = pl.DataFrame(truth, schema=["CaseID", "LesionID", "Weight"], orient="row")
    paradigm = [*("FROC", "FCTRL"), *([""] * len(truth))][: len(truth)]
    keys = dict.fromkeys(("ReaderID", "ModalityID", "CaseID"), pl.String)
    hit_schema = {**keys, "LesionID": pl.Int64, "TP_Rating": pl.Float64}
    return {
        "Truth": sheet.with_columns(
            pl.lit(", ".join(str(r) for r in study.readers)).alias("ReaderID"),
            pl.lit(", ".join(str(t) for t in study.modalities)).alias("ModalityID"),
            pl.Series("Paradigm", paradigm),
        ),
        "TP": pl.DataFrame(hits, schema=hit_schema, orient="row"),
        "FP": pl.DataFrame(noise, schema={**keys, "FP_Rating": pl.Float64}, orient="row"),
    }


def _positions(key: Levels, names: tuple[Hashable, ...]) -> list[int]:
    return [at for at, label in enumerate(key.labels) if label in names]


def _column(key: Levels, kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> pl.Series:
    """Return the kept rows of a column; text in an order of its own stays in that order."""
    codes = key.codes[kept]
    values = [key.labels[code] for code in codes.tolist()]
    present = [key.labels[code] for code in np.unique(codes)]
    texts = [str(label) for label in present]
    if texts == present and texts != sorted(texts):
        return pl.Series(values, dtype=pl.Enum(texts))
    return pl.Series(values)
