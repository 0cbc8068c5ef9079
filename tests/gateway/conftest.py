"""A gateway, the platform it uploads to, and objects to send."""

from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.examples.ct import write_study
from tests.gateway.running import Gateway
from tests.gateway.sink import Sink, serve


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def platform(sink: Sink) -> Iterator[ThreadingHTTPServer]:
    server = serve(sink)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def start_gateway(
    tmp_path: Path, platform: ThreadingHTTPServer
) -> Iterator[Callable[..., Gateway]]:
    started: list[Gateway] = []

    def start(**settings: str) -> Gateway:
        url = f"http://127.0.0.1:{platform.server_address[1]}"
        gateway = Gateway(tmp_path / "data", settings.pop("api_url", url), settings)
        gateway.data.mkdir(exist_ok=True)
        started.append(gateway)
        return gateway.start()

    yield start
    for gateway in started:
        if gateway.process is not None and gateway.process.poll() is None:
            gateway.kill()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_study(tmp_path / "study", instances=20)
