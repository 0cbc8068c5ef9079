"""WADO-RS over loopback: metadata, frames, objects and bulk data of real files."""

import io
import json

import httpx
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from accounts.acts import Reason
from accounts.ledger.log import entries
from research.projects import set_options
from tests.api.running import Running, parts_of
from tests.examples.files import wheel_file

NATIVE, RLE, JPEG, REPORT, BIG = (
    "CT_small.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_jpeg_dcmtk.dcm", "rtplan.dcm",
    "MR_small_bigendian.dcm",
)  # fmt: skip
AS_STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
UNCOMPRESSED = 'multipart/related; type="application/octet-stream"'
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.fixture(scope="module")
def browser(shared_world: Running) -> httpx.Client:
    """A manager's browser, after real files arrived for whoever they show."""
    with shared_world.trial.acting("manager") as by:
        set_options(
            by, shared_world.trial.project, Reason(code="setup"), on_unknown_subject="create"
        )
    files = [wheel_file(name) for name in (NATIVE, RLE, JPEG, REPORT, BIG)]
    answer = shared_world.stow(shared_world.machine(), files)
    assert [line["status"] for line in answer.json()["stored"]] == ["stored"] * len(files)
    return shared_world.person("manager")


def dataset(name: str) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(wheel_file(name)))


def address(world: Running, name: str) -> str:
    found = dataset(name)
    return (
        f"{world.project}/dicomweb/studies/{found.StudyInstanceUID}"
        f"/series/{found.SeriesInstanceUID}/instances/{found.SOPInstanceUID}"
    )


@pytest.mark.parametrize("name", [NATIVE, RLE, JPEG, REPORT, BIG])
def test_metadata_is_what_pydicom_reads_from_the_file(
    shared_world: Running, browser: httpx.Client, name: str
) -> None:
    answer = browser.get(f"{address(shared_world, name)}/metadata")

    (header,) = answer.json()
    expected = dataset(name)
    read_back = pydicom.Dataset.from_json(
        {tag: value for tag, value in header.items() if "BulkDataURI" not in value}
    )
    assert answer.headers["content-type"] == "application/dicom+json"
    assert read_back.SOPInstanceUID == expected.SOPInstanceUID
    assert read_back.get("Rows") == expected.get("Rows")
    assert read_back.PatientID == expected.PatientID
    assert ("7FE00010" in header) == ("PixelData" in expected)


