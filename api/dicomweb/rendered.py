"""Rendered frames (PS3.18 8.3.5.1): modality and VOI transformations, then PNG or JPEG."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi

from api.dicomweb.pixels import StoredImage, decoded, single_frame
from api.errors import BadQuery, FramesUnavailable

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
MAX_PIXELS = 64_000_000
MAX_SIDE = 4096
PNG, JPEG = "image/png", "image/jpeg"
FORMATS = (JPEG, PNG)
GRAYSCALE = ("MONOCHROME1", "MONOCHROME2")
PER_FRAME_MACROS = {
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction"),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
}


@dataclass(frozen=True)
class Window:
    """A window the caller asks for: centre and width after the modality transformation."""

    center: float
    width: float
    function: str = "LINEAR"


@dataclass(frozen=True)
class Picture:
    """How a frame is to be drawn."""

    media_type: str = JPEG
    window: Window | None = None
    viewport: tuple[int, int] | None = None
    quality: int = 90


def render(image: StoredImage, header: Dataset, frame: int, picture: Picture) -> bytes:
    """Draw one frame."""
    if int(header.get("Rows") or 0) * int(header.get("Columns") or 0) > MAX_PIXELS:
        raise FramesUnavailable(f"a frame of more than {MAX_PIXELS} pixels is not rendered")
    single = single_frame(image, _frame_header(header, frame), frame)
    samples = decoded(single, header)
    drawn = Image.fromarray(_eight_bits(single, samples, picture.window))
    if picture.viewport:
        drawn.thumbnail(picture.viewport, Image.Resampling.BILINEAR)
    written = io.BytesIO()
    if picture.media_type == PNG:
        drawn.save(written, "PNG", compress_level=1)
    else:
        drawn.save(written, "JPEG", quality=picture.quality)
    return written.getvalue()


def window_from(text: str | None) -> Window | None:
    """Read the window parameter, "center,width,function"."""
    if text is None:
        return None
    parts = text.split(",")
    try:
        window = Window(float(parts[0]), float(parts[1]), (parts[2:] or ["LINEAR"])[0].upper())
    except (ValueError, IndexError) as problem:
        raise BadQuery("window is center,width,function: 40,400,LINEAR") from problem
    functions = ("LINEAR", "LINEAR-EXACT", "LINEAR_EXACT", "SIGMOID")
    if not (np.isfinite([window.center, window.width]).all() and window.width >= 1):
        raise BadQuery("the window's width is at least 1")
    if window.function not in functions:
        raise BadQuery(f"the window's function is one of {', '.join(functions)}")
    return Window(window.center, window.width, window.function.replace("-", "_"))


def viewport_from(text: str | None) -> tuple[int, int] | None:
    """Read the viewport parameter, "width,height"; a region of the image is not served."""
    if text is None:
        return None
    try:
        width, height = (int(part) for part in text.split(","))
    except ValueError as problem:
        raise BadQuery("viewport is width,height: 256,256") from problem
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise BadQuery(f"the viewport's sides are between 1 and {MAX_SIDE}")
    return width, height


def _frame_header(header: Dataset, frame: int) -> Dataset:
    """Bring this frame's functional groups (PS3.3 C.7.6.16) to where single frames have them."""
    flat = Dataset()
    flat.update({tag: header.get_item(tag) for tag in list(header.keys())})
    flat.file_meta = header.file_meta
    shared = (header.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or []
    own = per_frame[frame - 1] if frame <= len(per_frame) else Dataset()
    for groups in (shared, own):
        for macro, keywords in PER_FRAME_MACROS.items():
            for item in groups.get(macro) or []:
                for keyword in keywords:
                    if keyword in item:
                        flat[keyword] = item[keyword]
    return flat


def _eight_bits(single: Dataset, samples: NDArray[Any], window: Window | None) -> Bytes:
    """Transform samples to what a screen shows."""
    photometric = single.get("PhotometricInterpretation", "MONOCHROME2")
    if photometric == "PALETTE COLOR":
        return _to_bytes(_fraction_of_range(apply_color_lut(samples, single)))
    if samples.ndim == 3:
        return _to_bytes(_fraction_of_range(samples))
    if photometric not in GRAYSCALE:
        raise FramesUnavailable(f"frames of {photometric} are not rendered")
    values = apply_modality_lut(samples, single)
    chosen = window or _own_window(single)
    if chosen:
        shown = _windowed(values.astype(np.float64), chosen)
    elif "VOILUTSequence" in single:
        shown = _spread(apply_voi(samples, single).astype(np.float64))
    else:
        shown = _spread(values.astype(np.float64))
    return _to_bytes(1 - shown if photometric == "MONOCHROME1" else shown)


def _own_window(single: Dataset) -> Window | None:
    """Return the first window the object brings."""
    center, width = single.get("WindowCenter"), single.get("WindowWidth")
    if isinstance(center, MultiValue):
        center = next(iter(center), None)
    if isinstance(width, MultiValue):
        width = next(iter(width), None)
    if center is None or width is None or float(width) < 1:
        return None
    return Window(float(center), float(width), str(single.get("VOILUTFunction") or "LINEAR"))


def _windowed(values: Floats, window: Window) -> Floats:
    """Apply a window (PS3.3 C.11.2.1.2 and C.11.2.1.3) to a fraction between 0 and 1."""
    if window.function == "SIGMOID":
        exponent = np.clip(-4 * (values - window.center) / window.width, -700, 700)
        return np.asarray(1 / (1 + np.exp(exponent)))
    if window.function == "LINEAR_EXACT":
        return np.clip((values - window.center) / window.width + 0.5, 0, 1)
    width = max(window.width - 1, 1e-9)
    return np.clip((values - (window.center - 0.5)) / width + 0.5, 0, 1)


def _spread(values: Floats) -> Floats:
    """Spread what is there over the whole scale, where nobody said how to show it."""
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    shown = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    return np.asarray((shown - low) / max(high - low, 1e-9))


def _fraction_of_range(samples: NDArray[Any]) -> Floats:
    """Return colour samples as fractions of what their type can hold."""
    return samples.astype(np.float64) / np.iinfo(samples.dtype).max


def _to_bytes(fraction: Floats) -> Bytes:
    return np.rint(fraction * 255).astype(np.uint8)
