"""The nine figures of merit of a free-response study, for every reader in every modality."""

from collections.abc import Hashable, Sequence
from typing import TypeAlias

from stats.frames import Frame
from stats.froc_figures import FIGURES, froc_table
from stats.froc_marks import froc_study
from stats.mrmc_results import FigureRow

Names: TypeAlias = Sequence[Hashable] | None


def wafroc(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the area under the weighted alternative FROC curve of every reader and modality.

    Parameters
    ----------
    marks : Frame
        One row per mark: reader, modality, case, mark_type ('NL' hits no lesion, 'LL' hits one),
        lesion (1, 2, … within its case), rating. A case without a row has no mark.
    cases : Frame
        One row per case: case, diseased, n_lesions, weights ("0.5;0.5"; blank is equal weights).
    readers, modalities : sequence, optional
        All readers and modalities; without it those that made a mark.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. The value is the mean over pairs of a healthy and a diseased
        case of the weight of the lesions rated above the highest mark of the healthy case, ties
        half; what is not marked is rated −∞.

    Raises
    ------
    MissingColumnError, MissingValueError, DuplicateRowsError
        A column or value is missing, a case twice, or a lesion marked twice by one reader.
    UnknownLevelError
        A mark on a case, lesion, reader or modality that is not in the study.
    InvalidArgumentError
        A kind of mark that does not exist, an infinite rating, weights that do not sum to 1.
    OneClassError
        No diseased or no healthy case.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313. Chakraborty & Zhai 2016, Med Phys 43:2548.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in wafroc(MARKS, CASES)]
    [0.25, 0.75, 0.75, 0.5125]
    """
    return _rows("wafroc", marks, cases, readers, modalities)


def afroc(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the area under the alternative FROC curve.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. As `wafroc`, but every lesion counts
        the same, whatever case it is in.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Winter 1990, Radiology 174:873.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in afroc(MARKS, CASES)]
    [0.25, 0.6667, 0.6667, 0.5]
    """
    return _rows("afroc", marks, cases, readers, modalities)


def wafroc1(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the area under the weighted AFROC curve with the noise of all cases.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. As `wafroc`, but against the highest
        mark that hits no lesion of every case, the diseased ones too.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Zhai 2016, Med Phys 43:2548.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in wafroc1(MARKS, CASES)]
    [0.375, 0.75, 0.75, 0.5938]
    """
    return _rows("wafroc1", marks, cases, readers, modalities)


def afroc1(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the area under the AFROC curve with the noise of all cases.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. As `wafroc1`, but every lesion counts
        the same.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Zhai 2016, Med Phys 43:2548.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in afroc1(MARKS, CASES)]
    [0.375, 0.6667, 0.6667, 0.5833]
    """
    return _rows("afroc1", marks, cases, readers, modalities)


def hr_auc(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the ROC area of each case's highest rating.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. A case is rated by its highest mark, on
        a lesion or not; −∞ without a mark.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in hr_auc(MARKS, CASES)]
    [0.25, 0.75, 0.75, 0.625]
    """
    return _rows("hr_auc", marks, cases, readers, modalities)


def hr_sensitivity(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the share of diseased cases with any mark.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. A mark counts wherever it is.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in hr_sensitivity(MARKS, CASES)]
    [0.0, 0.5, 0.5, 0.5]
    """
    return _rows("hr_sensitivity", marks, cases, readers, modalities)


def hr_specificity(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the share of healthy cases without a mark.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. A mark of any rating counts.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in hr_specificity(MARKS, CASES)]
    [0.5, 1.0, 1.0, 0.5]
    """
    return _rows("hr_specificity", marks, cases, readers, modalities)


def max_llf(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the share of lesions that are marked.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. Lesions of all cases, whatever their
        ratings: the end of the FROC curve.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in max_llf(MARKS, CASES)]
    [0.0, 0.3333, 0.3333, 0.3333]
    """
    return _rows("max_llf", marks, cases, readers, modalities)


def max_nlf(
    marks: Frame, cases: Frame, *, readers: Names = None, modalities: Names = None
) -> tuple[FigureRow, ...]:
    """Return the number of marks per healthy case.

    Parameters
    ----------
    marks, cases, readers, modalities
        As in `wafroc`.

    Returns
    -------
    tuple of FigureRow
        Rows reader, modality, value. It may exceed 1.

    Raises
    ------
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES as CASES, EXAMPLE_MARKS as MARKS
    >>> [round(row.value, 4) for row in max_nlf(MARKS, CASES)]
    [0.5, 0.0, 0.0, 0.5]
    """
    return _rows("max_nlf", marks, cases, readers, modalities)


def _rows(
    figure: str, marks: Frame, cases: Frame, readers: Names, modalities: Names
) -> tuple[FigureRow, ...]:
    study = froc_study(marks, cases, readers=readers, modalities=modalities)
    values = froc_table(study, FIGURES[figure]).values
    return tuple(
        FigureRow(reader, modality, float(values[r, t]))
        for r, reader in enumerate(study.readers)
        for t, modality in enumerate(study.modalities)
    )
