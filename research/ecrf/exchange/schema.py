"""The published JSON Schema of a form's definition (draft 2020-12)."""

from functools import lru_cache

from jsonschema import Draft202012Validator
from pydantic import JsonValue

from research.ecrf.definition import FormDefinition
from research.errors import Problem

SCHEMA_ID = "urn:readout:schema:ecrf-form"


def form_schema() -> dict[str, JsonValue]:
    """Return the schema; a form in full fits it, shorthands are for authors alone."""
    schema = FormDefinition.model_json_schema()
    return {"$schema": Draft202012Validator.META_SCHEMA["$id"], "$id": SCHEMA_ID} | schema


def schema_problems(definition: JsonValue) -> tuple[Problem, ...]:
    """Return where a definition does not fit the schema, without the values that were given."""
    found = sorted(_validator().iter_errors(definition), key=lambda error: list(error.path))
    return tuple(
        Problem("/".join(str(part) for part in error.path), f"does not fit {error.validator}")
        for error in found
    )


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(form_schema())
