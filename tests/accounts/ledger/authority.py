"""A time-stamp authority for tests: openssl's own, behind HTTP, with a certificate of its own."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = An authority of this test
[extensions]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> Path:
    """Make the authority's key and certificate in a new folder; `tsa.pem` is its root."""
    folder.mkdir()
    (folder / "tsa.conf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key",
        "-out", "tsa.pem", "-days", "2", "-config", "tsa.conf",
    )  # fmt: skip
    return folder


def reply(folder: Path, request: bytes) -> bytes:
    """Answer a query as the authority."""
    (folder / "request.tsq").write_bytes(request)
    openssl(
        folder, "ts", "-reply", "-config", "tsa.conf", "-section", "tsa",
        "-queryfile", "request.tsq", "-out", "token.tsr",
    )  # fmt: skip
    return (folder / "token.tsr").read_bytes()


@contextmanager
def serving(folder: Path, *, spoil: bool = False) -> Iterator[str]:
    """Serve the authority on a loopback port; a spoiled one answers what it was asked first."""
    first: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            first.append(asked)
            body = reply(folder, first[0] if spoil else asked)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
