"""The lakes that the lake's tests run on: a local folder and a real S3 server."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from lake.location import Lake

BUCKET = "lake"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A process of its own, as a real store is: inside ours it would wait for our own threads.
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 1}),
    )
    for _ in range(300):
        try:
            client.create_bucket(Bucket=BUCKET)
            break
        except EndpointConnectionError:
            time.sleep(0.1)
    client.close()
    yield endpoint
    server.terminate()
    server.wait()


@pytest.fixture(params=["disk", "s3"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    if request.param == "disk":
        # A folder name with a blank and a quote: addresses go through three parsers.
        return Lake(str(tmp_path / "the lake's"))
    return Lake(
        f"s3://{BUCKET}/{uuid4()}",
        {
            "endpoint_url": request.getfixturevalue("s3_endpoint"),
            "access_key_id": "key",
            "secret_access_key": "secret",
            "region": "us-east-1",
        },
    )


@pytest.fixture
def disk_lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))
