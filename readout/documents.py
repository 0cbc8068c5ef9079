"""The generated reference pages: settings, endpoints and the data dictionary.

`python -m readout.documents` writes them, `--check` fails when one is stale.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic_settings import BaseSettings

from api.openapi import document
from api.settings import Settings as ApiSettings
from gateway.settings import Settings as GatewaySettings
from lake.dictionary import dictionary
from pipelines.settings import Settings as PipelinesSettings
from readout.settings import Settings

ROOT = Path(__file__).parents[1]
SETTINGS: Mapping[str, type[BaseSettings]] = {
    "readout": Settings,
    "api": ApiSettings,
    "gateway": GatewaySettings,
    "pipelines": PipelinesSettings,
}
VERBS = ("get", "post", "put", "patch", "delete")


def settings_page() -> str:
    """Return every setting of every door: variable, default and meaning."""
    lines = [
        "# Settings",
        "Each door reads its own settings from the environment; `readout up` fills in the rest.",
        "This page is written by `make docs`.",
    ]
    for door, model in SETTINGS.items():
        prefix = model.model_config.get("env_prefix", "")
        lines += ["", f"## {door}", "", "| variable | default | meaning |", "|---|---|---|"]
        for name, field in model.model_fields.items():
            default = "required" if field.is_required() else f"`{_default(field.default)}`"
            lines.append(f"| `{prefix}{name}`".upper() + f" | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    """Write a default; a path inside the project is shown from its root."""
    if isinstance(value, Path) and value.is_absolute():
        return value.relative_to(ROOT).as_posix()
    return str(value)


def endpoints_page() -> str:
    """Return every endpoint: method, path and what its docstring's first line says."""
    lines = [
        "# Endpoints",
        "The whole description is the OpenAPI document that a running platform serves at",
        "`/api/openapi.json`. This page is written by `make docs`.",
        "",
        "| method | path | what it does |",
        "|---|---|---|",
    ]
    for path, methods in json.loads(document())["paths"].items():
        for verb in VERBS:
            if verb in methods:
                summary = methods[verb].get("description") or methods[verb].get("summary", "")
                lines.append(f"| {verb.upper()} | `{path}` | {summary.strip().splitlines()[0]} |")
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/endpoints.md": endpoints_page,
    "docs/reference/data-dictionary.md": dictionary,
    "web/openapi.json": document,
}


def stale() -> list[str]:
    """Return the pages that are not what they would be if they were written now."""
    return [
        name
        for name, page in PAGES.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text() != page()
    ]


def write() -> None:
    """Write every page anew."""
    for name, page in PAGES.items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(page())


if __name__ == "__main__":
    if "--check" in sys.argv:
        old = stale()
        if old:
            sys.exit(f"stale, run make docs: {', '.join(old)}")
    else:
        write()
