"""QIDO-RS over loopback."""

import httpx
import pytest

from tests.api.running import Running
from tests.examples.files import ct_file

STUDIES = [f"1.2.826.0.1.3680043.8.498.{number}" for number in (4001, 4002, 4003)]


@pytest.fixture(scope="module")
def browser(shared_world: Running) -> httpx.Client:
    """A manager's browser, after three studies of two subjects arrived."""
    for code in ("001", "002"):
        shared_world.trial.add_subject(code)
    client = shared_world.machine()
    for subject, study, n in (
        ("001", STUDIES[0], 3),
        ("001", STUDIES[1], 2),
        ("002", STUDIES[2], 1),
    ):
        files = [ct_file(number, subject=subject, study=study) for number in range(1, n + 1)]
        shared_world.stow(client, files)
    return shared_world.person("manager")


def found(answer: httpx.Response, tag: str) -> list[object]:
    assert answer.status_code == 200, answer.text
    return [entry[tag]["Value"][0] for entry in answer.json()]


def test_studies_are_listed_with_their_counts(shared_world: Running, browser: httpx.Client) -> None:
    answer = browser.get(f"{shared_world.project}/dicomweb/studies")

    counts = dict(zip(found(answer, "0020000D"), found(answer, "00201208"), strict=True))
    assert counts == {STUDIES[0]: 3, STUDIES[1]: 2, STUDIES[2]: 1}
    assert set(found(answer, "00080020")) == {"20240229"}
    assert answer.headers["content-type"] == "application/dicom+json"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"StudyInstanceUID": STUDIES[0]}, {STUDIES[0]}),
        ({"0020000D": f"{STUDIES[0]},{STUDIES[2]}"}, {STUDIES[0], STUDIES[2]}),
        ({"PatientID": "002"}, {STUDIES[2]}),
        ({"00100020": "00*"}, set(STUDIES)),
        ({"00100020": "00?", "limit": "500", "fuzzymatching": "true"}, set(STUDIES)),
        ({"StudyDate": "20240101-20241231"}, set(STUDIES)),
        ({"StudyDate": "-20231231"}, set()),
        ({"ModalitiesInStudy": "MR"}, set()),
        ({"includefield": "all"}, set(STUDIES)),
        ({"PatientID": "nobody"}, set()),
    ],
)
def test_studies_are_matched(
    shared_world: Running, browser: httpx.Client, query: dict[str, str], expected: set[str]
) -> None:
    answer = browser.get(f"{shared_world.project}/dicomweb/studies", params=query)

    assert set(found(answer, "0020000D")) == expected


def test_pages_do_not_overlap(shared_world: Running, browser: httpx.Client) -> None:
    pages = [
        browser.get(
            f"{shared_world.project}/dicomweb/studies", params={"limit": 1, "offset": offset}
        )
        for offset in range(4)
    ]

    assert sorted(str(uid) for page in pages for uid in found(page, "0020000D")) == STUDIES


def test_series_and_instances_are_found_below_their_study(
    shared_world: Running, browser: httpx.Client
) -> None:
    root = f"{shared_world.project}/dicomweb"
    series = browser.get(f"{root}/studies/{STUDIES[0]}/series", params={"Modality": "CT"})
    instances = browser.get(
        f"{root}/studies/{STUDIES[0]}/series/{STUDIES[0]}.1/instances", params={"InstanceNumber": 2}
    )
    everything = browser.get(f"{root}/instances")

    assert found(series, "0020000E") == [f"{STUDIES[0]}.1"]
    assert found(instances, "00080018") == [f"{STUDIES[0]}.1.2"]
    assert len(everything.json()) == 6


@pytest.mark.parametrize(
    "query", [{"Nonsense": "1"}, {"limit": "-1"}, {"offset": "x"}, {"PatientWeight": "70"}]
)
def test_a_question_that_cannot_be_answered_is_refused(
    shared_world: Running, browser: httpx.Client, query: dict[str, str]
) -> None:
    answer = browser.get(f"{shared_world.project}/dicomweb/studies", params=query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "bad_query"


def test_studies_are_browsed_with_visit_and_thumbnail(
    shared_world: Running, browser: httpx.Client
) -> None:
    page = browser.get(f"{shared_world.project}/studies", params={"subject": "001"}).json()

    assert page["total"] == 2
    assert {study["visit_code"] for study in page["studies"]} == {"BL", "W6"}
    assert all(browser.get(study["thumbnail_url"]).status_code == 200 for study in page["studies"])
    assert all(series["displayable"] for study in page["studies"] for series in study["series"])


def test_a_reader_cannot_browse_the_project(shared_world: Running, browser: httpx.Client) -> None:
    reader = shared_world.person("reader1")

    for path in (
        "studies",
        "dicomweb/studies",
        "dicomweb/series",
        "dicomweb/instances",
        "subjects",
    ):
        answer = reader.get(f"{shared_world.project}/{path}")
        assert answer.status_code == 403, path
        assert "001" not in answer.text
