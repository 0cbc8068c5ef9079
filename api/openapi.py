"""Print the OpenAPI document the web client is generated from: `python -m api.openapi`."""

import json
import sys
import tempfile
from pathlib import Path

from api.app import create_app
from api.settings import Settings


def document() -> str:
    """Return the document as it is kept in `web/openapi.json`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/unused.db",
            lake_uri=folder,
            web_dist=Path(folder),
        )
        app = create_app(settings)
        written = json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False)
        app.state.platform.database.dispose()
    return f"{written}\n"


if __name__ == "__main__":
    sys.stdout.write(document())
