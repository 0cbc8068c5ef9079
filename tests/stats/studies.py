"""The reference studies in the shape the functions take, and how close is close."""

import polars as pl
import pytest

from tests.shared import shared_path, stats_csv

VAN_DYKE = {
    "reader": "reader",
    "modality": "treatment",
    "case": "case",
    "truth": "truth",
    "score": "rating",
}
IMRMC = {
    "reader": "readerID",
    "modality": "modalityID",
    "case": "caseID",
    "truth": "truth",
    "score": "score",
}
SIMULATED = {name: name for name in ("reader", "modality", "case", "truth", "score")}


def van_dyke():
    """Return the thoracic dissection study; nested case names are text (1.10 is not 1.1)."""
    return pl.read_csv(
        shared_path("stats", "vandyke.csv"),
        schema_overrides={"case2": pl.String, "case3": pl.String},
    )


def imrmc(name):
    """Return a study of the iMRMC layout with truth joined to its reads."""
    rows = stats_csv(name)
    truth = rows.filter(pl.col("modalityID") == "truth").select("caseID", truth=pl.col("score"))
    reads = rows.filter(pl.col("modalityID") != "truth")
    return reads.join(truth, on="caseID", maintain_order="left")


def close(expected, rel=1e-8):
    """Return what a number must be near; R's own p-values of 0 are 1 − cdf and mean small."""
    return pytest.approx(expected, rel=rel, abs=1e-12)
