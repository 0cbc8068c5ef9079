from dataclasses import replace

from assets.bronze.dicom_instances import dicom_instances_of, repeated_or_lost
from lake.schemas import conformed
from lake.tables import DICOM_INSTANCES
from tests.assets.exported import INSTANCE, ct_header


def test_an_instance_joins_its_header_to_where_its_bytes_are() -> None:
    header = ct_header()

    (row,) = conformed(
        DICOM_INSTANCES, dicom_instances_of([INSTANCE], lambda _digest: header)
    ).to_pylist()

    assert row["Modality"] == "CT"
    assert row["SOPInstanceUID"] == INSTANCE.sop_instance_uid
    assert row["object_key"] == f"objects/p1/ab/{INSTANCE.sha256}"
    assert row["size_bytes"] == 1000


def test_a_repeated_uid_and_a_lost_object_are_found() -> None:
    header = ct_header()
    twin = replace(INSTANCE, sha256="cd" * 32)
    rows = dicom_instances_of([INSTANCE, twin], lambda _digest: header)

    assert repeated_or_lost(rows, ["cd" * 32]) == (
        "1 rows repeat a SOP Instance UID",
        f"object {'cd' * 32} has gone",
    )
    assert repeated_or_lost(rows.slice(0, 1), []) == ()
