"""Where the shared reference data is, and the one reason a test may be skipped: it is absent."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

SHARED = Path(__file__).parents[1].parent / "shared"


def shared_path(*parts: str) -> Path:
    """Return a file or folder of the shared data, or skip the test saying what is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared reference data is absent: {'/'.join(parts)}")
    return path


def stats_json(name: str) -> Any:
    """Return a reference file of `shared/stats`."""
    return json.loads(shared_path("stats", name).read_text())


def stats_csv(name: str) -> pl.DataFrame:
    """Return a data file of `shared/stats`."""
    return pl.read_csv(shared_path("stats", name), infer_schema_length=None)
