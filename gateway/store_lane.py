"""C-STORE without detours: from the network to the spool in the one thread that reads it.

pynetdicom hands each object through two threads and five queues. What an established association
sends in nearly every message, one C-STORE request whose command is whole in its first PDU, is
read, written and answered here; everything else goes its way, from its first byte on.

Source: PS3.8 9.3.5 and Annex E (P-DATA-TF, message control header), PS3.7 9.3.1 and Annex E
(C-STORE messages, command elements in implicit VR little endian), PS3.10 7.1 (file meta).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pydicom.uid import PYDICOM_IMPLEMENTATION_UID

from gateway.connection import LONGEST_READ, Connection

P_DATA, ESTABLISHED = 0x04, "Sta6"
COMMAND, LAST = 1, 2
STORE_REQUEST, STORE_RESPONSE, NO_DATASET = 0x0001, 0x8001, 0x0101
CONNECTION_CLOSED, INVALID_PDU = "Evt17", "Evt19"
PDU: Final = struct.Struct(">BxI")
ITEM: Final = struct.Struct(">IBB")
ELEMENT: Final = struct.Struct("<HHI")


class Incoming(Protocol):
    """Where the bytes of one object go; it never raises, `finish` says how it went."""

    def write(self, data: memoryview) -> None:
        """Take a part."""

    def finish(self) -> int:
        """Make it durable; return the status to answer."""

    def discard(self) -> None:
        """Forget it: the sender broke off."""


class Aside(Exception):
    """The PDU at hand is not for this lane: pynetdicom reads it again."""


class Broken(Exception):
    """The peer does not keep to PS3.8."""


@dataclass(frozen=True)
class StoreRequest:
    """What a C-STORE request says of its object."""

    context: int
    message: int
    sop_class: bytes
    sop_instance: bytes


def use_lane(service: Any, receive: Callable[[bytes], Incoming], timeout_s: float) -> None:
    """Let an association's provider read through the lane; `receive` gets the file's meta."""
    lane = StoreLane(service, receive, timeout_s)
    service._read_pdu_data = lane.read


class StoreLane:
    """The lane of one association."""

    def __init__(
        self, service: Any, receive: Callable[[bytes], Incoming], timeout_s: float
    ) -> None:
        self._service, self._receive, self._timeout_s = service, receive, timeout_s
        self._aside: Callable[[], None] = service._read_pdu_data
        self._buffer = bytearray(2 * (PDU.size + LONGEST_READ))
        self._begin = self._end = 0

    def read(self) -> None:
        """Read what has come: through the lane once the association is established."""
        connection: Connection = self._service.socket
        if self._service.state_machine.current_state != ESTABLISHED:
            self._aside()
            return
        assert connection.socket is not None
        connection.socket.settimeout(self._timeout_s)
        try:
            self._read_messages(connection)
        except Aside:
            connection.unread = self._given_back()
            self._aside()
        except Broken:
            self._service.event_queue.put(INVALID_PDU)
        except OSError:
            self._service.event_queue.put(CONNECTION_CLOSED)

    def _read_messages(self, connection: Connection) -> None:
        """Take messages while they come; the association's thread is heard in between."""
        self._begin, self._end = 0, len(connection.unread)
        self._buffer[: self._end], connection.unread = connection.unread, b""
        waiting = self._service.to_provider_queue.queue
        more = True
        while more:
            self._read_message(connection)
            self._service._idle_timer.restart()
            more = self._begin < self._end or connection.ready
            if waiting or self._service._kill_thread:
                break
        connection.unread = self._given_back()

    def _given_back(self) -> bytes:
        return bytes(self._buffer[self._begin : self._end])

    def _read_message(self, connection: Connection) -> None:
        first = self._next_pdu(connection)
        items = _items(first)
        context, control, value = next(items)
        request = store_request(context, value) if control & 3 == COMMAND | LAST else None
        accepted = self._service.assoc._accepted_cx.get(context)
        if request is None or accepted is None:
            raise Aside
        incoming = self._receive(file_meta(request, accepted.transfer_syntax[0]))
        try:
            ended = _take(items, context, incoming)
            self._begin += len(first)
            while not ended:
                pdu = self._next_pdu(connection)
                ended = _take(_items(pdu), context, incoming)
                self._begin += len(pdu)
        except BaseException:
            incoming.discard()
            raise
        connection.send_all(response(request, incoming.finish()))

    def _next_pdu(self, connection: Connection) -> memoryview:
        """Return a whole P-DATA-TF, good until the next is asked for; all else goes aside."""
        self._need(connection, PDU.size)
        kind, length = PDU.unpack_from(self._buffer, self._begin)
        if kind != P_DATA or not ITEM.size <= length <= LONGEST_READ:
            raise Aside
        self._need(connection, PDU.size + length)
        return memoryview(self._buffer)[self._begin : self._begin + PDU.size + length]

    def _need(self, connection: Connection, size: int) -> None:
        """Read until so many bytes of the PDU at hand are there."""
        if self._begin + size > len(self._buffer):
            rest = self._given_back()
            self._begin, self._end = 0, len(rest)
            self._buffer[: self._end] = rest
        assert connection.socket is not None
        with memoryview(self._buffer) as view:
            while self._end - self._begin < size:
                count = connection.socket.recv_into(view[self._end :])
                if not count:
                    raise ConnectionError("the peer closed the connection")
                self._end += count


