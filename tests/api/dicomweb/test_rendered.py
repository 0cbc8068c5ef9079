"""Drawing frames: windows, inversion, multi-frame rescaling and what cannot be drawn."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset
from pydicom.sequence import Sequence

from api.dicomweb.pixels import StoredImage
from api.dicomweb.rendered import PNG, Picture, Window, render
from api.errors import FramesUnavailable
from ingest.check import check
from lake.location import Lake
from lake.objects import put_object
from tests.examples.ct import ct_object
from tests.examples.files import as_bytes, wheel_file
from tests.shared import shared_path


def stored(data: bytes, folder: Path) -> StoredImage:
    checked = check(data)
    lake = Lake(str(folder))
    kept = put_object(lake, "project", checked.data)
    return StoredImage(
        lake, "project", kept.sha256, checked.transfer_syntax, checked.header_length, checked.frames
    )


def draw(
    data: bytes, folder: Path, *, frame: int = 1, window: Window | None = None
) -> NDArray[np.uint8]:
    image = stored(data, folder)
    drawn = render(image, image.header(), frame, Picture(media_type=PNG, window=window))
    return np.asarray(Image.open(io.BytesIO(drawn)))


def ramp(**changes: object) -> Dataset:
    dataset = ct_object(1, side=16)
    dataset.PixelData = np.arange(256, dtype="<u2").tobytes()
    dataset.RescaleIntercept, dataset.RescaleSlope = 0, 1
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_the_objects_own_window_is_used(tmp_path: Path) -> None:
    drawn = draw(as_bytes(ramp(WindowCenter=[100, 1], WindowWidth=[50, 1])), tmp_path).ravel()

    assert (drawn[:75] == 0).all()
    assert (drawn[125:] == 255).all()
    assert (np.diff(drawn.astype(int)) >= 0).all()


def test_without_a_window_all_values_are_spread(tmp_path: Path) -> None:
    drawn = draw(as_bytes(ramp()), tmp_path)

    assert (drawn.min(), drawn.max()) == (0, 255)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_the_window_asked_for_wins_and_its_centre_is_grey(tmp_path: Path, function: str) -> None:
    data = as_bytes(ramp(WindowCenter=1, WindowWidth=2))

    drawn = draw(data, tmp_path, window=Window(128, 100, function)).ravel()

    assert abs(int(drawn[128]) - 128) <= 2


def test_monochrome1_is_shown_with_its_smallest_value_white(tmp_path: Path) -> None:
    drawn = draw(as_bytes(ramp(PhotometricInterpretation="MONOCHROME1")), tmp_path).ravel()

    assert (drawn[0], drawn[-1]) == (255, 0)


def test_each_frame_is_drawn_with_its_own_rescaling_and_window(tmp_path: Path) -> None:
    dataset = ramp(NumberOfFrames=2)
    dataset.PixelData = np.tile(np.arange(256, dtype="<u2"), 2).tobytes()
    del dataset.RescaleSlope, dataset.RescaleIntercept
    dataset.PerFrameFunctionalGroupsSequence = Sequence([groups(50, 1), groups(200, 1)])

    first, second = (draw(as_bytes(dataset), tmp_path, frame=frame).ravel() for frame in (1, 2))

    assert (first[60], second[60]) == (255, 0)


def groups(center: float, slope: float) -> Dataset:
    window, rescale, item = Dataset(), Dataset(), Dataset()
    window.WindowCenter, window.WindowWidth = center, 2
    rescale.RescaleSlope, rescale.RescaleIntercept = slope, 0
    item.FrameVOILUTSequence = Sequence([window])
    item.PixelValueTransformationSequence = Sequence([rescale])
    return item


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("examples_palette.dcm", "RGB"),
        ("examples_ybr_color.dcm", "RGB"),
        ("examples_rgb_color.dcm", "RGB"),
        ("examples_jpeg2k.dcm", "RGB"),
        ("image_dfl.dcm", "L"),
        ("liver_1frame.dcm", "L"),
        ("rtdose.dcm", "L"),
        ("ExplVR_BigEnd.dcm", "RGB"),
    ],
)
def test_real_files_of_every_kind_are_drawn(tmp_path: Path, name: str, mode: str) -> None:
    image = stored(wheel_file(name), tmp_path)

    drawn = Image.open(io.BytesIO(render(image, image.header(), 1, Picture())))

    assert drawn.mode == mode
    assert np.asarray(drawn).std() > 0


def test_what_no_decoder_reads_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    image = stored(wheel_file("JPEG-lossy.dcm"), tmp_path)

    with pytest.raises(FramesUnavailable):
        render(image, image.header(), 1, Picture())


@pytest.mark.parametrize("name", ["parametric_map_float.dcm", "liver_deflate.dcm"])
def test_frames_pydicom_alone_does_not_decode_are_drawn(tmp_path: Path, name: str) -> None:
    drawn = draw(shared_path("data", "dicom", "ts", name).read_bytes(), tmp_path)

    assert drawn.shape[0] > 1
