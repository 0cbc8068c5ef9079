import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from deid.profile import basic_profile
from deid.pseudonyms import SiteKey
from gateway.cleaning import Cleaning
from gateway.spool import OUTGOING, QUARANTINE, RECEIVED
from gateway.states import MAX_CRASHES
from tests.examples.ct import ct_object
from tests.gateway.site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture
def cleaning(site: Site) -> Cleaning:
    return Cleaning(site.spool, site.states, basic_profile(), SiteKey(bytes(32)))


def ct_file() -> bytes:
    buffer = BytesIO()
    ct_object(1, side=8).save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def test_a_deidentified_file_lies_beside_its_original(site: Site, cleaning: Cleaning) -> None:
    site.receive("aa1", ct_file())

    assert cleaning.run_once() == 1

    [taken] = site.states.take_outgoing(instances=1, size=1)
    content = site.spool.path(OUTGOING, "aa1").read_bytes()
    assert hashlib.sha256(content).hexdigest() == taken.sha256
    assert len(content) == taken.outgoing_size
    assert taken.sop_instance_uid.startswith("2.25.")
    assert site.files(RECEIVED) == {"aa1"}


def test_what_is_refused_is_quarantined_and_the_rest_goes_on(
    site: Site, cleaning: Cleaning
) -> None:
    site.receive("aa1", b"no DICOM at all")
    site.receive("bb1", ct_file())

    cleaning.run_once()

    assert site.states.counts()["deidentified"] == 1
    assert site.states.reasons() == {"not_dicom": 1}
    assert site.files(QUARANTINE) == {"aa1"}


def test_a_lost_original_is_reported(site: Site, cleaning: Cleaning) -> None:
    site.receive("aa1", ct_file())
    site.spool.path(RECEIVED, "aa1").unlink()

    cleaning.run_once()

    assert site.states.reasons() == {"original_missing": 1}


def test_an_object_that_brings_the_work_down_again_and_again_is_quarantined(
    site: Site, cleaning: Cleaning
) -> None:
    site.receive("aa1", ct_file())
    for _ in range(MAX_CRASHES):
        site.states.take_received(10)
        site.states.count_crash()

    cleaning.run_once()

    assert site.states.reasons() == {"work_crashed": 1}
    assert site.files(QUARANTINE) == {"aa1"}


def test_with_nothing_received_nothing_is_done(cleaning: Cleaning) -> None:
    assert cleaning.run_once() == 0
