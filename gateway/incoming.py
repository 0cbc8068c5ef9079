"""One object on its way into the spool; 0x0000 is answered only when it is safe on disk."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.errors import InstanceTooLarge, SpoolFull
from gateway.log import say
from gateway.recorder import Recorder
from gateway.spool import INCOMING, Spool, sync_descriptor

SUCCESS, OUT_OF_RESOURCES = 0x0000, 0xA700
CODES: Final[dict[type[Exception], str]] = {SpoolFull: "spool_full", InstanceTooLarge: "too_large"}


class SpooledObject:
    """An object as it comes in; what fails is kept until the whole message has been read."""

    def __init__(
        self, meta: bytes, *, spool: Spool, recorder: Recorder, new_id: Callable[[], str]
    ) -> None:
        self._spool, self._recorder = spool, recorder
        self._instance = new_id()
        self._path: Path = spool.folder / INCOMING / self._instance
        self._size = 0
        self._failure: Exception | None = None
        self._descriptor = -1
        try:
            spool.check_room(0)
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except (SpoolFull, OSError) as error:
            self._failure = error
        self.write(memoryview(meta))

    def write(self, data: memoryview) -> None:
        """Take a part; after a failure the rest is read and dropped."""
        if self._failure is not None:
            return
        try:
            self._spool.check_size(self._size + len(data))
            while data:
                written = os.write(self._descriptor, data)
                self._size += written
                data = data[written:]
        except (InstanceTooLarge, OSError) as error:
            self._failure = error

    def finish(self) -> int:
        """Make the object durable and hand it over; return the status to answer."""
        if self._failure is None:
            try:
                sync_descriptor(self._descriptor)
                self._close()
                self._spool.keep(self._path, self._instance)
            except OSError as error:
                self._failure = error
        if self._failure is not None:
            self.discard()
            say("c_store_refused", code=CODES.get(type(self._failure), "disk_failed"))
            return OUT_OF_RESOURCES
        self._recorder.put(self._instance, self._size)
        return SUCCESS

    def discard(self) -> None:
        """Forget the object: nothing of it was acknowledged."""
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
