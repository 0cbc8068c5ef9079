import hashlib
import re
import signal
import subprocess
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from gateway.forwarder import backoff_s
from gateway.settings import Settings
from tests.examples.ct import ct_object, write_study
from tests.gateway.running import DCMTK, Gateway, wait_for
from tests.gateway.sink import Sink, serve

StartGateway = Callable[..., Gateway]
SENT = re.compile(
    r"Sending file: (\S+)(?:(?!Sending file).)*?Received Store Response \(Success\)", re.S
)


def acknowledged_files(output: str) -> set[str]:
    """Return the names of the files that storescu got 0x0000 for."""
    return {Path(path).name for path in SENT.findall(output)}


def stored_numbers(sink: Sink) -> list[int]:
    """Return the instance numbers that the platform holds, one for each object."""
    datasets = (pydicom.dcmread(BytesIO(stored)) for stored in list(sink.objects.values()))
    return sorted(int(dataset.InstanceNumber) for dataset in datasets)


def forwarder_of(gateway: Gateway) -> int:
    """Return the process id of a gateway's forwarder."""
    assert gateway.process is not None
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (folder / "stat").exists():
            parent = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
            if parent == gateway.process.pid:
                return int(folder.name)
    raise AssertionError("the gateway has no forwarder")


def test_a_gateway_killed_in_the_middle_of_a_push_loses_nothing(
    start_gateway: StartGateway, sink: Sink, tmp_path: Path
) -> None:
    folder = write_study(tmp_path / "large", instances=300)
    gateway = start_gateway()
    sender = subprocess.Popen(
        gateway.command(folder),
        env=DCMTK,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for(lambda: sum(gateway.counts().values()) >= 120)

    gateway.kill()

    output = sender.communicate(timeout=60)[0]
    acknowledged = acknowledged_files(output)
    assert 120 <= len(acknowledged) < 300
    gateway.start()
    numbers = {int(name.removesuffix(".dcm")) for name in acknowledged}
    wait_for(lambda: numbers <= set(stored_numbers(sink)))
    gateway.send(folder)
    wait_for(lambda: stored_numbers(sink) == list(range(1, 301)))
    wait_for(lambda: _all_acknowledged(gateway))


def test_a_gateway_killed_again_and_again_while_it_forwards_loses_nothing(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    sink.fault = "server_error"
    gateway = start_gateway()
    gateway.send(study)
    sink.fault = ""

    for _ in range(4):
        gateway.kill()
        gateway.start()

    wait_for(lambda: _all_acknowledged(gateway))
    assert stored_numbers(sink) == list(range(1, 21))


def test_a_killed_forwarder_is_started_again(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    sink.fault = "server_error"
    gateway = start_gateway()
    gateway.send(study)
    first = forwarder_of(gateway)

    subprocess.run(["kill", "-KILL", str(first)], check=True)
    sink.fault = ""

    wait_for(lambda: _all_acknowledged(gateway))
    assert forwarder_of(gateway) != first
    assert stored_numbers(sink) == list(range(1, 21))


def test_an_unreachable_platform_is_waited_for(
    start_gateway: StartGateway, platform: ThreadingHTTPServer, sink: Sink, study: Path
) -> None:
    port = platform.server_address[1]
    platform.shutdown()
    platform.server_close()
    gateway = start_gateway()
    sent = gateway.send(study)
    assert sent.returncode == 0
    wait_for(lambda: gateway.counts()["failed"] > 0)
    assert "network_connecterror" in gateway.status()["reasons"]

    again = serve(sink, port)

    wait_for(lambda: _all_acknowledged(gateway))
    assert stored_numbers(sink) == list(range(1, 21))
    again.shutdown()
    again.server_close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("server_error", "http_503"),
        ("html", "no_receipt"),
        ("busy", "busy"),
        ("half_closed", "network_remoteprotocolerror"),
    ],
)
def test_a_passing_fault_of_the_platform_loses_nothing(
    start_gateway: StartGateway, sink: Sink, study: Path, fault: str, code: str
) -> None:
    sink.fault = fault
    gateway = start_gateway()
    gateway.send(study)
    wait_for(lambda: code in gateway.status()["reasons"])
    assert len(list((gateway.data / "gateway" / "spool" / "received").rglob("*.dcm"))) == 20

    sink.fault = ""

    wait_for(lambda: _all_acknowledged(gateway))
    assert stored_numbers(sink) == list(range(1, 21))


def test_a_batch_that_is_too_large_is_sent_in_halves(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    sink.max_parts = 3
    gateway = start_gateway()

    gateway.send(study)

    wait_for(lambda: _all_acknowledged(gateway))
    assert stored_numbers(sink) == list(range(1, 21))


@pytest.mark.parametrize(
    ("fault", "code"),
    [("spoil", "digest_differs"), ("refuse", "malformed"), ("too_large", "too_large")],
)
def test_what_the_platform_refuses_stays_at_the_site(
    start_gateway: StartGateway, sink: Sink, study: Path, fault: str, code: str
) -> None:
    sink.fault = fault
    gateway = start_gateway()

    gateway.send(study)

    wait_for(lambda: gateway.counts()["quarantined"] == 20)
    assert gateway.status()["reasons"] == {code: 20}
    kept = list((gateway.data / "gateway" / "spool" / "quarantine").rglob("*.dcm"))
    assert len(kept) == 20
    assert {pydicom.dcmread(path).PatientID for path in kept} == {"MRN-7741-0093"}


def test_an_object_that_cannot_be_cleaned_stops_no_other(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    burned = ct_object(21)
    burned.BurnedInAnnotation = "YES"
    burned.save_as(study / "00021.dcm", enforce_file_format=True)
    gateway = start_gateway()

    gateway.send(study)

    wait_for(lambda: gateway.counts()["acknowledged"] == 20)
    assert gateway.counts()["quarantined"] == 1
    assert gateway.status()["reasons"] == {"burned_in_text": 1}
    assert stored_numbers(sink) == list(range(1, 21))


def test_without_a_machine_key_everything_waits(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    gateway = start_gateway(MACHINE_KEY_FILE="/nonexistent")
    gateway.send(study)

    wait_for(lambda: "machine_key_absent" in gateway.status()["reasons"])

    assert sink.requests == 0


def test_an_aborted_association_leaves_nothing_behind(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    large = tmp_path / "large.dcm"
    ct_object(1, side=4096).save_as(large, enforce_file_format=True)
    gateway = start_gateway()
    incoming = gateway.data / "gateway" / "spool" / "incoming"
    sender = subprocess.Popen(gateway.command(large), env=DCMTK, stdout=subprocess.DEVNULL)
    wait_for(lambda: any(incoming.iterdir()) or sender.poll() is not None)

    sender.send_signal(signal.SIGKILL)

    sender.wait()
    gateway.stop()
    gateway.start()
    assert not list(incoming.iterdir())
    assert gateway.counts()["quarantined"] == 0


def test_a_second_push_of_other_bytes_under_a_known_uid_is_quarantined(
    start_gateway: StartGateway, sink: Sink, study: Path, tmp_path: Path
) -> None:
    gateway = start_gateway()
    gateway.send(study)
    wait_for(lambda: gateway.counts()["acknowledged"] == 20)
    before = {uid: hashlib.sha256(stored).digest() for uid, stored in sink.objects.items()}
    other = ct_object(1)
    other.PixelData = bytes(len(other.PixelData))
    other.save_as(tmp_path / "other.dcm", enforce_file_format=True)

    gateway.send(tmp_path / "other.dcm")

    wait_for(lambda: gateway.counts()["quarantined"] == 1)
    assert gateway.status()["reasons"] == {"uid_collision": 1}
    assert {uid: hashlib.sha256(stored).digest() for uid, stored in sink.objects.items()} == before


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, retry_first_s=1.0, retry_most_s=300.0)


def test_the_wait_grows_with_failures_up_to_its_limit(settings: Settings) -> None:
    waits = [backoff_s(failures, settings, lambda: 1.0) for failures in (1, 2, 3, 9, 1000)]

    assert waits == [1.0, 2.0, 4.0, 256.0, 300.0]


def test_the_wait_is_spread_so_that_gateways_do_not_come_back_together(settings: Settings) -> None:
    assert backoff_s(3, settings, lambda: 0.25) == 1.0


def _all_acknowledged(gateway: Gateway) -> bool:
    counts = gateway.counts()
    return counts["acknowledged"] == sum(counts.values()) > 0
