"""The OpenAPI document the web client is generated from is the one the api has."""

import json
from pathlib import Path

from api.openapi import document

KEPT = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_kept_document_is_fresh() -> None:
    assert KEPT.read_text() == document(), "run: python -m api.openapi > web/openapi.json"


def test_every_operation_has_a_name_of_its_own() -> None:
    paths = json.loads(KEPT.read_text())["paths"]

    names = [operation["operationId"] for path in paths.values() for operation in path.values()]

    assert sorted(set(names)) == sorted(names)


def test_every_path_parameter_is_described() -> None:
    paths = json.loads(KEPT.read_text())["paths"]

    for address, operations in paths.items():
        named = {part[1:-1] for part in address.replace(".csv", "").split("/") if part[:1] == "{"}
        for operation in operations.values():
            described = {
                each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"
            }
            assert described == named, address


def test_every_json_answer_is_typed() -> None:
    paths = json.loads(KEPT.read_text())["paths"]

    for address, operations in paths.items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if status.startswith("2") and content is not None:
                    assert content["schema"], address
