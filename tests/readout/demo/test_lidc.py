from collections import Counter

import pytest

from readout.demo.lidc import RATINGS, READERS, Scan, database_path, read_scans


@pytest.fixture(scope="module")
def scans() -> list[Scan]:
    return read_scans(database_path())


def test_every_published_scan_and_annotation_is_there(scans: list[Scan]) -> None:
    assert len(scans) == 1018
    assert sum(len(scan.marks) for scan in scans) == 6859
    assert len({scan.patient for scan in scans}) == 1010


def test_no_scan_has_more_than_four_readers_and_nobody_marks_a_nodule_twice(
    scans: list[Scan],
) -> None:
    for scan in scans:
        assert all(1 <= mark.reader <= READERS for mark in scan.marks)
        pairs = Counter((mark.nodule, mark.reader) for mark in scan.marks)
        assert not pairs or max(pairs.values()) == 1


def test_about_nine_hundred_nodules_were_marked_by_all_four(scans: list[Scan]) -> None:
    # Armato et al. 2011 count 2,669 nodules marked by at least one reader and 928 by all four,
    # joined by hand; outlines alone come close.
    nodules = Counter((scan.id, mark.nodule) for scan in scans for mark in scan.marks)

    assert len(nodules) == pytest.approx(2669, rel=0.02)
    assert Counter(nodules.values())[4] == pytest.approx(928, rel=0.05)


def test_one_rating_alone_is_outside_its_code_list(scans: list[Scan]) -> None:
    outside = [
        (name, mark.ratings[name])
        for scan in scans
        for mark in scan.marks
        for name, (_, codes) in RATINGS.items()
        if not 1 <= mark.ratings[name] <= len(codes)
    ]

    assert outside == [("internalStructure", 5)]


def test_every_outline_has_an_extent(scans: list[Scan]) -> None:
    assert all(1 < mark.diameter_mm < 100 for scan in scans for mark in scan.marks)
