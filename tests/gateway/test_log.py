import json
import logging

import pytest

from gateway.log import JsonLines, say


def line(**fields: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"msg": "upload_failed", "levelno": 30, "created": 0.0, **fields}
    )
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_a_line_holds_the_fields_of_the_list_alone() -> None:
    found = line(code="busy", patient="Doe")

    assert found == line() | {"code": "busy"}
    assert found["time"] == "1970-01-01T00:00:00.000+00:00"


def test_an_exception_is_named_without_its_message() -> None:
    error = ValueError("Doe^Jane")

    found = line(exc_info=(ValueError, error, None))

    assert found["exception"] == "ValueError"
    assert "Doe" not in json.dumps(found)


def test_a_field_that_is_not_on_the_list_cannot_be_logged() -> None:
    with pytest.raises(AssertionError, match="patient"):
        say("seen", patient="Doe")
