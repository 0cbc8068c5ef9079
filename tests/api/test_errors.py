"""Every refusal of every package has its row in the table."""

import pytest

import accounts.errors
import accounts.ledger.errors
import api.errors
import ingest.errors
import lake.errors
import research.errors
from api.errors import ANSWERS, INTERNAL, answer_for

ROOTS: tuple[type[Exception], ...] = (
    api.errors.ApiError,
    accounts.errors.AccountsError,
    accounts.ledger.errors.LedgerError,
    research.errors.ResearchError,
    lake.errors.LakeError,
    ingest.errors.IngestError,
)


def family(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(below for child in kind.__subclasses__() for below in family(child))]


@pytest.mark.parametrize("root", ROOTS)
def test_every_error_class_is_answered(root: type[Exception]) -> None:
    unanswered = [
        kind.__name__
        for kind in family(root)
        if kind is not api.errors.ApiError and answer_for(kind.__new__(kind)) is INTERNAL
    ]

    assert unanswered == []


def test_the_slug_of_an_answer_is_the_one_the_error_names() -> None:
    named = [kind for root in ROOTS[1:4] for kind in family(root) if "type" in vars(kind)]

    differing = [
        kind.__name__ for kind in named if answer_for(kind.__new__(kind)).type != kind.type
    ]

    assert differing == []


def test_no_row_answers_an_unknown_error() -> None:
    assert all(any(kind in family(root) for root in ROOTS) for kind in ANSWERS)
    assert answer_for(RuntimeError()) is INTERNAL
