import io
import itertools
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt

from gateway.clock import utc_now
from gateway.listener import VERIFICATION, Listener, start_listener
from gateway.recorder import Recorder
from gateway.settings import Settings
from gateway.spool import INCOMING, RECEIVED, Spool
from gateway.states import States
from gateway.store_lane import StoreRequest, file_meta, response, store_request
from tests.examples.ct import ct_object

CONTEXT = 1


@dataclass(frozen=True)
class Site:
    """A listener, its spool, and the bytes with which a sender asks for an association."""

    listener: Listener
    spool: Spool
    greeting: bytes

    def received(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.spool.folder / RECEIVED).rglob("*.dcm")]

    def begun(self) -> list[Path]:
        return list((self.spool.folder / INCOMING).iterdir())

    def empty(self) -> None:
        for path in (self.spool.folder / RECEIVED).rglob("*.dcm"):
            path.unlink()

    def associate(self) -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", self.listener.port), timeout=30)
        peer.sendall(self.greeting)
        assert answer(peer)[0] == 2, "the association was refused"
        return peer


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    spool = Spool(folder / "spool", min_free_bytes=0, max_instance_bytes=1 << 30)
    spool.prepare()
    recorder = Recorder(States(folder / "states.sqlite", utc_now))
    recorder.start()
    chosen = Settings(data=folder, dicom_port=0, request_timeout_s=30)
    listener = start_listener(chosen, spool, recorder, lambda: str(uuid4()))
    yield Site(listener, spool, _greeting(listener.port))
    listener.stop()
    recorder.stop()


def _greeting(port: int) -> bytes:
    """Return what pynetdicom sends first."""
    sent: list[bytes] = []
    entity = AE()
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    entity.add_requested_context(VERIFICATION)
    keep = [(evt.EVT_DATA_SENT, lambda event: sent.append(event.data))]
    association = entity.associate("127.0.0.1", port, evt_handlers=keep)
    association.release()
    return bytes(sent[0])


def encoded_object(number: int = 1) -> bytes:
    """Return an object as it travels: without preamble and file meta."""
    kept = io.BytesIO()
    dataset = ct_object(number, side=16)
    pydicom.dcmwrite(kept, dataset, implicit_vr=False, little_endian=True)
    return kept.getvalue()


def request(message: int = 7) -> StoreRequest:
    return StoreRequest(CONTEXT, message, CTImageStorage.encode(), b"1.2.3.4")


def command(message: int = 7) -> bytes:
    """Return a C-STORE request's command set."""
    fields = {0x0002: request().sop_class + b"\0", 0x0100: b"\1\0"}
    fields |= {0x0110: struct.pack("<H", message), 0x0700: b"\0\0", 0x0800: b"\1\0"}
    fields |= {0x1000: request().sop_instance + b"\0"}
    elements = b"".join(
        struct.pack("<HHI", 0, element, len(value)) + value for element, value in fields.items()
    )
    return struct.pack("<HHII", 0, 0, 4, len(elements)) + elements


def item(value: bytes, control: int, context: int = CONTEXT) -> bytes:
    return struct.pack(">IBB", len(value) + 2, context, control) + value


def pdu(*items: bytes) -> bytes:
    body = b"".join(items)
    return struct.pack(">BBI", 4, 0, len(body)) + body


def answer(peer: socket.socket) -> bytes:
    """Return the next PDU that the listener sends."""
    head = _exactly(peer, 6)
    return head + _exactly(peer, struct.unpack(">I", head[2:])[0])


def _exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        assert more, "the listener closed the connection"
        data += more
    return data


def pushed(site: Site, *pdus: bytes, message: int = 7) -> None:
    with site.associate() as peer:
        peer.sendall(b"".join(pdus))
        assert answer(peer) == response(request(message), 0x0000)


def kept_as(dataset: bytes) -> bytes:
    return file_meta(request(), ExplicitVRLittleEndian) + dataset


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 900), max_size=12), joined=st.lists(st.booleans(), max_size=14))
def test_an_object_is_the_same_however_it_was_cut(
    site: Site, cuts: list[int], joined: list[bool]
) -> None:
    dataset = encoded_object()
    edges = [0, *sorted(min(cut, len(dataset)) for cut in cuts), len(dataset)]
    parts = [dataset[low:high] for low, high in itertools.pairwise(edges)]
    items = [item(command(), 3)]
    items += [item(part, 2 if at == len(parts) - 1 else 0) for at, part in enumerate(parts)]
    groups = [[items[0]]]
    for at, one in enumerate(items[1:]):
        if at < len(joined) and joined[at]:
            groups[-1].append(one)
        else:
            groups.append([one])
    site.empty()

    pushed(site, *(pdu(*group) for group in groups))

    assert site.received() == [kept_as(dataset)]