def test_metadata_of_a_series_is_compressed_where_the_client_takes_it(
    shared_world: Running, browser: httpx.Client
) -> None:
    series = address(shared_world, NATIVE).rpartition("/instances/")[0]

    packed = browser.get(f"{series}/metadata", headers={"Accept-Encoding": "gzip"})
    plain = browser.get(f"{series}/metadata", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


@pytest.mark.parametrize("name", [RLE, JPEG])
def test_frames_are_given_as_they_are_stored(
    shared_world: Running, browser: httpx.Client, name: str
) -> None:
    stored = dataset(name)
    count = int(stored.get("NumberOfFrames") or 1)
    numbers = ",".join(str(number) for number in range(1, count + 1))

    answer = browser.get(
        f"{address(shared_world, name)}/frames/{numbers}", headers={"Accept": AS_STORED}
    )

    syntax = stored.file_meta.TransferSyntaxUID
    expected = list(generate_frames(stored.PixelData, number_of_frames=count))
    assert [data for _, data in parts_of(answer)] == expected
    assert all(kind.endswith(f"transfer-syntax={syntax}") for kind, _ in parts_of(answer))


@pytest.mark.parametrize("name", [NATIVE, RLE, BIG])
def test_uncompressed_frames_are_what_pydicom_decodes(
    shared_world: Running, browser: httpx.Client, name: str
) -> None:
    answer = browser.get(
        f"{address(shared_world, name)}/frames/1", headers={"Accept": UNCOMPRESSED}
    )

    ((kind, data),) = parts_of(answer)
    expected = dataset(name).pixel_array
    expected = expected[0] if "NumberOfFrames" in dataset(name) else expected
    little = expected.dtype.newbyteorder("<")
    assert kind == f"application/octet-stream; transfer-syntax={EXPLICIT}"
    assert (np.frombuffer(data, dtype=little).reshape(expected.shape) == expected).all()


def test_one_frame_may_be_asked_for_alone(shared_world: Running, browser: httpx.Client) -> None:
    answer = browser.get(
        f"{address(shared_world, NATIVE)}/frames/1", headers={"Accept": "application/octet-stream"}
    )

    assert answer.content == dataset(NATIVE).PixelData


def test_a_stored_form_that_is_not_accepted_is_refused_with_what_there_is(
    shared_world: Running, browser: httpx.Client
) -> None:
    answer = browser.get(
        f"{address(shared_world, JPEG)}/frames/1",
        headers={"Accept": 'multipart/related; type="image/jp2"'},
    )

    assert answer.status_code == 406
    assert "image/jpeg" in answer.json()["detail"]


@pytest.mark.parametrize("frames", ["0", "3", "1,3", "99999999"])
def test_a_frame_that_there_is_not_is_not_found(
    shared_world: Running, browser: httpx.Client, frames: str
) -> None:
    answer = browser.get(f"{address(shared_world, RLE)}/frames/{frames}")

    assert answer.status_code == 404


@pytest.mark.parametrize("frames", ["x", "1,,2", "-1"])
def test_what_is_no_frame_list_is_refused(
    shared_world: Running, browser: httpx.Client, frames: str
) -> None:
    answer = browser.get(f"{address(shared_world, RLE)}/frames/{frames}")

    assert answer.status_code == 422


def test_an_object_is_given_as_it_was_sent(shared_world: Running, browser: httpx.Client) -> None:
    alone = browser.get(address(shared_world, RLE), headers={"Accept": "application/dicom"})
    among = browser.get(
        address(shared_world, RLE),
        headers={"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'},
    )

    assert alone.content[128:] == wheel_file(RLE)[128:]
    assert "attachment" in alone.headers["content-disposition"]
    assert parts_of(among)[0][1] == alone.content


def test_another_transfer_syntax_than_the_stored_one_is_refused(
    shared_world: Running, browser: httpx.Client
) -> None:
    answer = browser.get(
        address(shared_world, RLE),
        headers={
            "Accept": f'multipart/related; type="application/dicom"; transfer-syntax={EXPLICIT}'
        },
    )

    assert answer.status_code == 406


def test_bulk_data_is_what_the_metadata_links_to(
    shared_world: Running, browser: httpx.Client
) -> None:
    (header,) = browser.get(f"{address(shared_world, NATIVE)}/metadata").json()

    answer = browser.get(
        header["7FE00010"]["BulkDataURI"], headers={"Accept": "application/octet-stream"}
    )

    assert answer.content == dataset(NATIVE).PixelData


def test_bulk_data_that_there_is_not_is_not_found(
    shared_world: Running, browser: httpx.Client
) -> None:
    answer = browser.get(f"{address(shared_world, NATIVE)}/bulkdata/00100010")

    assert answer.status_code == 404


@pytest.mark.req("R-AUD")
def test_looking_at_images_and_taking_copies_are_entries(
    shared_world: Running, browser: httpx.Client
) -> None:
    browser.get(f"{address(shared_world, JPEG)}/metadata")
    browser.get(address(shared_world, JPEG))

    with shared_world.trial.database.reading() as session:
        project = shared_world.trial.project
        viewed = entries(session, project, action="images_viewed")
        taken = entries(session, project, action="file_downloaded")
    assert dataset(JPEG).SOPInstanceUID in [entry.object_id for entry in viewed]
    assert dataset(JPEG).StudyInstanceUID in [entry.object_id for entry in taken]


def test_images_of_a_project_are_not_there_for_a_reader_or_a_stranger(
    shared_world: Running, browser: httpx.Client
) -> None:
    path = f"{address(shared_world, NATIVE)}/metadata"

    reader = shared_world.person("reader1").get(path)
    statistician = shared_world.person("statistician").get(path)

    assert (reader.status_code, statistician.status_code) == (403, 403)
    assert json.dumps(dataset(NATIVE).PatientID) not in reader.text


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
@pytest.mark.parametrize("name", [NATIVE, RLE, JPEG, BIG])
def test_frames_are_drawn(
    shared_world: Running, browser: httpx.Client, name: str, kind: str
) -> None:
    from PIL import Image

    answer = browser.get(f"{address(shared_world, name)}/rendered", headers={"Accept": kind})

    drawn = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == kind
    assert drawn.size == (dataset(name).Columns, dataset(name).Rows)


def test_a_window_makes_what_lies_below_it_black_and_above_it_white(
    shared_world: Running, browser: httpx.Client
) -> None:
    from PIL import Image

    answer = browser.get(
        f"{address(shared_world, NATIVE)}/rendered",
        params={"window": "0,100,LINEAR"},
        headers={"Accept": "image/png"},
    )

    slice_ = dataset(NATIVE)
    units = slice_.pixel_array * float(slice_.RescaleSlope) + float(slice_.RescaleIntercept)
    drawn = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert (drawn[units <= -50] == 0).all()
    assert (drawn[units >= 49] == 255).all()
    assert 0 < drawn[(units > -40) & (units < 40)].mean() < 255


def test_thumbnails_are_small(shared_world: Running, browser: httpx.Client) -> None:
    from PIL import Image

    study = address(shared_world, RLE).partition("/series/")[0]

    answer = browser.get(f"{study}/thumbnail")

    assert max(Image.open(io.BytesIO(answer.content)).size) <= 128


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"window": "a,b"}, 400),
        ({"window": "40,0"}, 400),
        ({"window": "40,400,CUBIC"}, 400),
        ({"viewport": "0,10"}, 400),
        ({"viewport": "99999,1"}, 400),
        ({"quality": "101"}, 422),
    ],
)
def test_a_picture_that_cannot_be_drawn_so_is_refused(
    shared_world: Running, browser: httpx.Client, query: dict[str, str], status: int
) -> None:
    answer = browser.get(f"{address(shared_world, NATIVE)}/rendered", params=query)

    assert answer.status_code == status


def test_a_report_has_nothing_to_draw(shared_world: Running, browser: httpx.Client) -> None:
    study = address(shared_world, REPORT).partition("/series/")[0]

    assert browser.get(f"{study}/thumbnail").status_code == 406
    assert browser.get(f"{address(shared_world, REPORT)}/rendered").status_code == 404
