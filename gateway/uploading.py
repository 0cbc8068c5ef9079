"""Upload by STOW-RS (PS3.18 section 10.5); only the receipt ends the original's life."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from gateway.errors import InstanceRefused, PlatformUnavailable
from gateway.log import say
from gateway.receipts import RECEIPT_TYPE, Receipt, read_receipt
from gateway.spool import OUTGOING, Spool
from gateway.states import Instance, State, States

BOUNDARY: Final = "readout-gateway-part"
PART_HEAD: Final = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
PART_TAIL: Final = b"\r\n"
END: Final = f"--{BOUNDARY}--\r\n".encode()
CHUNK: Final = 1 << 20
MAX_RECEIPT: Final = 16 << 20
TOO_LARGE: Final = 413
# Answers about the content of the request; every other failure is about the platform's state.
ABOUT_CONTENT: Final = frozenset({400, 409, 411, 413, 414, 415, 422, 431})


@dataclass(frozen=True)
class Platform:
    """Where uploads go."""

    client: httpx.Client
    api_url: str
    project: str
    machine_key_path: Path

    def send(self, parts: Sequence[Path]) -> Receipt:
        """Send files in one request and return the receipt."""
        try:
            with self.client.stream(
                "POST",
                f"{self.api_url.rstrip('/')}/api/projects/{self.project}/dicomweb/studies",
                headers=self._headers(parts),
                content=_body(parts),
            ) as response:
                return _receipt(response)
        except httpx.HTTPError as error:
            raise PlatformUnavailable(f"network_{type(error).__name__.lower()}") from error
        except httpx.InvalidURL as error:
            raise PlatformUnavailable("api_url_invalid") from error

    def _headers(self, parts: Sequence[Path]) -> dict[str, str]:
        if not self.project:
            raise PlatformUnavailable("project_not_set")
        if not self.machine_key_path.is_file():
            raise PlatformUnavailable("machine_key_absent")
        framing = len(PART_HEAD) + len(PART_TAIL)
        length = sum(path.stat().st_size + framing for path in parts) + len(END)
        return {
            "Authorization": f"Bearer {self.machine_key_path.read_text().strip()}",
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={BOUNDARY}',
            "Content-Length": str(length),
            "Accept": RECEIPT_TYPE,
        }


def _body(parts: Sequence[Path]) -> Iterator[bytes]:
    for path in parts:
        yield PART_HEAD
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
        yield PART_TAIL
    yield END


def _receipt(response: httpx.Response) -> Receipt:
    status = response.status_code
    content_type = response.headers.get("Content-Type", "")
    # A receipt tells of every object, also when none of them was taken (409).
    told = content_type.startswith(RECEIPT_TYPE)
    if status in ABOUT_CONTENT and not told:
        raise InstanceRefused("too_large" if status == TOO_LARGE else f"http_{status}")
    if not response.is_success and not told:
        raise PlatformUnavailable(f"http_{status}", _retry_after_s(response))
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_RECEIPT:
            raise PlatformUnavailable("receipt_too_large")
    return read_receipt(content_type, bytes(body))


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(min(int(text), 3600)) if text.isdecimal() else 0.0


@dataclass(frozen=True)
class Uploading:
    """What uploads need to know."""

    spool: Spool
    states: States
    platform: Platform
    batch_instances: int
    batch_bytes: int

    def run_once(self) -> int:
        """Upload the next batch; return how many were worked on, or raise `PlatformUnavailable`."""
        taken = self.states.take_outgoing(instances=self.batch_instances, size=self.batch_bytes)
        whole = self._whole(taken)
        try:
            self._upload(whole)
        except PlatformUnavailable as error:
            # What this batch has already settled is no longer `uploading` and stays as it is.
            self.states.move([i.id for i in whole], State.FAILED, code=error.code)
            raise
        return len(taken)

    def _whole(self, taken: Sequence[Instance]) -> list[Instance]:
        """Return those whose file is what was written; the others are de-identified again."""
        whole = [instance for instance in taken if self._is_whole(instance)]
        spoiled = [instance.id for instance in taken if instance not in whole]
        if spoiled:
            self.states.move(spoiled, State.RECEIVED, code="outgoing_spoiled")
            say("outgoing_spoiled", count=len(spoiled))
        return whole

    def _is_whole(self, instance: Instance) -> bool:
        path = self.spool.path(OUTGOING, instance.id)
        if not path.is_file() or path.stat().st_size != instance.outgoing_size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == instance.sha256

    def _upload(self, batch: Sequence[Instance]) -> None:
        """Upload a batch; when the platform refuses it as a whole, in halves, to find the one."""
        if not batch:
            return
        try:
            receipt = self.platform.send([self.spool.path(OUTGOING, i.id) for i in batch])
        except InstanceRefused as refusal:
            if len(batch) == 1:
                self._quarantine(batch[0], refusal.code)
                return
            middle = len(batch) // 2
            self._upload(batch[:middle])
            self._upload(batch[middle:])
            return
        self._settle(batch, receipt)

    def _settle(self, batch: Sequence[Instance], receipt: Receipt) -> None:
        held: list[str] = []
        for instance in batch:
            outcome, code = receipt.outcome(
                sop_instance_uid=instance.sop_instance_uid, sha256=instance.sha256
            )
            if outcome == "held":
                held.append(instance.id)
            elif outcome == "refused":
                self._quarantine(instance, code)
            else:
                wait_s = float(min(2**instance.failures, 300))
                self.states.move([instance.id], State.FAILED, code=code, wait_s=wait_s)
        # First the state, then the files: a stop in between is mended by deleting at the start.
        self.states.move(held, State.ACKNOWLEDGED)
        for instance_id in held:
            self.spool.forget(instance_id)
        say("upload_acknowledged", count=len(held), size=sum(i.outgoing_size for i in batch))

    def _quarantine(self, instance: Instance, code: str) -> None:
        self.spool.quarantine(instance.id)
        self.states.move([instance.id], State.QUARANTINED, code=code)
        say("instance_quarantined", instance=instance.id, code=code)
