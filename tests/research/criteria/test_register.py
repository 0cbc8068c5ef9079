"""From lesion tables of a form to a history that criteria judge, visit after visit."""

from datetime import timedelta

import pytest

from research.criteria.errors import HistoryRefused
from research.criteria.recist import Recist
from research.criteria.register import LesionTable, SeenVisit, history_of
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.language.context import answers_of
from tests.research.criteria.histories import DAY_0

ITEMS = {"STATUS": "text", "MM": "decimal", "ORGAN": "text", "NODE": "boolean", "WORDS": "text"}
FORM = FormDefinition.model_validate(
    {
        "oid": "RECIST",
        "version": "1.0.0",
        "title": "RECIST 1.1",
        "groups": [
            {
                "oid": group,
                "label": group,
                "repeats": True,
                "items": [
                    {"kind": kind, "oid": f"{prefix}_{oid}", "label": oid}
                    for oid, kind in ITEMS.items()
                ],
            }
            for group, prefix in (("TARGETS", "T"), ("NEW", "NEW"))
        ],
    }
)
TABLES = [
    LesionTable(
        group=group,
        role=role,
        prefix=prefix,
        status=f"{prefix}_STATUS",
        mm=f"{prefix}_MM",
        organ=f"{prefix}_ORGAN",
        node=f"{prefix}_NODE",
        stated=f"{prefix}_WORDS",
    )
    for group, role, prefix in (("TARGETS", "target", "T"), ("NEW", "new", "NEW"))
]


def seen(code, day, rows):
    answers = {
        ItemKey("TARGETS" if lesion[:-1] == "T" else "NEW", lesion[-1], f"{lesion[:-1]}_{item}"): (
            Answer(text)
        )
        for lesion, texts in rows.items()
        for item, text in texts.items()
    }
    return SeenVisit(code, DAY_0 + timedelta(day), answers_of(FORM, answers, visit=code))


BASELINE = seen(
    "BL",
    -7,
    {
        "T1": {"STATUS": "present", "MM": "30", "ORGAN": "liver", "NODE": "false"},
        "T2": {"STATUS": "present", "MM": "12", "ORGAN": "neck", "NODE": "true"},
    },
)


def test_answers_of_two_visits_become_a_history_and_a_response():
    follow_up = seen(
        "W6",
        42,
        {
            "T1": {"STATUS": "present", "MM": "21"},
            "T2": {"STATUS": "too_small", "WORDS": "too small to measure"},
        },
    )

    history = history_of(TABLES, [BASELINE, follow_up])

    assert [(one.number, one.organ, one.node) for one in history.lesions] == [
        ("T1", "liver", False),
        ("T2", "neck", True),
    ]
    assert history.visits[1].by_lesion["T2"].stated == "too small to measure"
    assert Recist().evaluate(history).explanation == (
        "PR: 26 against baseline 42 at BL, -16 mm, -38.1 %"
    )


def test_a_lesion_whose_row_is_gone_was_not_evaluated():
    follow_up = seen("W6", 42, {"T1": {"STATUS": "present", "MM": "21"}})

    assert Recist().evaluate(history_of(TABLES, [BASELINE, follow_up])).response == "NE"


def test_a_new_lesion_enters_the_register_at_its_visit():
    follow_up = seen(
        "W6",
        42,
        {
            "T1": {"STATUS": "present", "MM": "21"},
            "T2": {"STATUS": "absent"},
            "NEW1": {"STATUS": "present", "MM": "8", "ORGAN": "lung"},
        },
    )

    found = Recist().evaluate(history_of(TABLES, [BASELINE, follow_up]))

    assert found.explanation == "PD: new lesion NEW1"


def test_an_unknown_status_is_refused():
    follow_up = seen("W6", 42, {"T1": {"STATUS": "vanished"}})

    with pytest.raises(HistoryRefused, match="W6: T1 is 'vanished', not one of present"):
        history_of(TABLES, [BASELINE, follow_up])


def test_a_row_without_a_status_is_no_lesion_yet():
    begun = seen("W6", 42, {"T1": {"STATUS": "present", "MM": "21"}, "NEW1": {"MM": "8"}})

    history = history_of(TABLES, [BASELINE, begun])

    assert [one.number for one in history.lesions] == ["T1", "T2"]
