"""Structured logs: one JSON object a line in a file, and words on the console."""

import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

MOST_BYTES = 10_000_000
FILES_KEPT = 5


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; `extra={"fields": {…}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(folder: Path, console: Console) -> None:
    """Send this command's log to a file of the data folder and its warnings to the console."""
    folder.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(
        folder / "readout.jsonl", maxBytes=MOST_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
    )
    file.setFormatter(JsonLines())
    shown = RichHandler(console=console, show_path=False, show_level=False, markup=False)
    shown.setLevel(logging.WARNING)
    logger = logging.getLogger("readout")
    logger.setLevel(logging.INFO)
    logger.handlers = [file, shown]
    logger.propagate = False
