"""The demo's response study, loaded by the commands that load the demo."""

from pathlib import Path

from accounts.database import Database
from lake.location import Lake
from readout.demo import recist_study
from readout.demo.setup import RECIST, set_up
from readout.hand import Hand
from research.ecrf.ready import ready_forms
from research.forms import forms
from research.projects import projects
from research.responses import ResponseRow
from tests.examples.acts import START


def test_the_demo_signs_every_ready_form_and_reads_three_visits(
    sqlite_database: Database, tmp_path: Path
) -> None:
    hand = Hand(sqlite_database, lambda: START)
    set_up(sqlite_database, tmp_path, now=lambda: START)
    with sqlite_database.reading() as session:
        project = next(one.id for one in projects(hand.act(session)) if one.code == RECIST.code)
        signed = {one.oid for one in forms(hand.act(session), project) if one.state == "signed"}
    steps: list[int] = []

    recist_study.load(hand, Lake(str(tmp_path / "lake")), project, done=lambda: steps.append(1))

    assert {ready.definition.oid for ready in ready_forms()} <= signed
    assert len(steps) == 4
    with sqlite_database.reading() as session:
        rows = session.query(ResponseRow).order_by(ResponseRow.ledger_sequence).all()
        said = [row.explanation for row in rows]
    assert said == [
        "baseline 88 mm",
        "SD: 64 against baseline 88 at BL, -24 mm, -27.3 %",
        "PR: 55 against baseline 88 at BL, -33 mm, -37.5 %",
    ]
