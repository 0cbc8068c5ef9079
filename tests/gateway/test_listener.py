import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE

from tests.examples.ct import PLANTED, ct_object
from tests.gateway.running import DCMTK, Gateway, wait_for
from tests.gateway.sink import Sink
from tests.shared import shared_path

StartGateway = Callable[..., Gateway]


def test_a_pushed_study_arrives_deidentified_and_the_originals_go(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    sink.keep_bodies = True
    gateway = start_gateway()

    sent = gateway.send(study)

    assert sent.returncode == 0, sent.stdout
    wait_for(lambda: gateway.counts()["acknowledged"] == 20)
    assert len(sink.objects) == 20
    wait_for(lambda: not list((gateway.data / "gateway" / "spool").rglob("*.dcm")))
    for body in sink.bodies:
        for planted in PLANTED:
            assert planted.encode() not in body


def test_an_echo_is_answered(start_gateway: StartGateway) -> None:
    gateway = start_gateway()

    command = ["echoscu", "127.0.0.1", str(gateway.dicom_port)]
    echo = subprocess.run(command, env=DCMTK, check=False)

    assert echo.returncode == 0


def test_dcmsend_pushes_a_folder(start_gateway: StartGateway, sink: Sink, study: Path) -> None:
    gateway = start_gateway()

    sent = gateway.send(study, tool="dcmsend")

    assert sent.returncode == 0, sent.stdout
    wait_for(lambda: len(sink.objects) == 20)


def test_a_second_push_changes_nothing(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    gateway = start_gateway()
    gateway.send(study)
    wait_for(lambda: gateway.counts()["acknowledged"] == 20)

    gateway.send(study)

    wait_for(lambda: gateway.counts()["acknowledged"] == 40)
    assert len(sink.objects) == 20
    assert sink.stored_again == 20


def test_explicit_vr_is_preferred_to_implicit(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    entity = AE()
    ct = "1.2.840.10008.5.1.4.1.1.2"
    entity.add_requested_context(ct, [ImplicitVRLittleEndian, ExplicitVRLittleEndian])

    association = entity.associate("127.0.0.1", gateway.dicom_port)

    assert association.is_established
    assert association.accepted_contexts[0].transfer_syntax == [ExplicitVRLittleEndian]
    association.release()


def test_a_private_object_is_received_and_quarantined(
    start_gateway: StartGateway, sink: Sink
) -> None:
    gateway = start_gateway()
    private = "1.3.46.670589.11.0.0.12.1"
    dataset = ct_object(1)
    dataset.SOPClassUID = private
    entity = AE()
    entity.add_requested_context(private, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", gateway.dicom_port)

    status = association.send_c_store(dataset)

    association.release()
    assert status.Status == 0
    wait_for(lambda: gateway.counts()["quarantined"] == 1)
    assert gateway.status()["reasons"] == {"unsupported_object": 1}
    assert list((gateway.data / "gateway" / "spool" / "quarantine").rglob("*.dcm"))
    assert not sink.objects


def test_a_full_disk_is_answered_with_out_of_resources(
    start_gateway: StartGateway, study: Path
) -> None:
    gateway = start_gateway(MIN_FREE_MB=str(1 << 30))

    sent = gateway.send(study)

    assert "Refused: OutOfResources" in sent.stdout
    assert gateway.counts()["received"] == 0
    assert not list((gateway.data / "gateway" / "spool").rglob("*.dcm"))
    assert gateway.status()["accepting"] is False


def test_an_object_above_the_limit_is_refused(start_gateway: StartGateway, tmp_path: Path) -> None:
    gateway = start_gateway(MAX_INSTANCE_MB="1")
    large = tmp_path / "large.dcm"
    ct_object(1, side=1024).save_as(large, enforce_file_format=True)

    sent = gateway.send(large)

    assert "Refused: OutOfResources" in sent.stdout
    assert sum(gateway.counts().values()) == 0


def test_nothing_identifying_is_logged(start_gateway: StartGateway, study: Path) -> None:
    gateway = start_gateway()
    gateway.send(study)
    wait_for(lambda: gateway.counts()["acknowledged"] == 20)

    gateway.stop()

    for said in (gateway.log.read_text(), gateway.console.read_text()):
        for planted in (*PLANTED, "1.2.826.0.1.3680043"):
            assert planted not in said
        assert all(json.loads(line)["event"] for line in said.splitlines())


@pytest.mark.parametrize("tool_option", ["-xs", "-xv", "-xr", "-xi", "-xd"])
def test_compressed_and_other_syntaxes_are_accepted(
    start_gateway: StartGateway, sink: Sink, tool_option: str
) -> None:
    syntaxes = {
        "-xs": "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
        "-xv": "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
        "-xr": "RLELosslessTransferSyntax_1.2.840.10008.1.2.5",
        "-xi": "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2",
        "-xd": "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99",
    }
    path = shared_path("data", "dicom", "ts", f"CTImage.dcm_{syntaxes[tool_option]}.dcm")
    gateway = start_gateway()

    sent = subprocess.run(
        ["storescu", tool_option, "127.0.0.1", str(gateway.dicom_port), str(path)],
        env=DCMTK,
        check=False,
    )

    assert sent.returncode == 0
    stored = wait_for(lambda: list(sink.objects.values()))[0]
    original, received = (
        pydicom.dcmread(path),
        pydicom.dcmread(pydicom.filebase.DicomBytesIO(stored)),
    )
    assert received.file_meta.TransferSyntaxUID == original.file_meta.TransferSyntaxUID
    assert received.PixelData == original.PixelData
