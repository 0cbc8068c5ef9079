import pytest
from jsonschema import Draft202012Validator

from research.ecrf.exchange.schema import form_schema, schema_problems
from tests.research.ecrf.exchange.forms import everything


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(form_schema())


def test_a_form_in_full_fits_the_schema() -> None:
    assert schema_problems(everything().to_json()) == ()


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("version",), "1", "version"),
        (("groups", 0, "items", 0, "kind"), "unheard", "groups/0/items/0"),
        (("extra",), 1, ""),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(
    path: tuple[str | int, ...], value: object, where: str
) -> None:
    definition = everything().to_json()
    part = definition
    for step in path[:-1]:
        part = part[step]  # type: ignore[index, assignment, call-overload]
    part[path[-1]] = value  # type: ignore[index, assignment]

    found = schema_problems(definition)

    assert [problem.where for problem in found] == [where]
