"""A connection that reads each PDU in few steps, waits without delay, and never reads a huge PDU.

pynetdicom reads 4096 bytes at a time and as much as a PDU's header claims: 130 system calls for a
CT slice, and up to 4 GiB of memory for anyone who can reach the port. Between two looks at the
network it sleeps a millisecond, four times for each object.
"""

import select
from time import monotonic
from typing import Any, Final

from pynetdicom.transport import AssociationSocket

# Four times the longest PDU that is negotiated; requests for an association stay far below it.
LONGEST_READ: Final = 512 * 1024
# How long to wait for data at once: shortly while objects come, since answers go out in between.
ACTIVE_WAIT_S, IDLE_WAIT_S, ACTIVE_FOR_S = 0.0005, 0.01, 1.0


class Connection(AssociationSocket):
    """The socket of one association."""

    heard_at = 0.0
    # What was read and given back.
    unread: bytes | bytearray = b""

    @property
    def ready(self) -> bool:
        """Wait a little for data; return whether there is some."""
        if self.unread:
            return True
        found = super().ready
        if not found and self.socket is not None and self.socket.fileno() >= 0:
            active = monotonic() - self.heard_at < ACTIVE_FOR_S
            wait_s = ACTIVE_WAIT_S if active else IDLE_WAIT_S
            found = bool(select.select([self.socket], [], [], wait_s)[0])
        if found:
            self.heard_at = monotonic()
        return found

    def recv(self, nr_bytes: int) -> bytearray:
        """Read so many bytes, or fewer when the peer has closed."""
        if nr_bytes > LONGEST_READ:
            raise ConnectionError("a PDU longer than what was negotiated")
        assert self.socket is not None
        data = bytearray(nr_bytes)
        view = memoryview(data)
        read = min(len(self.unread), nr_bytes)
        data[:read], self.unread = self.unread[:read], self.unread[read:]
        while read < nr_bytes and (count := self.socket.recv_into(view[read:])):
            read += count
        view.release()
        del data[read:]
        return data

    def send_all(self, data: bytes) -> None:
        """Send; a broken connection raises."""
        assert self.socket is not None
        self.socket.sendall(data)


def use_connection(event: Any) -> None:
    """Let an association that has just begun use `Connection`; what it has done so far stays."""
    service = event.assoc.dul
    service.socket.__class__ = Connection
    service._run_loop_delay = 0.0
