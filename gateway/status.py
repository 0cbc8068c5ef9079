"""A small status endpoint for people and supervisors on the same machine: health and counts."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

Status = dict[str, object]
PAGES: Final = frozenset({"/health", "/status"})


class StatusServer:
    """Serves `/health` (200 or 503) and `/status` (counts) as JSON."""

    def __init__(self, host: str, port: int, status: Callable[[], Status]) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(status))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="status")

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Start serving."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(status: Callable[[], Status]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path not in PAGES:
                self._answer(404, {"error": "ask for /health or /status"})
                return
            found = status()
            failing = self.path == "/health" and not found["healthy"]
            self._answer(503 if failing else 200, found)

        def _answer(self, code: int, content: Status) -> None:
            body = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: what matters is logged by the gateway itself."""

    return Handler
