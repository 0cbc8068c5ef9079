"""A free-response study as arrays: the marks of every reader and modality on cases and lesions."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.errors import (
    DesignError,
    DuplicateRowsError,
    InvalidArgumentError,
    MissingValueError,
    OneClassError,
    UnknownLevelError,
)
from stats.frames import (
    Booleans,
    Floats,
    Frame,
    Integers,
    column,
    is_missing,
    levels,
    numbers,
    refuse_duplicates,
    same_length,
    truth_vector,
)
from stats.results import data_hash

UNMARKED = -np.inf
KINDS = ("NL", "LL")

# The study of the docstrings' examples: two healthy and two diseased cases, two readers.
EXAMPLE_CASES = {
    "case": [1, 2, 3, 4],
    "diseased": [0, 0, 1, 1],
    "n_lesions": [0, 0, 1, 2],
    "weights": ["", "", "1", "0.3;0.7"],
}
EXAMPLE_MARKS = {
    "reader": ["Ana", "Ana", "Ben", "Ben", "Ben"],
    "modality": ["CT", "MR", "CT", "MR", "MR"],
    "case": [1, 3, 3, 4, 2],
    "mark_type": ["NL", "LL", "LL", "LL", "NL"],
    "lesion": [None, 1, 1, 2, None],
    "rating": [1, 2, 3, 2, 1],
}


@dataclass(frozen=True)
class Lesions:
    """The cases and their lesions, lesions of all cases in one row.

    Parameters
    ----------
    cases : tuple
        Labels.
    diseased : ndarray of bool, shape (cases,)
    case_of : ndarray of int, shape (lesions,)
        Position of each lesion's case.
    weight : ndarray, shape (lesions,)
        Weights; those of one case sum to 1.
    first : ndarray of int, shape (cases,)
        Position of each case's first lesion.
    """

    cases: tuple[Hashable, ...]
    diseased: Booleans
    case_of: Integers
    weight: Floats
    first: Integers


@dataclass(frozen=True)
class FrocStudy:
    """The marks of a free-response study.

    Parameters
    ----------
    readers, modalities : tuple
        Labels.
    lesions : Lesions
    lesion_rating : ndarray, shape (readers, modalities, lesions)
        Rating of each lesion's mark, −∞ when it is not marked.
    noise : ndarray, shape (readers, modalities, cases)
        Highest rating of the marks that hit no lesion, −∞ when there is none.
    noise_marks : tuple of ndarray
        Of each such mark: its place reader × modality, its case, its rating.
    hashed : str
        Hash of the columns as they came.
    """

    readers: tuple[Hashable, ...]
    modalities: tuple[Hashable, ...]
    lesions: Lesions
    lesion_rating: Floats
    noise: Floats
    noise_marks: tuple[Integers, Integers, Floats]
    hashed: str

    def noise_count(self) -> Floats:
        """Return how many marks hit no lesion, shape (readers, modalities, cases)."""
        place, case, _ = self.noise_marks
        shape = self.noise.shape
        flat = np.bincount(place * shape[2] + case, minlength=self.noise.size)
        return flat.reshape(shape).astype(np.float64)


def froc_study(
    marks: Frame,
    cases: Frame,
    *,
    readers: Sequence[Hashable] | None = None,
    modalities: Sequence[Hashable] | None = None,
) -> FrocStudy:
    """Return checked marks as arrays.

    Parameters
    ----------
    marks : Frame
        One row per mark: reader, modality, case, mark_type ('NL' no lesion, 'LL' lesion), lesion
        (1, 2, … within its case; not read for NL), rating. Every case counts as read by every
        reader in every modality; a case without a row has no mark.
    cases : Frame
        One row per case: case, diseased, n_lesions, weights ("0.5;0.5"; blank is equal weights).
    readers, modalities : sequence, optional
        All of them, in order; without it those that made a mark.

    Returns
    -------
    FrocStudy

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

    Examples
    --------
    >>> froc_study(EXAMPLE_MARKS, EXAMPLE_CASES).lesion_rating[1, 1]
    array([-inf, -inf,   2.])
    """
    lesions = _lesions(cases)
    who, how = _labelled(marks, "reader", readers), _labelled(marks, "modality", modalities)
    which, _ = _codes(marks, "case", lesions.cases)
    rating = numbers(marks, "rating")
    if np.isinf(rating).any():
        raise InvalidArgumentError("a rating is infinite: leave out the row of what is not marked")
    kind = column(marks, "mark_type").astype(str)
    same_length(reader=who[0], modality=how[0], case=which, rating=rating, mark_type=kind)
    if unknown := sorted(set(kind.tolist()) - set(KINDS)):
        raise InvalidArgumentError(f"mark_type {unknown[0]!r} does not exist: one of NL, LL")
    if not who[1] or not how[1]:
        raise MissingValueError("there is no mark: name the readers and the modalities")
    hits = kind == "LL"
    place = who[0] * len(how[1]) + how[0]
    shape = (len(who[1]), len(how[1]))
    hit = _hit_lesions(marks, which, hits, lesions)
    found = np.full((shape[0] * shape[1], len(lesions.case_of)), UNMARKED)
    if len(np.unique(place[hits] * found.shape[1] + hit)) < len(hit):
        raise DuplicateRowsError("a reader marked a lesion twice: keep the mark with its rating")
    found[place[hits], hit] = rating[hits]
    noise = np.full((shape[0] * shape[1], len(lesions.cases)), UNMARKED)
    np.maximum.at(noise, (place[~hits], which[~hits]), rating[~hits])
    names = [np.array([str(v) for v in key[1]])[key[0]] for key in (who, how)]
    labels = np.array([str(case) for case in lesions.cases])
    return FrocStudy(
        readers=who[1],
        modalities=how[1],
        lesions=lesions,
        lesion_rating=found.reshape(*shape, -1),
        noise=noise.reshape(*shape, -1),
        noise_marks=(place[~hits], which[~hits], rating[~hits]),
        hashed=data_hash(
            *names, labels[which], kind, rating, labels, lesions.case_of, lesions.weight
        ),
    )


def _lesions(cases: Frame) -> Lesions:
    keys = levels(cases, "case")
    refuse_duplicates({"case": keys})
    diseased = truth_vector(numbers(cases, "diseased"), name="diseased")
    counts = numbers(cases, "n_lesions")
    same_length(case=keys.codes, diseased=diseased, n_lesions=counts)
    if not diseased.any() or diseased.all():
        raise OneClassError("a free-response study needs diseased and healthy cases")
    if (counts != np.floor(counts)).any() or ((counts > 0) != diseased).any():
        raise InvalidArgumentError(
            "n_lesions is a whole number, above 0 for diseased cases and 0 for the others"
        )
    number = counts.astype(np.int64)
    weights = [
        _weights(text, count, label=keys.labels[code])
        for text, count, code in zip(
            column(cases, "weights").tolist(), number.tolist(), keys.codes.tolist(), strict=True
        )
    ]
    return Lesions(
        cases=tuple(keys.labels[code] for code in keys.codes.tolist()),
        diseased=diseased,
        case_of=np.repeat(np.arange(len(number)), number),
        weight=np.concatenate(weights),
        first=np.concatenate([[0], np.cumsum(number)[:-1]]).astype(np.int64),
    )


def _weights(given: object, count: int, *, label: Hashable) -> Floats:
    """Return the weights of one case's lesions from "0.5;0.5", a number, a list, or nothing."""
    if not count:
        return np.zeros(0)  # whatever a healthy case was given
    if isinstance(given, list | tuple | np.ndarray):
        words: list[object] = list(given)
    elif is_missing(given) or str(given).strip() == "":
        words = []
    else:
        words = list(str(given).split(";"))
    if not words:
        return np.full(count, 1 / count)
    try:
        found = np.array([float(str(word)) for word in words])
    except ValueError:
        raise InvalidArgumentError(f"case {label} has weights {given!r}: no numbers") from None
    right = len(found) == count and (found > 0).all() and abs(found.sum() - 1) < 1e-6
    if not right:
        raise InvalidArgumentError(
            f"case {label} has weights {given!r}: give one above 0 for each of its {count} "
            "lesions, 1 in all"
        )
    return found


