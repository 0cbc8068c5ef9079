import pytest

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import evaluate, refusal

FORM = FormDefinition.model_validate(
    {
        "oid": "TABLE", "version": "1.0.0", "title": "Targets",
        "groups": [{
            "oid": "TARGETS", "label": "Target lesions",
            "repeats": {"kind": "lesion_table", "role": "target", "max": 5, "max_per_organ": 2},
            "items": [
                {"oid": "DIAM", "kind": "decimal", "label": "Diameter", "unit": "mm"},
                {"oid": "parent", "kind": "text", "label": "Part of", "max_length": 16},
            ],
        }],
    }
)  # fmt: skip


def lesions(*rows: dict[str, str]) -> dict[ItemKey, Answer]:
    return {
        ItemKey("TARGETS", str(n), item): Answer(value)
        for n, row in enumerate(rows, start=1)
        for item, value in ({"status": "present"} | row).items()
    }


def refused(*rows: dict[str, str]) -> list[tuple[str, str]]:
    checks = evaluate(FORM, lesions(*rows)).checks
    return [(str(one.key), one.message) for one in checks if one.severity == "block"]


LIVER, LUNG = {"organ": "liver"}, {"organ": "lung"}


def test_two_of_each_organ_have_room() -> None:
    assert refused(LIVER, LIVER, LUNG, LUNG) == []


def test_the_third_of_an_organ_is_told_of_at_its_row_and_stands_against_submitting() -> None:
    [(where, words)] = refused(LIVER, LUNG, LIVER, LIVER)

    assert where == str(ItemKey("TARGETS", "4", "organ"))
    assert words == "Target lesions hold 3 of liver, 2 at most: keep the 2 largest here."
    assert not evaluate(FORM, lesions(LIVER, LUNG, LIVER, LIVER)).may_be_submitted


def test_lymph_nodes_are_one_organ_wherever_they_lie() -> None:
    [(_, words)] = refused(
        LIVER | {"node": "true"}, LUNG | {"node": "true"}, {"organ": "lymph_node"}, LIVER
    )

    assert "3 of lymph nodes" in words


def test_the_parts_of_a_lesion_that_split_take_no_room() -> None:
    assert refused(LIVER, LIVER, LIVER | {"parent": "T1"}, LIVER | {"parent": "T1"}) == []


@pytest.mark.parametrize("row", ["6", "200"])
def test_a_row_beyond_the_most_lesions_is_refused_in_words(row: str) -> None:
    problem = refusal(FORM, ItemKey("TARGETS", row, "DIAM"), Answer("12"))

    assert problem is not None
    assert problem.message.endswith("Target lesions may hold 5 lesions at most")
