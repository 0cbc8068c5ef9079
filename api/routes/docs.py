"""The api's reference as one page that needs no script and nothing from elsewhere."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{font-family:ui-monospace,monospace}details{border-top:1px solid #ccc;padding:.4rem 0}"
    "summary{cursor:pointer}b.m{display:inline-block;width:4.5rem}td,th{text-align:left;"
    "padding:.1rem .8rem .1rem 0;vertical-align:top}pre{white-space:pre-wrap}"
)


@router.get("/api/docs")
def read_docs(request: Request) -> HTMLResponse:
    """Show every operation with its parameters, body and answer."""
    document: dict[str, Any] = request.app.openapi()
    rows = [
        _operation(method, path, operation, document["components"]["responses"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [
        f'<details id="{escape(name)}"><summary><code>{escape(name)}</code> '
        f"{escape(schema.get('description', ''))}</summary>{_properties(schema)}</details>"
        for name, schema in document["components"]["schemas"].items()
    ]
    title = f"{document['info']['title']} api {document['info']['version']}"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>"
        '<p>The same as <a href="/api/openapi.json">OpenAPI</a>. Errors are '
        '<a href="#Problem">problem documents</a>.</p>'
        f"<h2>Operations</h2>{''.join(rows)}<h2>Types</h2>{''.join(schemas)}</html>"
    )


def _operation(
    method: str, path: str, operation: dict[str, Any], shared: dict[str, dict[str, Any]]
) -> str:
    """Write one operation; an answer that many give is described once, among the components."""
    parameters = "".join(
        f"<tr><td><code>{escape(entry['name'])}</code><td>{escape(entry['in'])}"
        f"<td>{_type(entry.get('schema', {}))}<td>{escape(entry.get('description', ''))}"
        for entry in operation.get("parameters", ())
    )
    body = _content(operation.get("requestBody", {}))
    answers = "".join(
        f"<tr><td>{escape(status)}<td>{_content(answer)}<td>{escape(answer['description'])}"
        for status, answer in (
            (status, shared[own["$ref"].rpartition("/")[2]] if "$ref" in own else own)
            for status, own in operation["responses"].items()
        )
    )
    return (
        f'<details><summary><b class="m">{method.upper()}</b><code>{escape(path)}</code> '
        f"{escape(operation.get('description', ''))}</summary>"
        f"<table>{parameters}</table>{f'<p>Body: {body}</p>' if body else ''}"
        f"<table>{answers}</table></details>"
    )


def _content(part: dict[str, Any]) -> str:
    return ", ".join(
        f"<code>{escape(kind)}</code> {_type(content.get('schema', {}))}"
        for kind, content in part.get("content", {}).items()
    )


def _type(schema: dict[str, Any]) -> str:
    """Name a schema, linking those that have a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_type(part) for part in schema[several])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return escape(", ".join(str(value) for value in schema["enum"]))
    return escape(str(schema.get("type", schema.get("const", "any"))))


def _properties(schema: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{_type(part)}"
        f"<td>{escape(part.get('description', ''))}"
        for name, part in schema.get("properties", {}).items()
    )
    return f"<table>{rows}</table>"