def _labelled(
    marks: Frame, name: str, given: Sequence[Hashable] | None
) -> tuple[Integers, tuple[Hashable, ...]]:
    if given is not None:
        return _codes(marks, name, tuple(given))
    found = levels(marks, name)
    return found.codes, found.labels


def _codes(
    marks: Frame, name: str, labels: tuple[Hashable, ...]
) -> tuple[Integers, tuple[Hashable, ...]]:
    if len(set(labels)) < len(labels):
        raise DesignError(f"a {name} is named twice")
    found = levels(marks, name)
    position = {label: index for index, label in enumerate(labels)}
    if unknown := [label for label in found.labels if label not in position]:
        raise UnknownLevelError(
            f"a mark names {name} {unknown[0]!r}, which the study does not have"
        )
    of_label = np.array([position[label] for label in found.labels], dtype=np.int64)
    return of_label[found.codes], labels


def _hit_lesions(
    marks: Frame, which: Integers, hits: NDArray[np.bool_], lesions: Lesions
) -> Integers:
    """Return the position of the lesion that each LL mark hits."""
    given = column(marks, "lesion")
    same_length(lesion=given, mark_type=hits)
    hit = numbers({"lesion": given[hits]}, "lesion")
    case = which[hits]
    count = np.bincount(lesions.case_of, minlength=len(lesions.cases))[case]
    wrong = (hit != np.floor(hit)) | (hit < 1) | (hit > count)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise UnknownLevelError(
            f"a mark hits lesion {hit[at]:g} of case {lesions.cases[case[at]]}, "
            f"which has {count[at]}: lesions are numbered from 1"
        )
    return lesions.first[case] + hit.astype(np.int64) - 1
