"""Short words for amending reads in tests."""

from research.answers import AnswerChange
from research.drafts import save_draft
from research.read_records import read_of_task
from research.reads import sign_read, submit_read
from tests.examples.trials import Trial


def sign_amended(trial: Trial, name: str, task: str, *changes: AnswerChange) -> None:
    """Change the open revision of a read, submit it and sign it."""
    with trial.acting(name) as by:
        read = read_of_task(by.session, task)
        assert read is not None
        draft = save_draft(by, task, draft=read.draft, changes=changes).draft
    with trial.acting(name) as by:
        digest = submit_read(by, task, draft=draft).record_digest
    grant = trial.grant(name, task, digest)
    with trial.acting(name) as by:
        sign_read(by, task, grant=grant)
