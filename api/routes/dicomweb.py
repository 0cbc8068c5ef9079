"""DICOMweb reads (PS3.18), the same below a project and below a task; each root is its own world.

Below a task nothing exists but the images fixed for that task, under the step's blinding.
"""

from collections.abc import Callable

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from api.dicomweb.roots import of_project, of_task, project_prefix, task_prefix
from api.routes import pictures, queries, retrievals

PARTS = (queries.router, pictures.router, retrievals.router)


def include(app: FastAPI) -> None:
    """Put the same reads below both roots, with operation ids of their own."""
    for prefix, root, name in (
        (project_prefix("{project_id}"), of_project, "project"),
        (task_prefix("{task_id}"), of_task, "task"),
    ):
        for part in PARTS:
            app.include_router(
                part,
                prefix=prefix,
                dependencies=[Depends(root)],
                generate_unique_id_function=_named(name),
            )


def _named(root: str) -> Callable[[APIRoute], str]:
    def operation_id(route: APIRoute) -> str:
        return f"{root}_{route.name}"

    return operation_id