def test_what_is_kept_is_a_dicom_file(site: Site) -> None:
    site.empty()

    pushed(site, pdu(item(command(), 3)), pdu(item(encoded_object(), 2)))

    found = pydicom.dcmread(io.BytesIO(site.received()[0]))
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert found.file_meta.MediaStorageSOPInstanceUID == "1.2.3.4"
    assert found.pixel_array.shape == (16, 16)


def test_a_command_in_two_fragments_takes_the_ordinary_way(site: Site) -> None:
    site.empty()
    dataset = encoded_object()
    first, second = command()[:40], command()[40:]

    with site.associate() as peer:
        peer.sendall(pdu(item(first, 1)) + pdu(item(second, 3)) + pdu(item(dataset, 2)))
        said = answer(peer)

    assert b"\x00\x00\x00\x09\x02\x00\x00\x00\x00\x00" in said, "no status of success"
    kept = pydicom.dcmread(io.BytesIO(site.received()[0]))
    assert kept == pydicom.dcmread(io.BytesIO(kept_as(dataset)))


def test_requests_that_do_not_wait_for_each_other_are_all_answered(site: Site) -> None:
    site.empty()
    one = pdu(item(command(1), 3)) + pdu(item(encoded_object(1), 2))
    two = pdu(item(command(2), 3)) + pdu(item(encoded_object(2), 2))

    with site.associate() as peer:
        peer.sendall(one + two)
        answers = [answer(peer), answer(peer)]

    assert answers == [response(request(1), 0), response(request(2), 0)]
    assert sorted(site.received()) == sorted(kept_as(encoded_object(n)) for n in (1, 2))


def test_an_echo_between_objects_is_answered(site: Site) -> None:
    entity = AE()
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    entity.add_requested_context(VERIFICATION)
    association = entity.associate("127.0.0.1", site.listener.port)

    told = [
        association.send_c_store(ct_object(1, side=16)).Status,
        association.send_c_echo().Status,
        association.send_c_store(ct_object(2, side=16)).Status,
    ]
    association.release()

    assert told == [0, 0, 0]
    assert association.is_released


@pytest.mark.parametrize("ending", ["abort", "close", "close in a PDU"])
def test_an_object_that_was_broken_off_leaves_nothing(site: Site, ending: str) -> None:
    site.empty()
    with site.associate() as peer:
        peer.sendall(pdu(item(command(), 3)) + pdu(item(encoded_object()[:300], 0)))
        last = pdu(item(bytes(200), 2))
        peer.sendall(
            {"abort": struct.pack(">BBIHH", 7, 0, 4, 0, 0), "close": b""}.get(ending, last[:50])
        )

    pushed(site, pdu(item(command(9), 3)), pdu(item(encoded_object(), 2)), message=9)

    assert len(site.received()) == 1
    assert not site.begun()


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(pdu(item(b"xx", 0, context=3)), id="another context"),
        pytest.param(pdu(item(command(), 3)), id="a command inside an object"),
        pytest.param(pdu(item(b"xx", 2), item(b"yy", 0)), id="data after the last"),
        pytest.param(struct.pack(">BBI", 4, 0, 8) + item(bytes(90), 0)[:8], id="too long an item"),
    ],
)
def test_who_does_not_keep_to_the_protocol_is_aborted(site: Site, strange: bytes) -> None:
    site.empty()
    with site.associate() as peer:
        peer.sendall(pdu(item(command(), 3)) + strange)

        assert answer(peer)[0] == 7

    assert not site.received()
    pushed(site, pdu(item(command(), 3)), pdu(item(encoded_object(), 2)))
    assert not site.begun()


@given(st.binary(max_size=300))
def test_no_command_set_breaks_its_reader(command_set: bytes) -> None:
    assert store_request(1, memoryview(command_set)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"\0\1\2\0\0\0\1\0", b"\0\1\2\0\0\0\x30\0", id="an echo"),
        pytest.param(b"\0\x08\2\0\0\0\1\0", b"\0\x08\2\0\0\0\1\1", id="no object"),
        pytest.param(b"1.2.3.4", b"../etc/", id="an instance that is no UID"),
    ],
)
def test_only_a_whole_store_request_takes_the_lane(old: bytes, new: bytes) -> None:
    assert store_request(1, memoryview(command())) == request()

    assert store_request(1, memoryview(command().replace(old, new))) is None
