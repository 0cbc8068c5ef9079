"""The DICOM listener: C-ECHO, C-STORE; 0x0000 is answered only when an object is safe on disk."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian
from pynetdicom import AE, _config, evt

from gateway.connection import use_connection
from gateway.errors import InstanceTooLarge, SpoolFull
from gateway.incoming import OUT_OF_RESOURCES, SUCCESS, SpooledObject
from gateway.log import say
from gateway.recorder import Recorder
from gateway.settings import Settings
from gateway.spool import INCOMING, Spool
from gateway.store_lane import use_lane

VERIFICATION: Final = "1.2.840.10008.1.1"
MAX_PDU: Final = 128 * 1024
# Native syntaxes a sender would convert to; the others stay in the sender's order.
LAST_CHOICES: Final = {ExplicitVRBigEndian: 1, ImplicitVRLittleEndian: 2}


@dataclass(frozen=True)
class Listener:
    """A running listener."""

    entity: Any
    server: Any

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.server.server_address[1])

    @property
    def associations(self) -> int:
        """Return how many associations are open."""
        return len(self.server.active_associations)

    def refuse_new(self) -> None:
        """Stop accepting; what is open goes on."""
        self.server.shutdown()

    def stop(self) -> None:
        """Abort what is still open."""
        self.entity.shutdown()


def start_listener(
    settings: Settings, spool: Spool, recorder: Recorder, new_id: Callable[[], str]
) -> Listener:
    """Start listening in threads of this process."""
    # Any storage class is received, private ones too: what cannot be cleaned is quarantined and
    # seen by a person, instead of being refused unseen. Data goes straight to the spool's disk.
    _config.UNRESTRICTED_STORAGE_SERVICE = True
    _config.STORE_RECV_CHUNKED_DATASET = True
    _config.LOG_REQUEST_IDENTIFIERS = False
    _config.LOG_RESPONSE_IDENTIFIERS = False
    tempfile.tempdir = str(spool.folder / INCOMING)
    entity = AE(ae_title=settings.ae_title)
    entity.maximum_pdu_size = MAX_PDU
    entity.maximum_associations = settings.max_associations
    entity.network_timeout = settings.request_timeout_s
    entity.add_supported_context(VERIFICATION)

    def receive(meta: bytes) -> SpooledObject:
        return SpooledObject(meta, spool=spool, recorder=recorder, new_id=new_id)

    server = entity.start_server(
        (settings.dicom_host, settings.dicom_port),
        block=False,
        evt_handlers=[
            (evt.EVT_CONN_OPEN, begin, [receive, settings.request_timeout_s]),
            (evt.EVT_REQUESTED, prefer_explicit),
            (evt.EVT_C_ECHO, answer_echo),
            (evt.EVT_C_STORE, store, [spool, recorder, new_id]),
        ],
    )
    return Listener(entity, server)


def begin(event: Any, receive: Callable[[bytes], SpooledObject], timeout_s: float) -> None:
    """Let a new association read without delay, and its objects go straight to the spool."""
    use_connection(event)
    use_lane(event.assoc.dul, receive, timeout_s)


def prefer_explicit(event: Any) -> None:
    """Put implicit VR last in what is proposed: a conversion to it loses VRs."""
    request = event.assoc.requestor.primitive
    for context in request.presentation_context_definition_list:
        context.transfer_syntax = sorted(
            context.transfer_syntax, key=lambda syntax: LAST_CHOICES.get(syntax, 0)
        )


def answer_echo(event: Any) -> int:
    """Answer a C-ECHO."""
    return SUCCESS


def store(event: Any, spool: Spool, recorder: Recorder, new_id: Callable[[], str]) -> int:
    """Make a received object durable, then answer; whatever fails leaves it with the sender."""
    incoming = Path(event.dataset_path)
    instance = new_id()
    try:
        size = incoming.stat().st_size
        spool.check_room(size)
        spool.accept(incoming, instance)
    except SpoolFull:
        return _refused(incoming, "spool_full")
    except InstanceTooLarge:
        return _refused(incoming, "too_large")
    except OSError:
        return _refused(incoming, "disk_failed")
    recorder.put(instance, size)
    return SUCCESS


def _refused(incoming: Path, code: str) -> int:
    incoming.unlink(missing_ok=True)
    say("c_store_refused", code=code)
    return OUT_OF_RESOURCES
