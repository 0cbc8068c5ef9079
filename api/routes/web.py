"""The built web app at /, where every address that is no file is the app's own."""

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HASHED = "assets/"
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = "The web app is not built yet: run `make web`, or `make start`, which builds it.\n"


class WebApp(StaticFiles):
    """Serve files, and the app's page for addresses that only the app knows."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, else with the page."""
        if scope["path"].startswith("/api/"):
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as problem:
            if problem.status_code != 404 or path.startswith(HASHED) or _is_file_name(path):
                raise
            response = await super().get_response("index.html", scope)
        response.headers["Cache-Control"] = FOREVER if path.startswith(HASHED) else "no-cache"
        return response


def include(app: FastAPI, folder: Path) -> None:
    """Serve the built app, or say that it is not built."""
    if (folder / "index.html").exists():
        app.mount("/", WebApp(directory=folder, html=True), name="web")
        return

    @app.get("/", include_in_schema=False)
    def not_built() -> PlainTextResponse:
        return PlainTextResponse(NOT_BUILT, 503)


def _is_file_name(path: str) -> bool:
    return "." in path.rpartition("/")[2]
