"""Taking files in without the api: matching to subject and visit, on both databases."""

from pathlib import Path

import pytest

from accounts.acts import Act, Reason
from accounts.database import Database
from accounts.errors import NotFound
from accounts.ledger.log import entries
from ingest.receive import Receipt, receive
from lake.location import Lake
from lake.objects import read_object
from research.boards import SubjectView, subject_board
from research.errors import ProjectLocked
from research.held_items import held_items
from research.ids import ProjectId
from research.image_roots import instances, project_root
from research.images import StudyRow
from research.projects import ProjectRow, set_options
from tests.examples.files import ct_file
from tests.examples.trials import Trial, make_trial

STUDIES = [f"1.2.826.0.1.3680043.8.498.{number}" for number in (3001, 3002, 3003, 3004)]


@pytest.fixture
def trial(sqlite_database: Database) -> Trial:
    return make_trial(sqlite_database)


@pytest.fixture
def any_trial(database: Database) -> Trial:
    return make_trial(database)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def take_in(trial: Trial, lake: Lake, *files: bytes) -> Receipt:
    with trial.acting() as by:
        return receive(by, lake, project=trial.project, files=files, source="test")


def take_in_and_die(trial: Trial, lake: Lake, file: bytes) -> None:
    with trial.acting() as by:
        receive(by, lake, project=trial.project, files=[file], source="test")
        raise RuntimeError("the process dies before the commit")


def visit_of(trial: Trial, study_uid: str) -> str:
    with trial.looking() as by:
        study = by.session.query(StudyRow).filter_by(study_uid=study_uid).one()
        board = subject_board(by, trial.project)
        return next(
            visit.code
            for subject in board
            for visit in subject.visits
            if visit.id == study.visit_id
        )


def board(act: Act, project: ProjectId) -> dict[str, SubjectView]:
    return {subject.code: subject for subject in subject_board(act, project)}


def test_studies_fill_the_planned_visits_in_order_and_then_make_new_ones(
    any_trial: Trial, lake: Lake
) -> None:
    any_trial.add_subject("001")

    for study in STUDIES[:4]:
        take_in(any_trial, lake, ct_file(1, study=study))

    assert [visit_of(any_trial, study) for study in STUDIES] == ["BL", "W6", "UNS-1", "UNS-2"]


def test_a_late_series_joins_its_study(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")
    take_in(trial, lake, ct_file(1, study=STUDIES[0]))
    late = ct_file(1, study=STUDIES[0], changes={
        "SeriesInstanceUID": f"{STUDIES[0]}.9", "SOPInstanceUID": f"{STUDIES[0]}.9.1",
    })  # fmt: skip

    receipt = take_in(trial, lake, late)

    assert [line.status for line in receipt.lines] == ["stored"]
    assert visit_of(trial, STUDIES[0]) == "BL"


def test_the_visit_that_the_images_name_is_taken(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")

    take_in(trial, lake, ct_file(1, study=STUDIES[0], changes={"ClinicalTrialTimePointID": "W6"}))

    assert visit_of(trial, STUDIES[0]) == "W6"


def test_a_visit_that_the_subject_does_not_have_is_held(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")

    receipt = take_in(trial, lake, ct_file(1, changes={"ClinicalTrialTimePointID": "W99"}))

    assert [(line.status, line.reason) for line in receipt.lines] == [("held", "unknown_visit")]


def test_an_unknown_subject_is_made_where_the_project_says_so(trial: Trial, lake: Lake) -> None:
    with trial.acting("manager") as by:
        set_options(by, trial.project, Reason(code="setup"), on_unknown_subject="create")

    receipt = take_in(trial, lake, ct_file(1, subject="NEW-7"))

    with trial.looking() as by:
        states = [visit.state for visit in board(by, trial.project)["NEW-7"].visits]
    assert [line.status for line in receipt.lines] == ["stored"]
    assert states == ["in_qc", "expected"]


def test_what_is_held_is_held_once_and_its_bytes_are_safe(any_trial: Trial, lake: Lake) -> None:
    stranger = ct_file(1, subject="999")
    take_in(any_trial, lake, stranger)

    take_in(any_trial, lake, stranger)

    with any_trial.looking("manager") as by:
        (held,) = held_items(by, any_trial.project)
    assert held.reason == "unknown_subject"
    assert read_object(lake, any_trial.project, held.sha256) == stranger
    assert "999" not in str(held.details)


def test_the_arrival_and_its_entry_are_one(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")

    take_in(trial, lake, ct_file(1), ct_file(2))

    with trial.database.reading() as session:
        (entry,) = entries(session, trial.project, action="images_received")
    assert entry.after is not None
    assert entry.after["instances"] == 2
    assert len(entry.rows["instances"]) == 2


def test_a_transaction_that_fails_leaves_no_row_and_a_resend_stores_it(
    trial: Trial, lake: Lake
) -> None:
    trial.add_subject("001")

    with pytest.raises(RuntimeError):
        take_in_and_die(trial, lake, ct_file(1))
    with trial.looking() as by:
        lost = instances(by.session, project_root(by, trial.project))
    receipt = take_in(trial, lake, ct_file(1))

    assert lost == ()
    assert [line.status for line in receipt.lines] == ["stored"]


def test_files_may_be_paths_and_open_files(trial: Trial, lake: Lake, tmp_path: Path) -> None:
    trial.add_subject("001")
    path = tmp_path / "slice.dcm"
    path.write_bytes(ct_file(1))

    with trial.acting() as by, path.open("rb") as opened:
        receipt = receive(by, lake, project=trial.project, files=[path, opened], source="folder")

    assert [line.status for line in receipt.lines] == ["stored", "already_present"]


def test_a_file_is_deidentified_before_anything_of_it_is_kept(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")
    original, cleaned = ct_file(1, subject="MRN-1"), ct_file(2, subject="001")

    with trial.acting() as by:
        receipt = receive(
            by,
            lake,
            project=trial.project,
            files=[original],
            source="folder",
            deidentify=lambda _: cleaned,
        )

    with trial.looking() as by:
        (stored,) = instances(by.session, project_root(by, trial.project))
    assert [line.status for line in receipt.lines] == ["stored"]
    assert read_object(lake, trial.project, stored.sha256) == cleaned


def test_a_series_that_is_in_another_study_is_refused(any_trial: Trial, lake: Lake) -> None:
    any_trial.add_subject("001")
    take_in(any_trial, lake, ct_file(1, study=STUDIES[0]))
    stray = ct_file(1, study=STUDIES[1], changes={"SeriesInstanceUID": f"{STUDIES[0]}.1"})

    receipt = take_in(any_trial, lake, stray)

    assert [(line.status, line.reason) for line in receipt.lines] == [("refused", "uid_collision")]


def test_a_locked_project_takes_nothing(trial: Trial, lake: Lake) -> None:
    trial.add_subject("001")
    with trial.database.transaction() as session:
        session.get_one(ProjectRow, trial.project).state = "locked"

    with pytest.raises(ProjectLocked):
        take_in(trial, lake, ct_file(1))


def test_an_unknown_project_takes_nothing(trial: Trial, lake: Lake) -> None:
    nowhere = ProjectId("00000000-0000-4000-8000-000000000000")

    with pytest.raises(NotFound), trial.acting() as by:
        receive(by, lake, project=nowhere, files=[ct_file(1)], source="test")

    assert not Path(lake.uri).exists()
