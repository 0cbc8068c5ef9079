"""The rule of adjudication that the scenarios of RECIST trials follow."""

RULE = {
    "unit": "subject",
    "when": {"signed": ["R1", "R2"], "at": "last_visit"},
    "if_any": [{"differs": "best_overall_response"}, {"differs": "progression_visit"}],
    "who": {"role": "Adjudicator", "not": ["R1", "R2"], "qualified": True},
    "present": {"as": ["A", "B"], "order": "allocation",
                "show": ["answers", "annotations", "computed"]},
    "decide": {"choose": ["A", "B"], "own_read": False, "reason": "required"},
    "when_equal": {"accept": "R1"},
}  # fmt: skip
