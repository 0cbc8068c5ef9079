import hashlib
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from deid.profile import basic_profile
from deid.pseudonyms import SiteKey
from gateway.cleaning import Cleaning
from gateway.errors import PlatformUnavailable
from gateway.spool import OUTGOING, RECEIVED
from gateway.uploading import Platform, Uploading
from tests.examples.ct import ct_object
from tests.gateway.running import PROJECT
from tests.gateway.sink import KEY, Sink
from tests.gateway.site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site with three de-identified instances."""
    site = make_site(tmp_path)
    for number in (1, 2, 3):
        buffer = BytesIO()
        ct_object(number, side=8).save_as(buffer, enforce_file_format=True)
        site.receive(f"aa{number}", buffer.getvalue())
    Cleaning(site.spool, site.states, basic_profile(), SiteKey(bytes(32))).run_once()
    return site


@pytest.fixture
def uploading(site: Site, platform: ThreadingHTTPServer, tmp_path: Path) -> Iterator[Uploading]:
    key = tmp_path / "machine.key"
    key.write_text(KEY + "\n")
    with httpx.Client(timeout=10) as client:
        url = f"http://127.0.0.1:{platform.server_address[1]}/"
        yield Uploading(site.spool, site.states, Platform(client, url, PROJECT, key), 16, 1 << 20)


def test_a_batch_goes_and_its_files_with_it(site: Site, uploading: Uploading, sink: Sink) -> None:
    assert uploading.run_once() == 3

    assert site.states.counts()["acknowledged"] == 3
    assert site.files(RECEIVED) == site.files(OUTGOING) == set()
    assert sink.requests == 1


def test_a_spoiled_file_is_not_sent_but_made_again(
    site: Site, uploading: Uploading, sink: Sink
) -> None:
    spoiled = site.spool.path(OUTGOING, "aa1")
    spoiled.write_bytes(spoiled.read_bytes()[:-1] + b"!")
    site.spool.path(OUTGOING, "aa2").unlink()

    uploading.run_once()

    assert site.states.counts()["received"] == 2
    assert len(sink.objects) == 1
    assert site.files(RECEIVED) == {"aa1", "aa2"}


def test_what_the_network_did_to_a_body_is_found_by_the_digest(
    site: Site, uploading: Uploading, sink: Sink
) -> None:
    sink.fault = "spoil"

    uploading.run_once()

    assert site.states.reasons() == {"digest_differs": 3}


def test_a_passing_failure_is_counted_and_the_files_stay(
    site: Site, uploading: Uploading, sink: Sink
) -> None:
    sink.fault = "server_error"

    with pytest.raises(PlatformUnavailable, match="http_503"):
        uploading.run_once()

    assert site.states.counts()["failed"] == 3
    assert len(site.files(RECEIVED)) == len(site.files(OUTGOING)) == 3


def test_the_objects_sent_are_the_files(site: Site, uploading: Uploading, sink: Sink) -> None:
    digests = {
        hashlib.sha256(site.spool.path(OUTGOING, name).read_bytes()).hexdigest()
        for name in site.files(OUTGOING)
    }

    uploading.run_once()

    assert {hashlib.sha256(stored).hexdigest() for stored in sink.objects.values()} == digests


def test_with_nothing_due_nothing_is_sent(uploading: Uploading, sink: Sink) -> None:
    uploading.run_once()

    assert uploading.run_once() == 0
    assert sink.requests == 1
