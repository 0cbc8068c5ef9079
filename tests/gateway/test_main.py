import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.running import DCMTK, Gateway, wait_for
from tests.gateway.sink import Sink

StartGateway = Callable[..., Gateway]


def test_it_stops_in_order_when_told_to(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    gateway = start_gateway()
    gateway.send(study)
    forwarder = _children(gateway)

    assert gateway.stop() == 0

    assert gateway.log.read_text().splitlines()[-1].find('"stopped"') > 0
    assert forwarder
    assert not any(Path(f"/proc/{pid}").exists() for pid in forwarder)


def test_open_associations_may_finish_while_it_stops(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    gateway = start_gateway()
    assert gateway.process is not None
    sender = subprocess.Popen(
        gateway.command(study),
        env=DCMTK,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for(lambda: sum(gateway.counts().values()) >= 1)

    gateway.process.send_signal(signal.SIGTERM)

    output = sender.communicate(timeout=60)[0]
    assert output.count("Received Store Response (Success)") == 20
    assert gateway.process.wait(60) == 0


def test_a_second_gateway_on_the_same_folder_does_not_start(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    second = Gateway(gateway.data, gateway.api_url)

    with pytest.raises(AssertionError, match="the gateway ended"):
        second.start()

    assert second.process is not None
    assert second.process.wait(30) == 2
    assert "another gateway runs" in gateway.console.read_text()


def test_a_taken_port_is_named_with_the_setting_that_moves_it(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    first = start_gateway()
    second = Gateway(tmp_path / "other", first.api_url, {"DICOM_PORT": str(first.dicom_port)})
    second.data.mkdir()

    with pytest.raises(AssertionError, match="the gateway ended"):
        second.start()

    assert second.process is not None
    assert second.process.wait(30) == 2
    said = second.console.read_text()
    assert f"port {first.dicom_port} is taken" in said
    assert "READOUT_GATEWAY_DICOM_PORT" in said


def test_its_files_are_readable_by_their_owner_alone(
    start_gateway: StartGateway, study: Path
) -> None:
    gateway = start_gateway(PROJECT="")
    gateway.send(study)

    paths = [gateway.data / "gateway", *(gateway.data / "gateway").rglob("*")]

    assert len([path for path in paths if path.suffix == ".dcm"]) >= 20
    assert {oct(path.stat().st_mode & 0o077) for path in paths if path.exists()} == {"0o0"}


def test_health_says_whether_all_is_well(start_gateway: StartGateway) -> None:
    well, full = start_gateway(), None

    wait_for(lambda: _health(well) == 200)
    assert well.stop() == 0
    full = start_gateway(MIN_FREE_MB=str(1 << 30))

    assert _health(full) == 503


def test_an_unknown_page_is_not_found(start_gateway: StartGateway) -> None:
    gateway = start_gateway()

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"http://127.0.0.1:{gateway.status_port}/other", timeout=10)

    assert refusal.value.code == 404
    refusal.value.close()


def _health(gateway: Gateway) -> int:
    url = f"http://127.0.0.1:{gateway.status_port}/health"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code


def _children(gateway: Gateway) -> list[int]:
    assert gateway.process is not None
    tasks = Path(f"/proc/{gateway.process.pid}/task")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
