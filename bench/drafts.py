"""Speed of a draft: one changed item saved, evaluated and entered, in one transaction."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from accounts.database import Database
from bench.ecrf import large_answers, large_form
from bench.rows import BenchRow
from bench.timing import seconds
from research.answers import AnswerChange
from research.drafts import save_draft
from research.reads import open_task
from tests.examples.ruled_forms import make_live
from tests.examples.trials import Trial, make_trial

ANSWERS = 374


def rows() -> list[BenchRow]:
    """Measure on SQLite, with the file on disk as it stands in an installation."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        database.migrate()
        trial = make_trial(database)
        task = _opened(trial)
        numbers = count(1)
        draft = _saved(trial, task, 0, _all_answers())

        def save() -> None:
            nonlocal draft
            change = AnswerChange("PLAIN", "", "ITEM5", str(next(numbers)))
            draft = _saved(trial, task, draft, [change])

        took = seconds(save)
        database.dispose()
    name = f"autosave one item of a form with 300 items and {ANSWERS} answers"
    return [BenchRow(name, took * 1e3, "ms", "≤ 15 ms")]


def _all_answers() -> list[AnswerChange]:
    return [AnswerChange(*key, answer.value) for key, answer in large_answers(0).items()]


def _saved(trial: Trial, task: str, draft: int, changes: list[AnswerChange]) -> int:
    with trial.acting("reader1") as by:
        return save_draft(by, task, draft=draft, changes=changes).draft


def _opened(trial: Trial) -> str:
    make_live(trial, large_form().to_json())
    subject = trial.add_subject("900", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    with trial.acting("reader1") as by:
        open_task(by, task)
    return task
