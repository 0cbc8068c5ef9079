from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import InstanceTooLarge, SpoolFull
from gateway.spool import INCOMING, OUTGOING, QUARANTINE, RECEIVED, Spool
from tests.gateway.site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_an_accepted_file_has_moved_as_a_whole(site: Site) -> None:
    site.spool_only("aa1", b"content")

    assert site.spool.path(RECEIVED, "aa1").read_bytes() == b"content"
    assert not list((site.spool.folder / INCOMING).iterdir())


def test_too_little_room_and_too_large_are_refused(tmp_path: Path) -> None:
    full = Spool(tmp_path, min_free_bytes=1 << 60, max_instance_bytes=10)

    with pytest.raises(SpoolFull):
        full.check_room(1)
    with pytest.raises(InstanceTooLarge):
        full.check_room(11)


def test_quarantine_may_be_done_again(site: Site) -> None:
    site.spool_only("aa1")
    site.spool.path(OUTGOING, "aa1").write_bytes(b"half")

    site.spool.quarantine("aa1")
    site.spool.quarantine("aa1")

    assert site.files(QUARANTINE) == {"aa1"}
    assert site.files(RECEIVED) == site.files(OUTGOING) == set()


def test_a_forgotten_instance_leaves_no_file(site: Site) -> None:
    site.spool_only("aa1")
    site.spool.path(OUTGOING, "aa1").write_bytes(b"done")

    site.spool.forget("aa1")

    assert site.files(RECEIVED) == site.files(OUTGOING) == set()


def test_only_what_is_long_abandoned_is_discarded_while_running(site: Site) -> None:
    partial = site.spool.folder / INCOMING / "tmp1.dcm"
    partial.write_bytes(b"half")
    clock = site.clock
    clock.now = clock.now.fromtimestamp(partial.stat().st_mtime, clock.now.tzinfo)

    assert site.spool.discard_incoming(before=clock() - timedelta(hours=1)) == 0
    assert site.spool.discard_incoming(before=clock() + timedelta(hours=1)) == 1
    assert not partial.exists()
