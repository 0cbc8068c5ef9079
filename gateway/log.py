"""Log lines as JSON; what may be said is a closed list of fields: no identifier slips in."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gateway.clock import as_text

FIELDS: Final = (
    "instance", "instances", "code", "count", "size", "seconds", "state", "exit_status", "port",
)  # fmt: skip
LOGGER: Final = logging.getLogger("gateway")


class JsonLines(logging.Formatter):
    """One JSON object a line, with the fields of `FIELDS` and nothing else."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        line: dict[str, object] = {
            "time": as_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": record.msg,
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line)


def start_logging(log_file: Path | None) -> None:
    """Send the gateway's lines to the console and a file; libraries stay silent.

    pynetdicom and httpx write names of files, addresses and element values into their messages,
    so nothing of theirs is kept: what matters is logged here, in words of ours.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if log_file is not None:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(log_file, encoding="utf-8"))
    formatter = JsonLines()
    for handler in handlers:
        handler.setFormatter(formatter)
        LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    for name in ("pynetdicom", "pydicom", "httpx", "httpcore"):
        library = logging.getLogger(name)
        library.handlers = [logging.NullHandler()]
        library.propagate = False


def say(event: str, *, level: int = logging.INFO, failed: bool = False, **fields: object) -> None:
    """Log an event with fields of `FIELDS`."""
    unknown = set(fields) - set(FIELDS)
    assert not unknown, f"not a field of the log: {unknown}"
    LOGGER.log(level, event, extra=fields, exc_info=failed)
