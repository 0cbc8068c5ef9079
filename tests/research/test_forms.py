import copy
from typing import Any

import pytest

from accounts.errors import AlreadyExists, NotFound, NotPermitted
from accounts.ledger import log
from accounts.signatures import grant_signature
from research.errors import IllegalTransition, Invalid
from research.forms import FormRow, forms, parse_form, save_form, sign_form
from research.ids import FormId
from tests.examples.acts import PASSWORD
from tests.examples.trials import READ_FORM, Trial


def form(**changes: object) -> Any:
    return {**copy.deepcopy(READ_FORM), **changes}  # type: ignore[dict-item]


def test_the_same_definition_has_the_same_digest_whatever_the_order_of_its_keys() -> None:
    shuffled = dict(reversed(form().items()))

    assert parse_form(shuffled).digest == parse_form(READ_FORM).digest
    assert parse_form(form(title="Another")).digest != parse_form(READ_FORM).digest


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"version": "1"}, "version"),
        ({"oid": "1 A"}, "oid"),
        ({"groups": []}, "groups"),
        ({"colour": "blue"}, "colour"),
        ({"groups": [{"oid": "G", "label": "G", "items": [{"oid": "I", "label": "I",
          "kind": "hologram"}]}]}, "groups/0/items/0"),
        ({"groups": [{"oid": "G", "label": "G", "items": [{"oid": "I", "label": "I",
          "kind": "decimal", "min": 1.5}]}]}, "groups/0/items/0/decimal/min"),
        ({"groups": [{"oid": "G", "label": "G", "items": [{"oid": "I", "label": "I",
          "kind": "choice", "code_list": []}]}]}, "groups/0/items/0/choice/code_list"),
        ({"groups": [{"oid": "G", "label": "G", "items": [{"oid": "I", "label": "I",
          "kind": "scale", "min": 5, "max": 1}]}]}, "groups/0/items/0/scale"),
        ({"groups": [{"oid": "G", "label": "G", "items": [{"oid": "I", "label": "I",
          "kind": "note", "required": True}]}]}, "groups/0/items/0/note"),
        ({"groups": [{"oid": "G", "label": "G", "items": [
          {"oid": "I", "label": "I", "kind": "boolean"},
          {"oid": "I", "label": "I", "kind": "boolean"}]}]}, ""),
    ],
)  # fmt: skip
def test_a_broken_definition_is_refused_with_the_place(
    change: dict[str, object], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_form(form(**change))

    assert where in {problem.where for problem in refused.value.problems}


def test_a_draft_is_replaced_and_a_signed_form_never(trial: Trial) -> None:
    with trial.acting("manager") as by:
        first = save_form(by, trial.project, form(version="2.0.0"))
        second = save_form(by, trial.project, form(version="2.0.0", title="Better"))
        with pytest.raises(AlreadyExists, match=r"1\.0\.0 is signed"):
            save_form(by, trial.project, form(title="Changed"))

    assert first == second
    with trial.looking("manager") as by:
        titles = {found.version: found.title for found in forms(by, trial.project)
                  if found.oid == "LESIONS"}  # fmt: skip
    assert titles == {"1.0.0": "Lesions", "2.0.0": "Better"}


def test_a_form_is_signed_once_as_it_was_shown(trial: Trial) -> None:
    definition = form(version="2.0.0")
    with trial.acting("manager") as by:
        draft = save_form(by, trial.project, definition)
        grant = grant_signature(
            by,
            password=PASSWORD,
            record_kind="form",
            record_id=draft,
            record_digest=parse_form(definition).digest,
            meaning="approval",
        ).token
        sign_form(by, draft, grant=grant)

    with trial.acting("manager") as by, pytest.raises(IllegalTransition, match="signed"):
        sign_form(by, draft, grant=grant)
    with trial.looking() as by:
        row = by.session.get(FormRow, draft)
        entry = log.entries(by.session, trial.project, action="form_signed")[-1]
    assert row is not None
    assert (row.state, row.signature_id is not None) == ("signed", True)
    assert draft in entry.rows["forms"], "the version it supersedes stands beside it"


def test_only_who_may_saves_and_signs_forms(trial: Trial) -> None:
    with trial.acting("statistician") as by:
        with pytest.raises(NotPermitted):
            save_form(by, trial.project, form(version="2.0.0"))
        with pytest.raises(NotFound):
            sign_form(by, FormId("nothing"), grant="any")
