import pytest

from accounts.errors import NotPermitted
from research.held_items import held_items, hold_item
from tests.examples.trials import Trial


def test_the_same_bytes_are_held_once(trial: Trial) -> None:
    held = []
    for _ in range(2):
        with trial.acting() as by:
            held.append(
                hold_item(
                    by,
                    trial.project,
                    reason="unknown_subject",
                    sha256="a" * 64,
                    size=10,
                    source="gateway",
                    sop_instance_uid="1.2.3",
                    details={"fits": ["BL"]},
                )
            )

    assert held[0] == held[1]
    with trial.looking("qc") as by:
        (item,) = held_items(by, trial.project)
    assert (item.reason, item.details) == ("unknown_subject", {"fits": ["BL"]})
    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        held_items(by, trial.project)
