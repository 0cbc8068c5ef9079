"""What a rule must say before a charter takes it."""

import pytest
from pydantic import ValidationError

from research.adjudication.rules import AdjudicationRule
from tests.examples.adjudication import RULE


def test_a_rule_is_read_as_it_is_written() -> None:
    rule = AdjudicationRule.model_validate(RULE)

    assert rule.who.excluded == ("R1", "R2")
    assert rule.model_dump(mode="json", exclude_none=True)["who"] == RULE["who"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"who": {"role": "Adjudicator", "not": ["R1"]}}, "adjudicators are no readers"),
        ({"who": {"role": "Adjudicator"}}, "adjudicators are no readers"),
        ({"when": {"signed": ["R1", "R1"]}}, "named twice"),
        ({"when": {"signed": ["R1"]}}, "at least 2"),
        ({"if_any": []}, "at least 1"),
        ({"if_any": [{"differs": "SOD"}]}, "say at_visit"),
        ({"if_any": [{"differs": "progression_visit", "at_visit": "each"}]}, "whole course"),
        ({"if_any": [{"differs": "SOD", "at_visit": "each", "more_than": {}}]}, "either"),
        (
            {"if_any": [{"differs": "SOD", "at_visit": "each",
                         "more_than": {"percent": 20, "absolute": 5}}]},
            "either absolute or percent",
        ),
        (
            {"if_any": [{"differs": "SOD", "at_visit": "each", "more_than": {"percent": -1}}]},
            "greater than or equal to 0",
        ),
        ({"unit": "visit"}, "a rule per visit compares fields of that visit"),
        ({"when_equal": {"accept": "R3"}}, "name one of R1, R2, or draw"),
        ({"decide": {"choose": ["A", "B"], "reason": "optional"}}, "required"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_followed_is_refused(change: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        AdjudicationRule.model_validate({**RULE, **change})