def _take(items: Iterator[tuple[int, int, memoryview]], context: int, incoming: Incoming) -> bool:
    """Write the fragments of a PDU; return whether the object's last one was among them."""
    ended = False
    for of_context, control, value in items:
        if ended or of_context != context or control & COMMAND:
            raise Broken
        incoming.write(value)
        ended = bool(control & LAST)
    return ended


def _items(pdu: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield context, control header and value of each fragment in a P-DATA-TF."""
    at = PDU.size
    while at < len(pdu):
        if at + ITEM.size > len(pdu):
            raise Broken
        length, context, control = ITEM.unpack_from(pdu, at)
        end = at + 4 + length
        if length < 2 or end > len(pdu):
            raise Broken
        yield context, control, pdu[at + ITEM.size : end]
        at = end


def store_request(context: int, command: memoryview) -> StoreRequest | None:
    """Read a command set; None unless it is a C-STORE request with all that an answer needs."""
    elements: dict[int, bytes] = {}
    at = 0
    while at < len(command):
        if at + ELEMENT.size > len(command):
            return None
        group, element, length = ELEMENT.unpack_from(command, at)
        at += ELEMENT.size
        if group != 0 or at + length > len(command):
            return None
        elements[element] = bytes(command[at : at + length])
        at += length
    numbers = [elements.get(element, b"") for element in (0x0100, 0x0110, 0x0800)]
    if any(len(number) != 2 for number in numbers):
        return None
    kind, message, dataset = (int.from_bytes(number, "little") for number in numbers)
    sop_class, sop_instance = (
        elements.get(element, b"").rstrip(b"\0 ") for element in (0x0002, 0x1000)
    )
    whole = _is_uid(sop_class) and _is_uid(sop_instance)
    if kind != STORE_REQUEST or dataset == NO_DATASET or not whole:
        return None
    return StoreRequest(context, message, sop_class, sop_instance)


def _is_uid(value: bytes) -> bool:
    return 0 < len(value) <= 64 and not value.strip(b"0123456789.")


def file_meta(request: StoreRequest, transfer_syntax: str) -> bytes:
    """Return preamble and file meta group of the object's file."""
    elements = b"".join(
        (
            struct.pack("<HH2sxxI", 2, 0x0001, b"OB", 2) + b"\0\1",
            _uid(0x0002, request.sop_class),
            _uid(0x0003, request.sop_instance),
            _uid(0x0010, transfer_syntax.encode()),
            _uid(0x0012, PYDICOM_IMPLEMENTATION_UID.encode()),
        )
    )
    length = struct.pack("<HH2sHI", 2, 0x0000, b"UL", 4, len(elements))
    return bytes(128) + b"DICM" + length + elements


def _uid(element: int, value: bytes) -> bytes:
    padded = value + bytes(len(value) % 2)
    return struct.pack("<HH2sH", 2, element, b"UI", len(padded)) + padded


def response(request: StoreRequest, status: int) -> bytes:
    """Return the PDU that answers a C-STORE request."""
    elements = b"".join(
        (
            _command(0x0002, request.sop_class + bytes(len(request.sop_class) % 2)),
            _command(0x0100, STORE_RESPONSE.to_bytes(2, "little")),
            _command(0x0120, request.message.to_bytes(2, "little")),
            _command(0x0800, NO_DATASET.to_bytes(2, "little")),
            _command(0x0900, status.to_bytes(2, "little")),
            _command(0x1000, request.sop_instance + bytes(len(request.sop_instance) % 2)),
        )
    )
    command = _command(0x0000, len(elements).to_bytes(4, "little")) + elements
    item = ITEM.pack(len(command) + 2, request.context, COMMAND | LAST) + command
    return PDU.pack(P_DATA, len(item)) + item


def _command(element: int, value: bytes) -> bytes:
    return ELEMENT.pack(0, element, len(value)) + value
