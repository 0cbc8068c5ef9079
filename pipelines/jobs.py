"""The one job: every table of one project, brought up to one ledger sequence."""

import dagster as dg

MATERIALISE = "materialise_project"
PROJECT_TAG = "readout/project"

materialise_project = dg.define_asset_job(
    MATERIALISE,
    selection=dg.AssetSelection.all(),
    # Every event is in the instance's own log; the console is for what went wrong.
    config={"loggers": {"console": {"config": {"log_level": "WARNING"}}}},
    description="Brings every table of one project up to its newest ledger entry.",
)
