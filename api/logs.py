"""The structured log: one JSON object a line, a request id in each, no identifying value in any."""

import json
import logging
import traceback
import warnings
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 20_000_000
FILES_KEPT = 5
LOGGER = logging.getLogger("api")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; `extra={"fields": {…}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception its class and its place, for its words may tell."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["stack"] = [entry.strip() for entry in traceback.format_tb(record.exc_info[2])]
        return json.dumps(line, ensure_ascii=False)


def configure(file: Path | None) -> None:
    """Send the log of this process to a file, or to the console."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    handler = (
        RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        if file
        else logging.StreamHandler()
    )
    handler.setFormatter(JsonLines())
    # Its warnings quote values of headers, which may identify somebody.
    logging.getLogger("pydicom").disabled = True
    warnings.filterwarnings("ignore", module=r"pydicom\.")
    for logger in (LOGGER, logging.getLogger("uvicorn")):
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
