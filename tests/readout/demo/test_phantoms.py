from io import BytesIO

import numpy as np
from pydicom import dcmread

from readout.demo.phantoms import NODULE_HU, Nodule, Phantom, hounsfield, instances

PHANTOM = Phantom("P-001", (Nodule(70, 10, 0, 20),), seed=7, slices=9)


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert list(instances(PHANTOM)) == list(instances(PHANTOM))


def test_every_file_says_that_it_is_synthetic_and_no_uid_is_used_twice() -> None:
    files = [dcmread(BytesIO(data)) for data in instances(PHANTOM)]

    assert len({file.SOPInstanceUID for file in files}) == 9
    assert len({file.SeriesInstanceUID for file in files}) == 1
    assert all("SYNTHETIC" in file.SeriesDescription for file in files)
    assert all(len(file.SOPInstanceUID) <= 64 for file in files)


def test_two_subjects_share_no_uid() -> None:
    other = Phantom("P-002", PHANTOM.nodules, seed=7, slices=9)

    first = {dcmread(BytesIO(data)).SOPInstanceUID for data in instances(PHANTOM)}
    second = {dcmread(BytesIO(data)).SOPInstanceUID for data in instances(other)}

    assert not first & second


def test_the_nodule_has_its_diameter_in_the_pixels() -> None:
    middle = hounsfield(PHANTOM)[4]
    row = round(10 / 1.4 + 127.5)

    inside = np.flatnonzero(np.abs(middle[row, 150:215] - NODULE_HU) < 60)

    assert abs(len(inside) * 1.4 - 20) <= 1.4
