from dataclasses import replace

from assets.bronze.dicom_instances import dicom_instances_of
from assets.silver.series import series_of, uncounted
from lake.headers import HeaderRow
from lake.schemas import conformed
from lake.tables import SERIES
from tests.assets.exported import INSTANCE, ct_header


def _header(**changes: object) -> HeaderRow:
    return {**ct_header(), **changes}  # type: ignore[dict-item]


def test_a_series_counts_its_instances_and_takes_the_first_ones_words() -> None:
    exported = [
        replace(INSTANCE, sop_instance_uid=f"2.25.1.1.{n}", sha256=f"{n:064x}", size=500_000)
        for n in (1, 2, 3)
    ]
    headers = {
        f"{1:064x}": _header(InstanceNumber=3, SeriesDescription="third", SliceThickness=1.0),
        f"{2:064x}": _header(InstanceNumber=1, SeriesDescription=None, SliceThickness=5.0),
        f"{3:064x}": _header(InstanceNumber=2, SeriesDescription="second", NumberOfFrames=4),
    }

    (row,) = conformed(
        SERIES, series_of(dicom_instances_of(exported, headers.__getitem__))
    ).to_pylist()

    assert (row["instanceCount"], row["frame_count"]) == (3, 6)
    assert row["SeriesDescription"] == "second"
    assert row["SliceThickness"] == 5.0
    assert row["series_size_MB"] == 1.5


def test_two_series_are_two_rows_and_account_for_every_instance() -> None:
    exported = [
        replace(INSTANCE, sop_instance_uid=f"2.25.1.{n}.1", series_uid=f"2.25.1.{n}")
        for n in (1, 2)
    ]
    instances = dicom_instances_of(exported, lambda _digest: _header())

    found = series_of(instances)

    assert found["SeriesInstanceUID"].to_pylist() == ["2.25.1.1", "2.25.1.2"]
    assert uncounted(found, instances) == ()
    assert uncounted(found.slice(0, 1), instances) == ("series count 1 instances, but there are 2",)
