"""A reader study as one array: readers × modalities × cases, NaN where nobody read."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from stats.errors import DesignError, InvalidArgumentError, OneClassError
from stats.frames import (
    Booleans,
    Floats,
    Frame,
    Levels,
    levels,
    numbers,
    refuse_duplicates,
    truth_vector,
    two_classes,
)
from stats.results import data_hash

DESIGNS = ("auto", "crossed", "cases_in_readers", "cases_in_modalities", "split_plot")


@dataclass(frozen=True)
class Readings:
    """The reads of a study.

    Parameters
    ----------
    readers, modalities, cases : tuple
        Labels, in order.
    truth : ndarray of bool, shape (cases,)
    scores : ndarray, shape (readers, modalities, cases)
        NaN where the reader did not read the case in the modality.
    hashed : str
        Hash of the columns as they came.
    warnings, exclusions : tuple of str
    """

    readers: tuple[Hashable, ...]
    modalities: tuple[Hashable, ...]
    cases: tuple[Hashable, ...]
    truth: Booleans
    scores: Floats
    hashed: str
    warnings: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()

    @property
    def read(self) -> Booleans:
        """Where there is a read, shape (readers, modalities, cases)."""
        return ~np.isnan(self.scores)


def readings(
    data: Frame,
    *,
    reader: str,
    modality: str | None,
    case: str,
    truth: str,
    score: str,
    one_class: bool = False,
) -> Readings:
    """Return a long frame as readings.

    Parameters
    ----------
    data : Frame
        One row per read.
    reader, modality, case, truth, score : str
        Columns. Without a modality there is one, called "all".
    one_class : bool
        Whether data of one truth class is meant. Otherwise readers who saw one class only, in any
        modality they read, are left out with a warning.

    Returns
    -------
    Readings

    Raises
    ------
    MissingColumnError, MissingValueError, DuplicateRowsError
        If a column or a value is missing, or a read occurs twice.
    InvalidArgumentError
        If a case is diseased in one row and healthy in another.
    OneClassError
        If there are no reads, a class is absent, or no reader saw both.

    Examples
    --------
    >>> study = {"r": [1, 1, 1, 1], "m": [1, 1, 1, 1], "c": [1, 2, 3, 4]}
    >>> study |= {"y": [0, 0, 1, 1], "x": [1, 2, 2, 3]}
    >>> readings(study, reader="r", modality="m", case="c", truth="y", score="x").scores.shape
    (1, 1, 4)
    """
    values = numbers(data, score)
    if not values.size:
        raise OneClassError("the data holds no reads")
    keys = {name: levels(data, name) for name in (reader, modality, case) if name is not None}
    refuse_duplicates(keys)
    who, which = keys[reader].codes, keys[case].codes
    how = keys[modality] if modality else Levels(("all",), np.zeros(values.size, dtype=np.int64))
    diseased = truth_vector(numbers(data, truth), name=truth)
    shape = (len(keys[reader].labels), len(how.labels), len(keys[case].labels))
    scores = np.full(shape, np.nan)
    scores[who, how.codes, which] = values
    names = [part for key in keys.values() for part in (list(map(str, key.labels)), key.codes)]
    found = Readings(
        readers=keys[reader].labels,
        modalities=how.labels,
        cases=keys[case].labels,
        truth=_truth_of_cases(diseased, keys[case]),
        scores=scores,
        hashed=data_hash(*names, diseased, values),
        warnings=tuple(
            f"{word} {label} has no reads and is left out"
            for word, key in (("reader", keys[reader]), ("modality", how))
            for label in key.absent
        ),
    )
    return found if one_class else without_one_class_readers(found)


def without_one_class_readers(found: Readings) -> Readings:
    """Leave out, with a warning, each reader who read one class only in some modality.

    Raises
    ------
    OneClassError
        If a class is absent or nobody is left.

    Examples
    --------
    >>> truth, scores = np.array([False, True]), np.array([[[1.0, 2.0]], [[1.0, np.nan]]])
    >>> study = Readings((1, 2), ("m",), (1, 2), truth, scores, "")
    >>> without_one_class_readers(study).readers
    (1,)
    """
    alone = np.asarray(_one_class(found).any(axis=1))
    if alone.all():
        raise OneClassError("no reader has read both diseased and healthy cases")
    said = tuple(
        f"reader {label} has read cases of one class only and is left out"
        for label, out in zip(found.readers, alone, strict=True)
        if out
    )
    return replace(
        found,
        readers=tuple(x for x, out in zip(found.readers, alone, strict=True) if not out),
        scores=found.scores[~alone],
        warnings=(*found.warnings, *said),
        exclusions=(*found.exclusions, *said),
    )


def without_one_class_curves(found: Readings) -> Readings:
    """Leave out, with a warning, the reads of a reader in a modality where they are of one class.

    Raises
    ------
    OneClassError
        If a class is absent, or a modality is left without a reader of both.

    Examples
    --------
    >>> truth, scores = np.array([False, True]), np.array([[[1.0, 2.0]], [[1.0, np.nan]]])
    >>> study = Readings((1, 2), ("m",), (1, 2), truth, scores, "")
    >>> without_one_class_curves(study).warnings
    ('reader 2 has read cases of one class only in modality m, which are left out',)
    """
    alone = _one_class(found)
    empty = np.asarray((alone | ~found.read.any(axis=2)).all(axis=0))
    if empty.any():
        first = found.modalities[int(np.argmax(empty))]
        raise OneClassError(f"nobody has read both diseased and healthy cases in modality {first}")
    said = tuple(
        f"reader {found.readers[r]} has read cases of one class only in modality "
        f"{found.modalities[t]}, which are left out"
        for r, t in np.argwhere(alone)
    )
    return replace(
        found,
        scores=np.where(alone[..., None], np.nan, found.scores),
        warnings=(*found.warnings, *said),
        exclusions=(*found.exclusions, *said),
    )


def design_of(found: Readings) -> str:
    """Return the design that the reads show, one of `DESIGNS` but 'auto'.

    Examples
    --------
    >>> truth, scores = np.array([False, True]), np.array([[[1.0, 2.0]], [[1.0, 2.0]]])
    >>> design_of(Readings((1, 2), ("m",), (1, 2), truth, scores, ""))
    'crossed'
    """
    read = found.read
    per_reader, per_modality = (np.asarray(read.any(axis=axis)) for axis in (1, 0))
    if read.all():
        return "crossed"
    if (per_reader.sum(axis=0) == 1).all() and _whole(read, per_reader[:, None, :]):
        return "cases_in_readers"
    if (per_modality.sum(axis=0) == 1).all() and _whole(read, per_modality[None, :, :]):
        return "cases_in_modalities"
    return "split_plot"


def check_design(found: Readings, design: str) -> str:
    """Return the design of the reads; refuse one that was asked for and is not there.

    Raises
    ------
    DesignError
        If the reads are of another design, or some reader did not read in some modality.

    Examples
    --------
    >>> truth, scores = np.array([False, True]), np.array([[[1.0, 2.0]], [[1.0, 2.0]]])
    >>> check_design(Readings((1, 2), ("m",), (1, 2), truth, scores, ""), "auto")
    'crossed'
    """
    shown = design_of(found)
    if design not in ("auto", shown) and not (design == "split_plot" and shown != "crossed"):
        raise DesignError(f"the reads are {shown}, not {design}: ask for 'auto' or mend the data")
    absent = np.argwhere(~found.read.any(axis=2))
    if absent.size:
        reader, modality = found.readers[absent[0, 0]], found.modalities[absent[0, 1]]
        raise DesignError(
            f"reader {reader} has no read in modality {modality}: this analysis needs every reader "
            "in every modality; leave the reader out, or use u_statistics"
        )
    return shown if design == "auto" else design


def missing_reads(found: Readings, design: str) -> Iterable[str]:
    """Return a warning if reads are missing from an otherwise planned design.

    Examples
    --------
    >>> truth, scores = np.array([False, True]), np.array([[[1.0, np.nan]], [[1.0, 2.0]]])
    >>> study = Readings((1, 2), ("m",), (1, 2), truth, scores, "")
    >>> list(missing_reads(study, "split_plot"))
    ['1 of 4 possible reads are absent: covariances are of the cases that two figures share']
    """
    absent = int((~found.read).sum())
    if design == "split_plot" and absent:
        yield (
            f"{absent} of {found.scores.size} possible reads are absent: covariances are of the "
            "cases that two figures share"
        )


def _one_class(found: Readings) -> Booleans:
    two_classes(found.truth)
    parts = (found.read[..., found.truth], found.read[..., ~found.truth])
    diseased, healthy = (np.asarray(part.any(axis=2)) for part in parts)
    return np.logical_xor(diseased, healthy)


def _whole(read: Booleans, expected: Booleans) -> bool:
    return bool((read == np.broadcast_to(expected, read.shape)).all())


def _truth_of_cases(diseased: Booleans, cases: Levels) -> Booleans:
    size = len(cases.labels)
    positive = np.bincount(cases.codes[diseased], minlength=size) > 0
    negative = np.bincount(cases.codes[~diseased], minlength=size) > 0
    if (positive & negative).any():
        first = cases.labels[int(np.argmax(positive & negative))]
        raise InvalidArgumentError(f"case {first} is diseased in one row and healthy in another")
    truth: Booleans = positive
    return truth
