"""Run the api: `python -m api`."""

import uvicorn

from api.app import create_app
from api.logs import configure
from api.settings import Settings


def main() -> None:
    """Serve until told to stop; one process, because SQLite has one writer."""
    settings = Settings()
    configure(settings.log_file)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
