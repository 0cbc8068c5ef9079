"""One form with every kind of item and rule that an exchange must carry."""

from research.ecrf.definition import FormDefinition

EVERYTHING = {
    "oid": "RECIST11",
    "version": "1.2.0",
    "title": "Follow-up <RECIST & more>",
    "groups": [
        {
            "oid": "HEAD",
            "label": "Visit",
            "items": [
                {"kind": "section", "oid": "S1", "label": "First"},
                {"kind": "note", "oid": "N1", "label": "Please look at the baseline."},
                {"kind": "date", "oid": "SEEN", "label": "Seen on", "least": "month"},
                {"kind": "date", "oid": "DAY", "label": "Day", "required": True},
                {"kind": "time", "oid": "AT", "label": "At"},
                {"kind": "datetime", "oid": "WHEN", "label": "When"},
                {"kind": "boolean", "oid": "CONTRAST", "label": "Contrast?"},
                {
                    "kind": "choice",
                    "oid": "OVERALL",
                    "label": "Overall",
                    "required": True,
                    "sdtm": {"domain": "RS", "testcd": "OVRLRESP"},
                    "code_list": [
                        {"code": "PR", "label": "Partial", "standard_code": "C18213"},
                        {"code": "PD", "label": "Progressive", "standard_code": "C35571"},
                    ],
                },
                {
                    "kind": "choices",
                    "oid": "SITES",
                    "label": "Sites",
                    "code_list": [
                        {"code": "LU", "label": "Lung"},
                        {"code": "LI", "label": "Liver"},
                    ],
                },
                {
                    "kind": "text",
                    "oid": "WHY",
                    "label": "Why",
                    "max_length": 300,
                    "help": "In a few words",
                    "visible_if": "OVERALL == 'PD'",
                },
                {"kind": "long_text", "oid": "MORE", "label": "More"},
                {
                    "kind": "scale",
                    "oid": "SURE",
                    "label": "How sure",
                    "min": 0,
                    "max": 100,
                    "min_label": "not",
                    "max_label": "wholly",
                },
                {"kind": "integer", "oid": "N", "label": "Lesions", "min": 0, "max": 10},
            ],
        },
        {
            "oid": "SIZES",
            "label": "Sizes",
            "repeats": True,
            "visible_if": "CONTRAST",
            "items": [
                {
                    "kind": "decimal",
                    "oid": "MM",
                    "label": "Size",
                    "unit": "mm",
                    "min": "0",
                    "max": "500.5",
                    "decimals": 2,
                },
            ],
        },
        {
            "oid": "SUMS",
            "label": "Sums",
            "items": [
                {
                    "kind": "computed",
                    "oid": "SOD",
                    "label": "Sum",
                    "unit": "mm",
                    "value": "sum(SIZES.MM)",
                },
            ],
        },
    ],
    "checks": [
        {
            "oid": "C1",
            "item": "N",
            "when": "N > 5",
            "severity": "block",
            "message": "At most five.",
        },
        {
            "oid": "C2",
            "item": "OVERALL",
            "when": "SOD > 100",
            "severity": "warn",
            "message": "Large & odd?",
        },
    ],
}


def everything(**changes: object) -> FormDefinition:
    return FormDefinition.model_validate({**EVERYTHING, **changes})
