"""Settings of the pipelines, from READOUT_… variables; the code server and its runs share them."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the trial's database and the lake are, and how eagerly tables follow the ledger."""

    model_config = SettingsConfigDict(env_prefix="READOUT_", frozen=True)

    database_url: str = Field("sqlite:///data/readout.db", description="SQLAlchemy address")
    lake_uri: str = Field("data/lake", description="Folder or s3:// address of the lake")
    lake_storage: dict[str, str] = Field({}, description="Options of the object store, as JSON")
    follow_every_seconds: int = Field(
        10, ge=1, description="How often the ledgers are looked at for something new"
    )
    quiet_seconds: int = Field(
        600, ge=0, description="How long entries that change no table but the ledger's may wait"
    )
    runs_at_once: int = Field(1, ge=1, description="Runs of different projects at the same time")
    keep_runs_days: int = Field(
        7, ge=1, description="Age after which a run's record goes; each project keeps its newest"
    )
