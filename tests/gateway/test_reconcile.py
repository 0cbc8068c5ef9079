from pathlib import Path

import pytest

from gateway.reconcile import Reconciled, reconcile
from gateway.spool import INCOMING, OUTGOING, QUARANTINE, RECEIVED
from gateway.states import Cleaned, State
from tests.gateway.site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def upload(site: Site, instance: str) -> None:
    """Bring an instance to the middle of its upload."""
    site.receive(instance)
    site.states.take_received(10)
    site.spool.path(OUTGOING, instance).write_bytes(b"clean")
    site.states.deidentified([Cleaned(instance, "2.25.1", "0" * 64, 5)])
    site.states.take_outgoing(instances=10, size=100)


def test_nothing_to_mend_changes_nothing(site: Site) -> None:
    site.receive("aa1")

    assert reconcile(site.spool, site.states) == Reconciled()


def test_a_file_that_was_never_entered_is_entered(site: Site) -> None:
    site.spool_only("aa1")

    mended = reconcile(site.spool, site.states)

    assert mended.entered == 1
    assert site.states.known(["aa1"]) == {"aa1": State.RECEIVED}


def test_what_was_being_received_is_discarded(site: Site) -> None:
    (site.spool.folder / INCOMING / "tmp1.dcm").write_bytes(b"half")

    mended = reconcile(site.spool, site.states)

    assert mended.discarded == 1
    assert site.states.counts()["received"] == 0


def test_an_acknowledged_original_that_was_not_yet_deleted_goes(site: Site) -> None:
    upload(site, "aa1")
    site.states.move(["aa1"], State.ACKNOWLEDGED)

    reconcile(site.spool, site.states)

    assert site.files(RECEIVED) == site.files(OUTGOING) == set()


def test_an_upload_without_an_answer_keeps_its_files_and_is_done_again(site: Site) -> None:
    upload(site, "aa1")

    reconcile(site.spool, site.states)

    assert site.files(RECEIVED) == site.files(OUTGOING) == {"aa1"}
    assert site.states.known(["aa1"]) == {"aa1": State.DEIDENTIFIED}


def test_a_half_written_deidentified_file_is_dropped(site: Site) -> None:
    site.receive("aa1")
    site.spool.path(OUTGOING, "aa1").write_bytes(b"half")

    reconcile(site.spool, site.states)

    assert site.files(OUTGOING) == set()
    assert site.files(RECEIVED) == {"aa1"}


def test_what_was_moved_aside_before_its_state_was_written_is_quarantined(site: Site) -> None:
    site.receive("aa1")
    site.spool.quarantine("aa1")
    site.spool_only("bb1")
    site.spool.quarantine("bb1")

    reconcile(site.spool, site.states)

    assert site.states.counts()["quarantined"] == 2


def test_a_quarantined_state_moves_its_file_aside(site: Site) -> None:
    site.receive("aa1")
    site.states.move(["aa1"], State.QUARANTINED, code="malformed")

    reconcile(site.spool, site.states)

    assert site.files(QUARANTINE) == {"aa1"}
    assert site.states.reasons() == {"malformed": 1}
