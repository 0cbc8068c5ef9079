"""The strict parent of every part of a form's definition, and how a part leaves a field out."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

OID = r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$"


class Part(BaseModel):
    """Every part of a form is frozen and takes no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def left_out(default: Any, **rules: Any) -> Any:
    """Return a field that the canonical bytes leave out while it is empty.

    A form that does not use it keeps its digest, whatever fields later versions of the software
    add.
    """
    return Field(default=default, exclude_if=_is_empty, json_schema_extra=_without_default, **rules)


def expression() -> Any:
    """Return a field that holds an expression, or nothing; the form's logic compiles it."""
    return left_out("", max_length=4000)


def _without_default(schema: dict[str, Any]) -> None:
    """Let the wire's description say that the field may be absent: a default says it never is."""
    schema.pop("default", None)


def _is_empty(value: object) -> bool:
    return value is None or value is False or value in ("", (), {})
