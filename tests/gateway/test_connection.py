import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.running import Gateway, wait_for
from tests.gateway.sink import Sink

StartGateway = Callable[..., Gateway]


@pytest.mark.parametrize("length", [0xFFFFFFFF, 1 << 24])
def test_a_pdu_that_claims_to_be_huge_is_not_waited_for(
    start_gateway: StartGateway, sink: Sink, study: Path, length: int
) -> None:
    gateway = start_gateway()
    with socket.create_connection(("127.0.0.1", gateway.dicom_port), timeout=30) as peer:
        peer.sendall(struct.pack(">BBL", 1, 0, length) + bytes(1000))

        assert peer.recv(100) in (b"", _ABORT) or peer.recv(100) == b""

    assert gateway.send(study).returncode == 0
    wait_for(lambda: len(sink.objects) == 20)


def test_what_is_no_dicom_ends_the_connection_and_nothing_else(
    start_gateway: StartGateway, sink: Sink, study: Path
) -> None:
    gateway = start_gateway()
    with socket.create_connection(("127.0.0.1", gateway.dicom_port), timeout=30) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: readout\r\n\r\n")
        peer.recv(100)

    assert gateway.send(study).returncode == 0
    wait_for(lambda: len(sink.objects) == 20)


_ABORT = struct.pack(">BBLBBBB", 7, 0, 4, 0, 0, 2, 0)
