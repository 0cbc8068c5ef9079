"""A small platform that follows the receipt contract, with faults that a test can switch on."""

import email.parser
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from pydicom import dcmread

RECEIPT = "application/vnd.readout.receipt+json"
KEY = "rk.test.secret"


@dataclass
class Sink:
    """What was stored, what was asked, and the fault in force."""

    objects: dict[str, bytes] = field(default_factory=dict)
    requests: int = 0
    stored_again: int = 0
    bodies: list[bytes] = field(default_factory=list)
    keep_bodies: bool = False
    fault: str = ""
    max_parts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, part: bytes) -> tuple[str, dict[str, object]]:
        uid = str(dcmread(BytesIO(part), specific_tags=["SOPInstanceUID"]).SOPInstanceUID)
        digest = hashlib.sha256(part).hexdigest()
        with self.lock:
            if self.fault == "spoil":
                return "stored", _stored(uid, "0" * 64, "stored")
            if self.fault == "refuse":
                return "failed", _failed(uid, "malformed")
            if self.fault == "busy":
                return "failed", _failed(uid, "busy")
            if uid not in self.objects:
                self.objects[uid] = part
                return "stored", _stored(uid, digest, "stored")
            if self.objects[uid] == part:
                self.stored_again += 1
                return "stored", _stored(uid, digest, "already_present")
        return "failed", _failed(uid, "uid_collision")


def _stored(uid: str, digest: str, status: str) -> dict[str, object]:
    return {"sop_instance_uid": uid, "sha256": digest, "status": status}


def _failed(uid: str, kind: str) -> dict[str, object]:
    return {"sop_instance_uid": uid, "type": kind, "reason": kind, "code": 272, "part": 1}


def split(content_type: str, body: bytes) -> list[bytes]:
    """Return the parts of a multipart/related body."""
    message = email.parser.HeaderParser().parsestr(f"Content-Type: {content_type}\n\n")
    boundary = b"--" + str(message.get_boundary()).encode()
    parts = body.split(boundary + b"\r\n")[1:]
    parts[-1] = parts[-1].split(b"\r\n" + boundary + b"--")[0] + b"\r\n"
    return [part.split(b"\r\n\r\n", 1)[1][:-2] for part in parts]


def serve(sink: Sink, port: int = 0) -> ThreadingHTTPServer:
    """Serve a sink in a thread; shut the server down to make the platform unreachable."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            with sink.lock:
                sink.requests += 1
                fault = sink.fault
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {KEY}":
                return self.answer(401, {}, b"")
            if fault == "server_error":
                return self.answer(503, {"Retry-After": "0"}, b"down")
            if fault == "html":
                return self.answer(200, {"Content-Type": "text/html"}, b"<html>a proxy</html>")
            parts = split(self.headers["Content-Type"], body)
            if sink.max_parts and len(parts) > sink.max_parts:
                return self.answer(413, {}, b"")
            if fault == "too_large":
                return self.answer(413, {}, b"")
            if sink.keep_bodies:
                sink.bodies.append(body)
            receipt: dict[str, list[dict[str, object]]] = {"stored": [], "failed": []}
            for part in parts:
                outcome, line = sink.take(part)
                receipt[outcome].append(line)
            answer = json.dumps(receipt).encode()
            status = 200 if receipt["stored"] else 409
            if fault == "half_closed":
                # Everything is stored, but the answer breaks off: only a resend can tell.
                self.send_response(200)
                self.send_header("Content-Type", RECEIPT)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer[:10])
                self.close_connection = True
                return None
            return self.answer(status, {"Content-Type": RECEIPT}, answer)

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
