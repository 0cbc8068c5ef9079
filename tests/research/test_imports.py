import pytest

from accounts.errors import AlreadyExists, NotPermitted
from accounts.ledger import log
from research.answers import AnswerChange
from research.errors import Invalid
from research.export import answer_rows, head_sequence
from research.imports import ImportedRead, import_reads
from tests.examples.trials import Trial


def imported(
    subject: str, reader: str, *, visit: str = "BL", diameter: str = "12.50"
) -> ImportedRead:
    return ImportedRead(
        subject_code=subject,
        visit_code=visit,
        step_code="READ",
        reader_label=reader,
        form_oid="LESIONS",
        form_version="1.0.0",
        answers=(
            AnswerChange("OVERALL", "", "PRESENT", "true"),
            AnswerChange("LESION", "1", "DIAMETER", diameter),
        ),
    )


def test_reads_from_elsewhere_are_exported_as_imported_and_unsigned(trial: Trial) -> None:
    reads = [imported(subject, reader) for subject in ("S1", "S2") for reader in ("A", "B")]

    with trial.acting() as by:
        result = import_reads(by, trial.project, reads, source="an archive")

    assert (result.subjects, result.reads, result.answers) == (2, 4, 8)
    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        rows = list(answer_rows(by.session, trial.project, after_sequence=-1, up_to=head))
        entries = log.entries(by.session, trial.project, action="reads_imported")
    assert {row.status for row in rows} == {"imported"}
    assert {row.signed_at for row in rows} == {None}
    assert len({row.reader_id for row in rows}) == 2, "a label is one reader in the whole project"
    assert len(entries) == 2, "one entry per subject"
    assert set(entries[0].rows) == {"subjects", "visits", "reads", "answers"}


def test_a_second_batch_knows_subjects_visits_and_readers_again(trial: Trial) -> None:
    with trial.acting() as by:
        import_reads(by, trial.project, [imported("S1", "A")], source="one")
    with trial.acting() as by:
        import_reads(by, trial.project, [imported("S1", "A", visit="W6")], source="two")
    with trial.acting() as by:
        import_reads(by, trial.project, [imported("S1", "B")], source="three")

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        rows = list(answer_rows(by.session, trial.project, after_sequence=-1, up_to=head))
    assert len({row.subject_id for row in rows}) == 1
    assert len({row.reader_id for row in rows}) == 2
    assert {row.visit_code for row in rows} == {"BL", "W6"}


def test_the_same_read_twice_is_refused_and_nothing_of_its_batch_stays(trial: Trial) -> None:
    with trial.acting() as by:
        import_reads(by, trial.project, [imported("S1", "A")], source="one")

    with pytest.raises(AlreadyExists, match="S1"), trial.acting() as by:
        import_reads(by, trial.project, [imported("S2", "A"), imported("S1", "A")], source="two")

    with trial.looking() as by:
        assert len(log.entries(by.session, trial.project, action="reads_imported")) == 1


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (imported("S1", "A", visit="W99"), "W99"),
        (imported("S1", "A", diameter="12,5"), "not acceptable"),
        (imported("a name with blanks", "A"), "code"),
    ],
)
def test_a_read_that_does_not_fit_is_refused(
    trial: Trial, read: ImportedRead, message: str
) -> None:
    with pytest.raises(Invalid, match=message), trial.acting() as by:
        import_reads(by, trial.project, [read], source="one")


def test_an_item_answered_twice_is_refused(trial: Trial) -> None:
    read = imported("S1", "A")
    twice = ImportedRead(**{**vars(read), "answers": (*read.answers, read.answers[0])})

    with pytest.raises(Invalid, match="twice"), trial.acting() as by:
        import_reads(by, trial.project, [twice], source="one")


def test_only_who_may_imports_reads(trial: Trial) -> None:
    with pytest.raises(NotPermitted), trial.acting("statistician") as by:
        import_reads(by, trial.project, [imported("S1", "A")], source="one")


def test_an_empty_import_is_refused(trial: Trial) -> None:
    with pytest.raises(Invalid, match="no reads"), trial.acting() as by:
        import_reads(by, trial.project, [], source="one")
