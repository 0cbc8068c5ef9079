"""A form's definition: spelled out in full, and with the digest it always had."""

import pytest

from accounts.ledger.entries import canonical
from readout.demo.definitions import IMAGE_QC, LIDC_NODULES
from research.ecrf.definition import FormDefinition
from research.errors import Invalid
from research.forms import checked_form, parse_form

RESPONSE_FORM = {
    "form": {"oid": "RECIST11", "version": "1.2.0", "criteria": "recist-1.1"},
    "groups": [
        {
            "oid": "TARGETS",
            "repeats": {
                "kind": "lesion_table", "role": "target", "max": 5, "max_per_organ": 2,
                "carry_forward": ["lesion", "organ", "node"],
            },
            "items": [
                {
                    "oid": "DIAM", "kind": "decimal", "unit": "mm",
                    "required_if": "status == 'present'",
                }
            ],
        },
        {
            "oid": "RESPONSE",
            "items": [
                {
                    "oid": "SOD", "kind": "computed", "unit": "mm",
                    "value": "sum(TARGETS.counted_mm)",
                    "sdtm": {"domain": "TR", "testcd": "SUMDIAM"},
                },
                {
                    "oid": "OVERALL", "kind": "choice", "code_list": "RECIST_OVERALL",
                    "required": True,
                },
            ],
        },
    ],
    "checks": [
        {
            "when": "OVERALL != criteria.overall", "severity": "warn",
            "message": "Differs from the computed response; say why.",
        }
    ],
}  # fmt: skip


def test_forms_of_the_first_release_keep_their_digests() -> None:
    assert parse_form(IMAGE_QC).digest.startswith("1c1ccc8b59fb3ff8")
    assert parse_form(LIDC_NODULES).digest.startswith("534333ee64179a72")


def test_a_lesion_table_has_the_columns_of_a_lesion_without_saying_so() -> None:
    form = checked_form(RESPONSE_FORM)

    targets = form.groups[0]
    assert [item.oid for item in targets.items] == [
        "lesion", "organ", "node", "status", "DIAM", "counted_mm",
    ]  # fmt: skip
    assert (targets.most_rows, targets.is_lesion_table) == (5, True)


def test_a_named_code_list_is_written_out_with_its_codes() -> None:
    overall = checked_form(RESPONSE_FORM).item("OVERALL")

    assert overall is not None
    stated = overall.model_dump()
    assert stated["code_list_name"] == "RECIST_OVERALL"
    assert [choice["code"] for choice in stated["code_list"]] == [
        "CR", "PR", "SD", "PD", "NON-CR/NON-PD", "NE",
    ]  # fmt: skip


def test_the_stored_definition_reads_back_as_itself() -> None:
    form = checked_form(RESPONSE_FORM)

    again = FormDefinition.model_validate_json(canonical(form.to_json()))

    assert again == form
    assert again.digest == form.digest


def test_two_lesion_tables_share_columns_and_a_name_in_both_needs_its_group() -> None:
    both = [RESPONSE_FORM["groups"][0], {**RESPONSE_FORM["groups"][0], "oid": "NEW"}]  # type: ignore[index,dict-item]
    form = {"oid": "F", "version": "1.0.0", "groups": both}
    check = {"item": "status", "when": "true", "severity": "warn", "message": "Which?"}

    assert checked_form(form).digest
    with pytest.raises(Invalid) as refused:
        checked_form({**form, "checks": [check]})
    assert "if it stands in several" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"criteria": "astrology"}, "criteria"),
        ({"checks": [{"when": "OVERALL == 'XX'", "severity": "warn", "message": "m"}]}, "check1"),
        ({"checks": [{"when": "GONE > 1", "severity": "warn", "message": "m", "oid": "C"}]}, "C"),
    ],
)
def test_rules_that_cannot_hold_are_refused_by_name(change: dict[str, object], where: str) -> None:
    form = {**RESPONSE_FORM, "form": {**RESPONSE_FORM["form"], **change}}  # type: ignore[dict-item]
    form |= {key: value for key, value in change.items() if key == "checks"}
    form["form"] = {key: form["form"][key] for key in form["form"] if key != "checks"}  # type: ignore[index]

    with pytest.raises(Invalid) as refused:
        checked_form(form)

    assert refused.value.problems[0].where == where
