"""The Dagster code location: the assets, and when, where and with what they run."""

from datetime import UTC, datetime

import dagster as dg

import assets.bronze
import assets.gold
import assets.silver
from pipelines.jobs import materialise_project
from pipelines.resources import resources
from pipelines.sensors import Clock, follow_ledger
from pipelines.settings import Settings

LAYERS = (assets.bronze, assets.silver, assets.gold)


def now() -> datetime:
    """Return the time; the one clock of this process."""
    return datetime.now(UTC)  # noqa: TID251 (where the clock that is passed on is made)


def definitions(settings: Settings, *, clock: Clock = now) -> dg.Definitions:
    """Return everything Dagster is to know, for one set of settings."""
    return dg.Definitions(
        assets=[each for layer in LAYERS for each in dg.load_assets_from_package_module(layer)],
        asset_checks=[
            each for layer in LAYERS for each in dg.load_asset_checks_from_package_module(layer)
        ],
        jobs=[materialise_project],
        sensors=[follow_ledger(settings, clock=clock)],
        resources=resources(settings),
        executor=dg.in_process_executor,
    )


defs = definitions(Settings())
